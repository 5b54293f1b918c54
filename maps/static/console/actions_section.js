// What a person may do with an incident besides sending a team.

import { openDraftForm } from "console/draft_form.js";
import { openHandoverForm } from "console/handover_form.js";
import { choiceField, openForm, textField, tickField } from "console/inline_form.js";
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

  /** Another incident: no button and no form of the old one is left to press. */
  reset() {
    this.buttons.replaceChildren();
    this.slot.replaceChildren();
  }

  show(incident) {
    const closed = incident.state === "closed";
    this.element.hidden = !this.context.may("handle_incidents");
    // What somebody has proposed is confirmed or sent back, above; it is not ended beside that.
    const canEnd = !incident.closing;
    const can = (name) => !closed && this.context.may("handle_incidents") && this.allowed(incident, name);
    redraw(this.buttons,
      can("112") ? this.button("alert", "action.to_112", () => openHandoverForm(this.slot, this.context, incident), "danger") : null,
      can("psychologists") ? this.button("heart", "action.to_psychologists", () => this.transfer(incident, "psychologists")) : null,
      can("county") ? this.button("split", "action.to_county", () => this.transfer(incident, "county")) : null,
      this.button("user", "draft.button", () => openDraftForm(this.slot, this.context, incident)),
      this.button("note", "action.add_note", () => this.note(incident)),
      closed ? this.button("refresh", "action.reopen", () => this.reopen(incident))
        : canEnd && this.button("check", "action.close", () => this.close(incident)),
      // Last, away from "112": the two are the furthest apart in what they do.
      can("misdial") && canEnd ? this.button("phone", "action.misdial", () => this.misdial(incident)) : null);
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

  /** A form about the incident that is on the screen now, whatever is shown when it is sent. */
  form(incident, name, { path, done, values: more = {}, ...rest }) {
    return openForm(this.slot, {
      ...rest,
      keep: `${incident.id}/${name}`,
      seen: incident.version,
      send: (values, version) => this.context.act(
        this.path(incident, path ?? name), { ...more, ...values, expected_version: version }, done),
    });
  }

  /** One click while nobody is on the way, because it can be taken back; else it is asked. */
  misdial(incident) {
    const bound = incident.assignments.filter(({ released_at: released }) => !released);
    const send = (version) => this.context.misdial(incident, version);
    if (bound.length === 0) return send(incident.version);
    return openForm(this.slot, {
      title: t("action.misdial.confirm", { number: incident.number, teams: bound.map(({ callsign }) => callsign ?? "?").join(", ") }),
      fields: [],
      label: t("action.misdial"),
      danger: true,
      seen: incident.version,
      send: (_, version) => send(version),
    });
  }

  reopen(incident) {
    this.form(incident, "reopen", {
      title: t("action.reopen"),
      fields: [["reason", textField(t("form.reason"), { required: true, maxLength: 2000 })]],
      done: t("action.reopen.done", { number: incident.number }),
    });
  }

  /** A step of a call's form: the usual form of the case, filled with what was typed and not yet sent. */
  step(incident, name, { what = "", where = "", risks = "" }) {
    const said = [what, risks].filter(Boolean).join(". ");
    const open = {
      112: () => openHandoverForm(this.slot, this.context, incident, { danger: said }),
      psychologists: () => this.transfer(incident, "psychologists", { reason: said }),
      county: () => this.transfer(incident, "county", { reason: [where, said].filter(Boolean).join(". ") }),
      missing: () => openDraftForm(this.slot, this.context, incident, { last_seen: where }),
      misdial: () => this.misdial(incident),
    }[name];
    open?.();
  }

  transfer(incident, to, { reason: said = "" } = {}) {
    const reason = ["reason", textField(t("form.reason"), { required: true, maxLength: 2000, value: said.slice(0, 2000) })];
    const counties = choiceField(t("action.county"), this.context.counties().filter(([code]) => code !== incident.county));
    this.form(incident, `transfer-${to}`, {
      path: "transfer",
      title: t({ psychologists: "action.to_psychologists.label", county: "action.to_county.label" }[to]),
      fields: to === "county" ? [["county", counties], reason, ["at_once", tickField(t("transfer.at_once"))]] : [reason],
      values: { to },
      done: to === "county" ? t("transfer.offered") : t("action.done.transfer", { number: incident.number }),
    });
  }

  close(incident) {
    this.form(incident, "close", {
      title: t("action.close"),
      fields: [
        ["resolution", choiceField(t("action.resolution"), RESOLUTIONS.map((code) => [code, t(`resolution.${code}`)]))],
        ["note", textField(t("action.note"), { rows: 3, maxLength: 10000 })],
      ],
      done: ({ closing }) => t(closing ? "closing.proposed.done" : "action.done.close", { number: incident.number }),
    });
  }

  note(incident) {
    this.form(incident, "notes", {
      title: t("action.add_note"),
      fields: [["text", textField(t("action.note"), { required: true, rows: 3, maxLength: 10000 })]],
      done: t("action.done.note"),
    });
  }
}
