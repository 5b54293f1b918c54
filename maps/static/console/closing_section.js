// A case that somebody wants closed: another person of the county confirms it, or sends it back.

import { openForm, textField } from "console/inline_form.js";
import { clockTime } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { t } from "shared/page_data.js";

export class ClosingSection {
  constructor(context) {
    this.context = context;
    this.banner = h("div", { class: "closing-banner", role: "status", hidden: true });
    this.slot = h("div", { class: "form-slot" });
    this.element = h("div", {}, this.banner, this.slot);
  }

  /** Another case: nothing of the old one is left to press. */
  reset() {
    this.banner.hidden = true;
    this.banner.replaceChildren();
    this.slot.replaceChildren();
  }

  show(incident) {
    const { closing } = incident;
    this.banner.hidden = !closing;
    if (!closing) {
      this.reset();
      return;
    }
    const isOwn = closing.proposed_by === this.context.me();
    const may = this.context.may("handle_incidents");
    redraw(this.banner, icon("check"),
      h("div", { class: "row-main" },
        h("strong", {}, t("closing.proposed", { name: closing.proposed_by, time: clockTime(closing.proposed_at) })),
        h("p", {}, t(`resolution.${closing.resolution}`)),
        closing.note ? h("p", { class: "reason" }, closing.note) : null,
        isOwn ? h("p", { class: "muted small" }, t("closing.own")) : null),
      may ? h("div", { class: "form-buttons" },
        isOwn ? null : this.button("closing.confirm", "primary", () => this.confirm(incident)),
        this.button(isOwn ? "closing.withdraw" : "closing.return", "", () => this.sendBack(incident, isOwn))) : null);
  }

  button(key, kind, onclick) {
    return h("button", { type: "button", class: `button ${kind}`, dataset: { key }, onclick }, t(key));
  }

  /** The version is the one on the screen when it was pressed: what came since has to be seen first. */
  confirm({ id, number, version }) {
    return this.context.act(`/v1/incidents/${id}/closing/confirm`, { expected_version: version }, t("action.done.close", { number }));
  }

  sendBack({ id, number, version }, isOwn) {
    openForm(this.slot, {
      title: t(isOwn ? "closing.withdraw" : "closing.return"),
      fields: [["reason", textField(t("form.reason"), { required: true, maxLength: 2000 })]],
      keep: `${id}/closing-return`,
      seen: version,
      send: (values, seen) => this.context.act(
        `/v1/incidents/${id}/closing/return`, { ...values, expected_version: seen }, t("closing.returned.done", { number })),
    });
  }
}
