// One event stream for all tabs of a browser: one of them holds it and tells the others what it hears.
//
// A browser opens six connections to a host and a stream keeps one, so the seventh tab waited for ever.
// Whoever has a lock of the browser holds the stream; when that tab is closed or crashes, the browser
// gives the lock to the next. One that only sleeps keeps it: it is asked, and taken from if it does not
// answer. Without locks (a page that came over plain HTTP) each tab has a stream of its own.

const EVENTS = ["snapshot", "position", "change", "ping"];
// The server pings every 5 s. Whoever held the stream and is silent for longer may be asleep.
const DOUBT_MS = 7000;
// A tab that is busy drawing answers late, one that sleeps never.
const ANSWER_MS = 2000;
// Many tabs may ask at once for a new stream; so soon after one, none of them knew of it.
const YOUNG_MS = 900;

export class OneStream {
  /**
   * The address says whose page it is, so tabs of different persons never share one.
   *
   * `hear(name, data)` is told each event with its text, and "here" when another tab holds a
   * stream that speaks; `lose()` that it broke. It is not made again before `renew()` says so.
   */
  constructor(url, { hear, lose }) {
    this.url = url;
    this.name = `dispatch119_stream:${url}`;
    this.hear = hear;
    this.lose = lose;
    this.isHolder = false;
    this.source = null;
    this.spokenMs = 0;
    this.openedMs = 0;
  }

  start() {
    this.isStopped = false;
    this.spokenMs = Date.now();
    if (!navigator.locks) {
      this.isHolder = true;
      this.open();
      return;
    }
    this.channel = new BroadcastChannel(this.name);
    this.channel.addEventListener("message", ({ data }) => this.told(data));
    this.tell("ask");
    this.wait();
  }

  /** For good, or until `start()`: the lock is free for another tab. */
  stop() {
    this.isStopped = true;
    this.letGo();
    this.waiting?.abort();
    this.release?.();
    this.channel?.close();
    this.channel = null;
  }

  /** Make the stream anew: here, or by the tab that holds it. */
  renew() {
    if (this.isStopped) return;
    if (!this.isHolder) this.ask("renew");
    else if (!this.isYoung()) this.open();
  }

  isYoung() {
    return this.source !== null && Date.now() - this.openedMs < YOUNG_MS;
  }

  /** To be called every second: a holder that is silent is asked whether it is awake. */
  watch() {
    if (!this.isStopped && !this.isHolder && Date.now() - this.spokenMs > DOUBT_MS) this.ask("ask");
  }

  ask(what) {
    this.tell(what);
    this.asking ??= setTimeout(() => {
      this.asking = null;
      if (this.isHolder || this.isStopped) return;
      this.waiting?.abort();
      this.wait({ steal: true });
    }, ANSWER_MS);
  }

  answered() {
    clearTimeout(this.asking);
    this.asking = null;
  }

  async wait({ steal = false } = {}) {
    const waiting = new AbortController();
    this.waiting = waiting;
    try {
      await navigator.locks.request(this.name, steal ? { steal } : { signal: waiting.signal }, () => this.hold());
    } catch (error) {
      if (error.name !== "AbortError") throw error;
      if (waiting.signal.aborted || this.isStopped) return;
      // Another tab thought that this one was asleep, and has taken over.
      this.letGo();
      this.wait();
    }
  }

  hold() {
    if (this.isStopped) return null;
    this.answered();
    this.isHolder = true;
    this.term = crypto.randomUUID();
    this.tell("here", false);
    this.open();
    return new Promise((resolve) => {
      this.release = resolve;
    });
  }

  letGo() {
    this.isHolder = false;
    this.answered();
    this.source?.close();
    this.source = null;
  }

  open() {
    this.source?.close();
    this.openedMs = Date.now();
    const source = new EventSource(this.url);
    this.source = source;
    for (const name of EVENTS) source.addEventListener(name, ({ data }) => this.pass(source, name, data));
    // Not left to the browser, which tries again in its own time, and never once it was refused.
    source.onerror = () => {
      source.close();
      this.source = null;
      this.lose();
      this.tell("lost");
    };
  }

  pass(source, name, data) {
    this.hear(name, data);
    // Whoever found the word too old has begun anew; then it is no news for the others either.
    if (source !== this.source) return;
    this.spokenMs = Date.now();
    this.tell(name, data);
  }

  tell(name, data = null) {
    this.channel?.postMessage({ name, data, term: this.isHolder ? this.term : null });
  }

  told({ name, data, term }) {
    if (this.isHolder) {
      if (term === null) this.answer(name);
      return;
    }
    if (term === null) return;
    this.answered();
    if (name === "here") this.heardTerm = term;
    // Late words of a tab that slept while another took over.
    if (term !== this.heardTerm) return;
    this.spokenMs = Date.now();
    if (name === "lost") this.lose();
    else if (name !== "here" || data) this.hear(name, data);
  }

  /** A hidden tab has slow timers but hears at once, so those in front tell it when to try again. */
  answer(name) {
    const isSpeaking = this.source !== null && Date.now() - this.spokenMs < DOUBT_MS;
    this.tell("here", isSpeaking);
    if (name === "renew" && !isSpeaking) this.renew();
  }
}
