// The clocks on a card of the queue: said in words, marked by a drawing, a word and a colour.

import { clocksOf } from "console/case_clocks.js";
import { ageText, clockTime, nowMs } from "shared/clock.js";
import { h, icon } from "shared/dom.js";
import { settings, t } from "shared/page_data.js";

const DRAWINGS = { calm: "clock", watch: "slow", late: "alert" };

function dueText({ step, team, ms, at }) {
  const age = ageText(Math.abs(ms) / 1000);
  return t(`clock.${step}`, { team, age, time: clockTime(at) });
}

/** One clock: what it says is written only when it reads otherwise. */
class Clock {
  constructor(name) {
    this.mark = h("span", { class: "clock-mark" });
    this.text = h("span", { class: "number" });
    this.word = h("strong", { class: "clock-word" });
    this.element = h("span", { class: "clock", dataset: { clock: name } }, this.mark, this.text, this.word);
  }

  show(level, text) {
    if (text !== this.said) this.text.textContent = text;
    this.said = text;
    if (level === this.level) return;
    this.level = level;
    this.element.dataset.level = level;
    this.mark.replaceChildren(icon(DRAWINGS[level]));
    this.word.textContent = level === "calm" ? "" : t(`clock.level.${level}`);
  }
}

/** Both clocks of one case; `show` is cheap enough for every second. */
export class CardClocks {
  constructor(incident) {
    this.incident = incident;
    this.opened = new Clock("opened");
    this.due = new Clock("due");
    this.element = h("span", { class: "card-clocks" }, this.due.element, this.opened.element);
    this.show();
  }

  show() {
    const { opened, due } = clocksOf(this.incident, nowMs(), settings.limits);
    this.due.show(due.level, dueText(due));
    this.opened.show(opened.level, t("clock.opened", { age: ageText(Math.max(0, opened.ms) / 1000) }));
  }
}
