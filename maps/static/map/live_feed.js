// Keeps the picture fresh: a snapshot, then the event stream, and honesty when it breaks.

import { get, Problem } from "shared/api_client.js";
import { nowMs, syncClock } from "shared/clock.js";
import { addressed } from "shared/identity.js";

// The server pings every 5 s, whatever else it sends.
const SILENCE_MS = 15000;
const REFETCH_MS = 200;
const RETRY_MS = [1000, 2000, 4000, 8000];

/**
 * Events: "features" (collection), "positions" (array), "change" (object),
 * "state" ({connected, lostAt}), "session" (expired).
 */
export class LiveFeed extends EventTarget {
  constructor({ features, stream }) {
    super();
    this.urls = { features, stream };
    this.connected = null;
    this.lostAt = null;
    this.attempts = 0;
    this.unread = false;
    this.lastWordMs = Date.now();
  }

  start() {
    this.refetch();
    this.connect();
    setInterval(() => this.listenForSilence(), 1000);
    window.addEventListener("offline", () => this.lose());
    window.addEventListener("online", () => this.reconnect());
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  connect() {
    this.source?.close();
    this.lastWordMs = Date.now();
    this.source = new EventSource(addressed(this.urls.stream));
    const hear = (name, act) => this.source.addEventListener(name, (event) => {
      this.heard();
      act(event.data ? JSON.parse(event.data) : null);
    });
    this.source.onopen = () => this.heard();
    this.source.onerror = () => this.lose();
    hear("snapshot", (collection) => this.accept(collection));
    hear("position", (positions) => this.tell("positions", positions));
    hear("change", (change) => this.changed(change));
    hear("ping", () => {});
  }

  reconnect() {
    if (this.stopped) return;
    clearTimeout(this.retry);
    this.retry = null;
    this.refetch();
    this.connect();
  }

  /** For good: whoever logs out asks for nothing more. */
  stop() {
    clearTimeout(this.retry);
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

  changed(change) {
    this.tell("change", change);
    clearTimeout(this.pending);
    this.pending = setTimeout(() => this.refetch(), REFETCH_MS);
  }

  async refetch() {
    if (this.stopped) return;
    try {
      const collection = await get(this.urls.features);
      const restored = this.unread;
      this.unread = false;
      this.accept(collection);
      if (restored) this.heard();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 401) this.tell("session", null);
      console.warn(error.message);
      this.tell("failed", null);
      this.unread = true;
      this.lose();
    }
  }

  accept(collection) {
    syncClock(collection.at);
    this.tell("features", collection);
  }
}
