// Who called: numbers are masked until somebody asks, and asking is recorded.

import { get, rowsOf } from "shared/api_client.js";
import { clockTime } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { t } from "shared/page_data.js";

export class CallerSection {
  constructor(context) {
    this.context = context;
    this.id = null;
    this.element = h("section", { class: "block", "aria-label": t("console.caller"), hidden: true });
  }

  reset() {
    this.id = null;
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  /** Ask for the calls of the case itself: they come along when it is transferred or closed. */
  async load(id) {
    this.id = id;
    if (!this.context.may("read_calls")) return;
    const calls = await get(`/v1/calls?incident_id=${id}`);
    if (id === this.id) this.show(rowsOf(calls));
  }

  show(calls) {
    this.element.hidden = calls.length === 0;
    redraw(this.element, h("h3", {}, t("console.caller")),
      h("ul", { class: "rows" }, ...calls.map((call) => this.row(call))));
  }

  row(call) {
    const number = h("strong", { class: "number" }, call.caller ?? t("console.caller.hidden"));
    const ask = h("button", {
      type: "button", class: "button", title: t("console.caller.audited"), dataset: { key: `caller-${call.id}` },
      onclick: async () => {
        const whole = await this.context.attempt(() => get(`/v1/calls/${call.id}`));
        if (!whole) return;
        number.textContent = whole.caller;
        ask.remove();
      },
    }, t("console.caller.show"));
    return h("li", { class: "row" }, icon("phone"),
      h("div", { class: "row-main" }, number, h("span", { class: "muted number" }, clockTime(call.started_at, { seconds: true }))),
      call.caller ? ask : null);
  }
}
