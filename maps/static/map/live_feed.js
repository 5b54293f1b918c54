// Keeps the picture fresh: a snapshot, then the event stream, and honesty when it breaks.

import { nowMs, syncClock } from "shared/clock.js";

const SILENCE_MS = 45000;
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
    this.pings = false;
    this.lastWordMs = Date.now();
  }

  start() {
    this.refetch();
    this.connect();
    setInterval(() => this.listenForSilence(), 5000);
    window.addEventListener("offline", () => this.lose());
    window.addEventListener("online", () => this.reconnect());
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  connect() {
    this.source?.close();
    this.source = new EventSource(this.urls.stream);
    const hear = (name, act) => this.source.addEventListener(name, (event) => {
      this.heard();
      act(event.data ? JSON.parse(event.data) : null);
    });
    this.source.onopen = () => this.heard();
    this.source.onerror = () => this.lose();
    hear("snapshot", (collection) => this.accept(collection));
    hear("position", (positions) => this.tell("positions", positions));
    hear("change", (change) => this.changed(change));
    hear("ping", () => { this.pings = true; });
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
    this.attempts = 0;
    if (this.connected) return;
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
    // A browser retries by itself unless the server refused; then we do.
    if (this.source?.readyState === EventSource.CLOSED && !this.retry) {
      const wait = RETRY_MS[Math.min(this.attempts, RETRY_MS.length - 1)];
      this.attempts += 1;
      this.retry = setTimeout(() => this.reconnect(), wait);
    }
  }

  /** A dead cable raises no error: where the server pings, its silence is one. */
  listenForSilence() {
    if (this.pings && this.connected && Date.now() - this.lastWordMs > SILENCE_MS) {
      this.lose();
      this.connect();
    }
  }

  changed(change) {
    this.tell("change", change);
    clearTimeout(this.pending);
    this.pending = setTimeout(() => this.refetch(), REFETCH_MS);
  }

  async refetch() {
    if (this.stopped) return;
    try {
      const answer = await fetch(this.urls.features, { headers: { Accept: "application/json" } });
      if (answer.status === 401) this.tell("session", null);
      if (!answer.ok) throw new Error(`features: ${answer.status}`);
      this.accept(await answer.json());
    } catch (error) {
      if (!(error instanceof TypeError)) console.warn(error.message);
      this.tell("failed", null);
    }
  }

  accept(collection) {
    syncClock(collection.at);
    this.tell("features", collection);
  }
}
