// What a person may do with an incident besides sending a team.

import { openDraftForm } from "console/draft_form.js";
import { openHandoverForm } from "console/handover_form.js";
import { choiceField, openForm, textField } from "console/inline_form.js";
import { h, icon, redraw } from "shared/dom.js";
import { t } from "shared/page_data.js";

const RESOLUTIONS = ["child_safe", "child_placed", "counselled", "unfounded", "not_found", "other"];

export class ActionsSection {
  constructor(context) {
    this.context = context;
    this.buttons = h("div", { class: "action-buttons" });
    this.slot = h("div", { class: "form-slot" });
    this.element = h("section", { class: "block", "aria-label": t("action.title") },
      h("h3", {}, t("action.title")), this.buttons, this.slot);
  }

  reset() {
    this.slot.replaceChildren();
  }

  show(incident) {
    const closed = incident.state === "closed";
    this.element.hidden = !this.context.may("handle_incidents");
    const can = (name) => !closed && this.context.may("handle_incidents") && this.allowed(incident, name);
    redraw(this.buttons,
      can("misdial") ? this.button("phone", "action.misdial", () => this.misdial(incident)) : null,
      can("112") ? this.button("alert", "action.to_112", () => openHandoverForm(this.slot, this.context, incident), "danger") : null,
      can("psychologists") ? this.button("heart", "action.to_psychologists", () => this.transfer(incident, "psychologists")) : null,
      can("county") ? this.button("split", "action.to_county", () => this.transfer(incident, "county")) : null,
      this.button("user", "draft.button", () => openDraftForm(this.slot, this.context, incident)),
      this.button("note", "action.add_note", () => this.note(incident)),
      closed ? null : this.button("check", "action.close", () => this.close(incident)));
  }

  allowed({ state, assignments }, action) {
    if (action === "misdial") return state === "open" || state === "assigned";
    if (action === "county") return assignments.every(({ released_at: released }) => released);
    return true;
  }

  button(drawing, key, onclick, kind = "") {
    return h("button", { type: "button", class: `button ${kind}`, dataset: { key }, onclick }, icon(drawing), t(key));
  }

  path(incident, what) {
    return `/v1/incidents/${incident.id}/${what}`;
  }

  misdial(incident) {
    return this.context.act(this.path(incident, "misdial"), {}, t("action.misdial.done", { number: incident.number }));
  }

  transfer(incident, to) {
    const reason = ["reason", textField(t("form.reason"), { required: true, maxLength: 2000 })];
    const counties = choiceField(t("action.county"), this.context.counties().filter(([code]) => code !== incident.county));
    openForm(this.slot, {
      title: t({ psychologists: "action.to_psychologists.label", county: "action.to_county.label" }[to]),
      fields: to === "county" ? [["county", counties], reason] : [reason],
      send: (values) => this.context.act(this.path(incident, "transfer"), { to, ...values },
        t("action.done.transfer", { number: incident.number })),
    });
  }

  close(incident) {
    openForm(this.slot, {
      title: t("action.close"),
      fields: [
        ["resolution", choiceField(t("action.resolution"), RESOLUTIONS.map((code) => [code, t(`resolution.${code}`)]))],
        ["note", textField(t("action.note"), { rows: 3, maxLength: 10000 })],
      ],
      send: ({ resolution, note }) => this.context.act(this.path(incident, "close"),
        { resolution, note: note || null, expected_version: this.context.incident().version },
        t("action.done.close", { number: incident.number })),
    });
  }

  note(incident) {
    openForm(this.slot, {
      title: t("action.add_note"),
      fields: [["text", textField(t("action.note"), { required: true, rows: 3, maxLength: 10000 })]],
      send: (values) => this.context.act(this.path(incident, "notes"), values, t("action.done.note")),
    });
  }
}
