// Keeps the picture fresh: a snapshot, then the event stream, and honesty when it breaks.

import { Changes } from "map/changes.js";
import { abandonReadings, get, isServerThere, Problem } from "shared/api_client.js";
import { nowMs, syncClock } from "shared/clock.js";
import { addressed } from "shared/identity.js";
import { OneStream } from "shared/one_stream.js";

const TICK_MS = 1000;
// The server pings every 5 s, whatever else it sends.
const SILENCE_MS = 15000;
// Neither a tick nor a word for so long: the computer slept, or the browser held the page.
const ASLEEP_MS = 10000;
// One reading for a burst of changes; never put off by those that come meanwhile.
const GATHER_MS = 120;
// Who is not told what changed reads everything for it, so less often: phones and counts by county.
const UNNAMED_MS = 2000;
// So long the first snapshot of the stream is waited for.
const FIRST_MS = 2000;
// A server that is there and refuses is asked less and less often; one that is not, every second.
const RETRY_MS = [1000, 2000, 4000, 8000];
// After a restart not all pages of the country come in the same instant.
const SPREAD_MS = 300;

const pause = (ms) => new Promise((resolve) => {
  setTimeout(resolve, ms);
});

/**
 * Events: "features" (collection, the whole), "changed" (the answer of /v1/changed), "positions"
 * (array), "change" (object), "state" ({connected, lostAt}), "session" (expired).
 *
 * It is connected when the stream speaks and all that was missed is read, and not before.
 */
export class LiveFeed extends EventTarget {
  /** `readLists` reads what else there is beside the map, whenever everything is read; it may throw a problem. */
  constructor({ features, stream, changed }, readLists = () => {}) {
    super();
    this.urls = { features, changed };
    this.readLists = readLists;
    this.stream = new OneStream(addressed(stream), {
      hear: (name, data) => this.hear(name, data),
      lose: () => this.lose(),
    });
    this.changes = new Changes();
    this.reading = Promise.resolve();
    this.connected = null;
    this.lostAt = null;
    // What was missed is not read yet; the stream has said nothing since it was lost.
    this.isBehind = true;
    this.isSilent = true;
    this.losses = 0;
    this.isAwaited = false;
    this.aliveMs = Date.now();
    this.lastWordMs = Date.now();
  }

  /** Settled when everything was read once, or could not be. */
  start() {
    this.stream.start();
    setInterval(() => this.tick(), TICK_MS);
    window.addEventListener("offline", () => this.lose());
    window.addEventListener("online", () => this.reconnect());
    // A page that the browser keeps for "back" holds neither stream nor lock, and has missed everything.
    window.addEventListener("pagehide", () => this.stream.stop());
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.goOn());
    return this.readFirst();
  }

  goOn() {
    if (this.stopped) {
      // It was left for good; what it shows is nobody's now.
      window.location.reload();
      return;
    }
    this.stream.start();
    this.wake();
  }

  /**
   * The stream's first snapshot is the map, and what changes from then on is told; so lists are read
   * after it. Without one, everything is asked for, and the lists again when it comes.
   */
  async readFirst() {
    this.isAwaited = true;
    const came = await new Promise((resolve) => {
      this.addEventListener("features", () => resolve(true), { once: true });
      this.addEventListener("here", () => resolve(false), { once: true });
      this.addEventListener("state", ({ detail }) => detail.connected || resolve(false));
      setTimeout(() => resolve(false), FIRST_MS);
    });
    this.isAwaited = false;
    return came ? this.readListsNext() : this.readEverything();
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** Now, because somebody asks for it. */
  reconnect() {
    if (this.stopped) return;
    this.stream.renew();
    this.readEverything();
  }

  /** For good: whoever logs out asks for nothing more. */
  stop() {
    clearTimeout(this.gathering);
    this.stopped = true;
    this.stream.stop();
  }

  hear(name, data) {
    if (this.stopped) return;
    if (this.isAsleep()) {
      // The word may have lain there as long as the page slept.
      this.wake();
      return;
    }
    this.aliveMs = Date.now();
    this.lastWordMs = Date.now();
    this.isSilent = false;
    if (name === "snapshot") this.acceptSnapshot(JSON.parse(data));
    else if (name === "position") this.tell("positions", JSON.parse(data));
    else if (name === "change") this.changed(JSON.parse(data));
    else if (name === "here") this.tell("here", null);
    this.settle();
  }

  acceptSnapshot(collection) {
    this.accept(collection);
    if (this.isAwaited) return;
    // It stands for changes that were not told one by one; the lists missed them too.
    this.changes.clear();
    this.isBehind = true;
    this.readListsNext();
  }

  /** In step again, or for the first time: the stream speaks, and nothing is left to read. */
  settle() {
    if (this.stopped || this.connected || this.isBehind || this.isSilent) return;
    const restored = this.connected === false;
    this.connected = true;
    this.lostAt = null;
    this.tell("state", { connected: true, restored });
    if (restored) this.tell("change", { kind: "reconnected" });
  }

  lose() {
    this.losses += 1;
    this.isBehind = true;
    this.isSilent = true;
    if (this.connected === false || this.stopped) return;
    this.connected = false;
    // Since the last word nobody knows.
    this.lostAt = nowMs() - (Date.now() - this.lastWordMs);
    this.tell("state", { connected: false, lostAt: this.lostAt });
    this.comeBack();
  }

  /**
   * Look for the server every second, and begin anew as soon as it is there.
   *
   * What still waits for an answer went into a line that is dead, and holds one of the few connections.
   */
  async comeBack() {
    abandonReadings();
    let tries = 0;
    let dueMs = 0;
    for (let looks = 0; this.connected === false && !this.stopped; looks += 1) {
      if (!await isServerThere(looks)) tries = dueMs = 0;
      else if (Date.now() >= dueMs && !this.stopped) {
        dueMs = Date.now() + RETRY_MS[Math.min(tries, RETRY_MS.length - 1)];
        tries += 1;
        this.stream.renew();
        // A stream that comes brings the map with it, but not every tab hears it begin.
        if (tries > 1) this.readEverything();
      }
      await pause(TICK_MS - SPREAD_MS * Math.random());
    }
  }

  isAsleep() {
    return Date.now() - this.aliveMs > ASLEEP_MS;
  }

  /** Everything that was waiting here is old, and much may have happened. */
  wake() {
    this.aliveMs = Date.now();
    this.lose();
    this.reconnect();
  }

  tick() {
    if (this.stopped) return;
    if (this.isAsleep()) this.wake();
    this.aliveMs = Date.now();
    this.stream.watch();
    // A dead cable or a server that hangs raises no error: its silence is one.
    if (this.connected !== false && Date.now() - this.lastWordMs > SILENCE_MS) this.lose();
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
    return this.next(async () => {
      if (this.changes.isEmpty()) return;
      const { everything, query } = this.changes.take();
      if (!everything) this.tell("changed", await get(`${this.urls.changed}?${query}`));
      else await this.readAll(async () => this.accept(await get(this.urls.features)));
    });
  }

  readListsNext() {
    return this.next(() => this.readAll());
  }

  /** The lists, after the map where that has to be read too. */
  async readAll(readMap = () => {}) {
    const { losses } = this;
    await readMap();
    await this.readLists();
    // What was lost meanwhile is not in it.
    if (losses === this.losses) this.isBehind = false;
  }

  next(work) {
    this.reading = this.reading.then(() => this.stopped || this.carefully(work));
    return this.reading;
  }

  async carefully(work) {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 401) this.tell("session", null);
      console.warn(error.message);
      this.changes.addEverything();
      this.lose();
    }
    this.settle();
  }

  accept(collection) {
    syncClock(collection.at);
    this.tell("features", collection);
  }
}
