// Calls that no county owns: nobody else will see them, so they stand above the list.

import { sendWords } from "console/belief_section.js";
import { choiceField, openForm, textField } from "console/inline_form.js";
import { ageText, secondsSince, tickAges } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { t } from "shared/page_data.js";

export class UnownedPanel {
  constructor(holder, context) {
    this.context = context;
    this.waiting = [];
    this.drawn = "";
    this.list = h("ul", {});
    this.slot = h("div", { class: "form-slot" });
    holder.replaceChildren(this.list, this.slot);
    setInterval(() => tickAges(this.list), 1000);
  }

  show(calls) {
    this.waiting = calls.filter(({ incident_id: incident, is_misdial: misdial, disposition }) => !incident && !misdial && !disposition);
    // Most calls have a county: nothing here is drawn anew for them.
    const drawn = JSON.stringify(this.waiting);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    redraw(this.list, ...this.waiting.map((call) => this.card(call)));
    if (this.waiting.length === 0) this.slot.replaceChildren();
  }

  /** Take in calls that changed; of the `ids` that were looked at, who is not among them is gone. */
  update(calls, ids) {
    const others = this.waiting.filter(({ id }) => !ids.includes(id));
    const rows = [...others, ...calls].sort((a, b) => Date.parse(a.started_at) - Date.parse(b.started_at));
    this.show(rows);
  }

  focus(id) {
    const button = this.list.querySelector(`[data-key="said-${id}"]`);
    button?.scrollIntoView({ block: "center" });
    button?.focus({ preventScroll: true });
  }

  card(call) {
    const button = (name, onclick, ...content) =>
      h("button", { type: "button", class: "button", dataset: { key: `${name}-${call.id}` }, onclick }, ...content);
    return h("li", { class: "card card--open" },
      h("span", { class: "card-line" },
        h("span", { class: "state state--open" }, icon("question"), t("unowned.title")),
        h("span", { class: "card-age number", dataset: { opened: call.started_at } }, ageText(secondsSince(call.started_at)))),
      h("strong", { class: "number" }, call.caller ?? t("console.caller.hidden")),
      h("span", { class: "card-ask" }, icon("phone"), h("span", {}, t("console.ask.single"))),
      h("span", { class: "form-buttons" },
        button("said", () => this.askWords(call), icon("user"), t("belief.said")),
        button("open", () => this.askCounty(call), t("unowned.open")),
        button("misdial", () => this.misdial(call), t("action.misdial"))));
  }

  askWords(call) {
    openForm(this.slot, {
      title: t("belief.said"),
      fields: [["words", textField(t("belief.said.placeholder"), { required: true, maxLength: 1000 })]],
      keep: `call-${call.id}/said`,
      send: ({ words }) => sendWords(this.context, call.id, words),
      label: t("belief.said.send"),
    });
  }

  misdial(call) {
    return this.context.act(`/v1/calls/${call.id}/misdial`, {}, t("unowned.misdial.done"));
  }

  askCounty(call) {
    openForm(this.slot, {
      title: t("unowned.open"),
      fields: [
        ["county", choiceField(t("action.county"), this.context.counties())],
        ["reason", textField(t("form.reason"), { required: true, maxLength: 2000 })],
      ],
      keep: `call-${call.id}/open`,
      send: (values) => this.context.act(`/v1/calls/${call.id}/open`, values, t("unowned.open.done")),
    });
  }
}
