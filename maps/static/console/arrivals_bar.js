// What has arrived and nobody has taken: a bar above everything, a tone, and the page's title.
//
// A case is claimed when it was opened here or has a team; a call without a county, when it was
// shown here or decided. What was open before this page was drawn counts as well: a reload loses
// nothing. What was opened here is remembered by the browser.

import { AlarmTone } from "console/alarm_tone.js";
import { ageText, secondsSince } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { t } from "shared/page_data.js";

const AGAIN_MS = 4000;
const TICK_MS = 1000;
const REMEMBERED = 2000;
const OPENED = "dispatch119_opened";

export class ArrivalsBar {
  constructor(holder, toneButton, { countyName, onIncident, onCall }) {
    Object.assign(this, { holder, toneButton, countyName, onIncident, onCall });
    this.opened = new Set(JSON.parse(localStorage.getItem(OPENED) ?? "[]"));
    this.waiting = [];
    this.silenced = new Set();
    this.soundedAt = 0;
    this.title = document.title;
    this.tone = new AlarmTone((allowed) => this.showTone(allowed));
    toneButton.addEventListener("click", () => this.test());
    this.ticking = setInterval(() => this.tick(), TICK_MS);
  }

  /** The page is somebody else's now: neither a tone nor a title of what waited for the former. */
  stop() {
    clearInterval(this.ticking);
    this.all = [];
    this.waiting = [];
  }

  /** Whether a team is in danger: the title says so before anything else. */
  raise(isRaised) {
    this.isRaised = isRaised;
    this.tick();
  }

  /** Take in the open cases, the calls of no county and those that ring, as they are now. */
  show(incidents, unowned, ringing = []) {
    this.all = [
      ...ringing,
      ...incidents.filter(({ state }) => state === "open").map((incident) => ({
        id: incident.id, since: incident.opened_at, text: `${incident.number} · ${this.countyName(incident.county)}`,
        open: () => this.onIncident(incident.id),
      })),
      ...unowned.map((call) => ({
        id: call.id, since: call.started_at, text: t("unowned.title"), open: () => this.onCall(call.id),
      })),
    ].sort((a, b) => Date.parse(a.since) - Date.parse(b.since));
    this.update();
  }

  /** Somebody looks at it here. */
  claim(id) {
    if (!id || this.opened.has(id)) return;
    this.opened.add(id);
    localStorage.setItem(OPENED, JSON.stringify([...this.opened].slice(-REMEMBERED)));
    this.update();
  }

  update() {
    this.waiting = (this.all ?? []).filter(({ id }) => !this.opened.has(id));
    if (this.waiting.length === 0) this.silenced.clear();
    this.draw();
    this.tick();
  }

  draw() {
    const [first] = this.waiting;
    // Drawn anew only when it says something else: a press must find the button it began on.
    const says = JSON.stringify([this.waiting.length, first?.id, first?.text, this.isLoud()]);
    if (says === this.says) return;
    this.says = says;
    this.holder.hidden = !first;
    if (!first) {
      redraw(this.holder);
      return;
    }
    this.age = h("span", { class: "number" });
    redraw(this.holder,
      icon("phone"),
      h("strong", { class: "arrivals-count" },
        t(this.waiting.some(({ isField }) => isField) ? "arrivals.todo" : "arrivals.count", { n: this.waiting.length })),
      h("span", { class: "arrivals-first" }, first.text, " · ", this.age),
      h("button", {
        type: "button", class: "button primary", dataset: { key: "arrivals-open" },
        onclick: () => { this.claim(first.id); first.open(); },
      }, t(first.isField ? "arrivals.look" : "arrivals.open")),
      this.isLoud() ? h("button", {
        type: "button", class: "button", dataset: { key: "arrivals-silence" }, onclick: () => this.silence(),
      }, t("arrivals.silence")) : h("span", { class: "muted" }, t("arrivals.silenced")));
  }

  isLoud() {
    return this.waiting.some(({ id }) => !this.silenced.has(id));
  }

  /** Quiet for all that wait now; the next one that comes sounds again. */
  silence() {
    for (const { id } of this.waiting) this.silenced.add(id);
    this.draw();
  }

  tick() {
    const [first] = this.waiting;
    const lit = Math.floor(Date.now() / TICK_MS) % 2 === 0;
    const count = first ? `(${this.waiting.length}) ` : "";
    document.title = `${count}${this.isRaised && lit ? t("alarm.title") : first && lit ? t("arrivals.title") : this.title}`;
    if (!first) return;
    this.age.textContent = ageText(secondsSince(first.since));
    if (this.isLoud() && Date.now() - this.soundedAt >= AGAIN_MS) {
      this.soundedAt = Date.now();
      this.tone.play();
    }
  }

  async test() {
    await this.tone.context.resume();
    this.tone.play();
  }

  showTone(allowed) {
    this.toneButton.classList.toggle("is-blocked", !allowed);
    const text = t(allowed ? "arrivals.test" : "arrivals.blocked");
    this.toneButton.title = text;
    this.toneButton.setAttribute("aria-label", text);
  }
}
