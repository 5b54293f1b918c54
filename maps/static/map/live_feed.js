// Keeps the picture fresh: a snapshot, then the event stream, and honesty when it breaks.

import { Changes } from "map/changes.js";
import { get, Problem } from "shared/api_client.js";
import { nowMs, syncClock } from "shared/clock.js";
import { addressed } from "shared/identity.js";

// The server pings every 5 s, whatever else it sends.
const SILENCE_MS = 15000;
// One reading for a burst of changes; never put off by those that come meanwhile.
const GATHER_MS = 120;
// Who is not told what changed reads everything for it, so less often: phones and counts by county.
const UNNAMED_MS = 2000;
// So long the first snapshot of the stream is waited for.
const FIRST_MS = 2000;
const RETRY_MS = [1000, 2000, 4000, 8000];

/**
 * Events: "features" (collection, the whole), "changed" (the answer of /v1/changed), "positions"
 * (array), "change" (object), "state" ({connected, lostAt}), "session" (expired).
 */
export class LiveFeed extends EventTarget {
  /** `readLists` reads what else there is beside the map, whenever everything is read. */
  constructor({ features, stream, changed }, readLists = () => {}) {
    super();
    this.urls = { features, stream, changed };
    this.readLists = readLists;
    this.changes = new Changes();
    this.reading = Promise.resolve();
    this.connected = null;
    this.lostAt = null;
    this.attempts = 0;
    this.unread = false;
    this.isAwaited = false;
    this.lastWordMs = Date.now();
  }

  /** Settled when everything was read once, or could not be. */
  start() {
    this.connect();
    setInterval(() => this.listenForSilence(), 1000);
    window.addEventListener("offline", () => this.lose());
    window.addEventListener("online", () => this.reconnect());
    return this.readFirst();
  }

  /**
   * The stream's first snapshot is the map, and what changes from then on is told; so lists are read
   * after it. Without one, everything is asked for, and the lists again when it comes.
   */
  async readFirst() {
    this.isAwaited = true;
    const came = await new Promise((resolve) => {
      this.addEventListener("features", () => resolve(true), { once: true });
      this.addEventListener("state", ({ detail }) => detail.connected || resolve(false));
      setTimeout(() => resolve(false), FIRST_MS);
    });
    this.isAwaited = false;
    if (!came) return this.readEverything();
    this.reading = this.reading.then(() => this.readLists());
    return this.reading;
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  connect() {
    this.source?.close();
    this.lastWordMs = Date.now();
    const source = new EventSource(addressed(this.urls.stream));
    this.source = source;
    const hear = (name, act) => source.addEventListener(name, (event) => {
      this.heard();
      act(event.data ? JSON.parse(event.data) : null);
    });
    source.onopen = () => this.heard();
    source.onerror = () => this.lose();
    hear("snapshot", (collection) => {
      this.accept(collection);
      // It stands for changes that were not told one by one; the lists missed them too.
      if (!this.isAwaited) this.reading = this.reading.then(() => this.readLists());
    });
    hear("position", (positions) => this.tell("positions", positions));
    hear("change", (change) => this.changed(change));
    hear("ping", () => {});
  }

  reconnect() {
    if (this.stopped) return;
    clearTimeout(this.retry);
    this.retry = null;
    this.readEverything();
    this.connect();
  }

  /** For good: whoever logs out asks for nothing more. */
  stop() {
    clearTimeout(this.retry);
    clearTimeout(this.gathering);
    this.source?.close();
    this.stopped = true;
  }

  heard() {
    this.lastWordMs = Date.now();
    // A stream that speaks while nothing can be read is no picture of now.
    if (this.connected || this.unread) return;
    this.attempts = 0;
    const restored = this.connected === false;
    this.connected = true;
    this.lostAt = null;
    this.tell("state", { connected: true, restored });
    if (restored) this.changed({ kind: "reconnected" });
  }

  lose() {
    if (this.connected !== false) {
      this.connected = false;
      this.lostAt = nowMs();
      this.tell("state", { connected: false, lostAt: this.lostAt });
    }
    if (this.stopped) return;
    // A browser retries by itself unless the server refused; then we do, as after a failed reading.
    if ((this.unread || this.source?.readyState === EventSource.CLOSED) && !this.retry) {
      const wait = RETRY_MS[Math.min(this.attempts, RETRY_MS.length - 1)];
      this.attempts += 1;
      this.retry = setTimeout(() => this.reconnect(), wait);
    }
  }

  /** A dead cable or a server that hangs raises no error: its silence is one. */
  listenForSilence() {
    if (this.stopped || Date.now() - this.lastWordMs <= SILENCE_MS) return;
    this.connect();
    this.lose();
  }

  /** Something is another now: `kind` and `id` as the stream tells them. */
  changed(change) {
    this.tell("change", change);
    this.changes.add(change);
    if (!this.changes.isEmpty()) this.readIn(change.id === null ? UNNAMED_MS : GATHER_MS);
  }

  /** Read after so long, unless it is due sooner anyway. */
  readIn(ms) {
    const due = Date.now() + ms;
    if (this.gathering && this.due <= due) return;
    clearTimeout(this.gathering);
    this.due = due;
    this.gathering = setTimeout(() => this.read(), ms);
  }

  /** Read the whole map and all lists; settled when they are on the page. */
  readEverything() {
    this.changes.addEverything();
    return this.read();
  }

  /** Never two readings at once: an older answer must not come after a newer one. */
  read() {
    clearTimeout(this.gathering);
    this.gathering = null;
    this.reading = this.reading.then(() => this.readGathered());
    return this.reading;
  }

  async readGathered() {
    if (this.stopped || this.changes.isEmpty()) return;
    const { everything, query } = this.changes.take();
    try {
      if (everything) await this.readWhole();
      else this.tell("changed", await get(`${this.urls.changed}?${query}`));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 401) this.tell("session", null);
      console.warn(error.message);
      this.tell("failed", null);
      this.changes.addEverything();
      this.unread = true;
      this.lose();
    }
  }

  async readWhole() {
    const collection = await get(this.urls.features);
    const restored = this.unread;
    this.unread = false;
    this.accept(collection);
    if (restored) this.heard();
    await this.readLists();
  }

  accept(collection) {
    syncClock(collection.at);
    this.tell("features", collection);
  }
}
