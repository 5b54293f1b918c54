// What a desk does with a team that was sent: answers for it, checks in for it, sets its timer.

import { choiceField, openForm, textField } from "console/inline_form.js";
import { isCheckInDue } from "console/field_facts.js";
import { h } from "shared/dom.js";
import { t } from "shared/page_data.js";

const ROUNDS = [5, 10, 15, 20, 30, 45, 60, 0];

/** Forms open in `slot` under the row of the team; each says which case it is about. */
export class FieldForms {
  constructor(context, slot, putForm) {
    Object.assign(this, { context, slot, putForm });
  }

  buttons(row) {
    if (!this.context.may("work_with_team")) return [];
    const name = { team: row.callsign };
    const button = (key, text, onclick, kind = "") => h("button", {
      type: "button", class: `button ${kind}`, dataset: { key: `${key}-${row.id}` }, "aria-label": `${text}: ${row.callsign}`, onclick,
    }, text);
    return [
      row.answer || row.on_scene_at ? null : button("answer", t("alert.by_radio"), () => this.answer(row, name)),
      row.on_scene_at ? button("check-in", t("checkin.by_radio"), () => this.checkIn(row, name), isCheckInDue(row) ? "danger" : "") : null,
      button("timer", t("checkin.set"), () => this.timer(row, name)),
      button("message", row.unread_from_team ? t("message.unread", { n: row.unread_from_team }) : t("message.open"),
        () => this.context.openMessages(row.id), row.unread_from_team ? "primary" : ""),
    ].filter(Boolean);
  }

  open(row, form) {
    const incident = this.context.incident();
    this.putForm(`release-${row.id}`);
    openForm(this.slot, {
      ...form,
      keep: `${incident.id}/${form.key}-${row.id}`,
      send: (values) => this.context.act(`/v1/assignments/${row.id}/${form.path}`,
        { ...form.wish(values), incident_id: incident.id }, form.done),
    });
  }

  answer(row, name) {
    this.open(row, {
      key: "answer", path: "answer", title: t("alert.by_radio.label", name), done: t("alert.answered.done", name),
      fields: [
        ["answer", choiceField(t("alert.answer"), [["accepted", t("alert.choice.accepted")], ["declined", t("alert.choice.declined")]])],
        ["reason", textField(t("alert.decline.reason"), { maxLength: 2000 })],
      ],
      wish: ({ answer, reason }) => ({ answer, ...(reason ? { reason } : {}) }),
    });
  }

  checkIn(row, name) {
    this.open(row, {
      key: "check-in", path: "check-in", title: t("checkin.by_radio.label", name), done: t("checkin.done", name),
      fields: [["reason", textField(t("checkin.how"), { required: true, maxLength: 2000 })]],
      wish: ({ reason }) => ({ reason }),
    });
  }

  timer(row, name) {
    const rounds = ROUNDS.map((n) => [String(n), n ? t("checkin.every", { n }) : t("checkin.never")]);
    this.open(row, {
      key: "timer", path: "check-in-timer", title: t("checkin.set.label", name), done: t("checkin.set.done", name),
      fields: [
        ["every", choiceField(t("checkin.round"), rounds)],
        ["reason", textField(t("checkin.off.reason"), { maxLength: 2000 })],
      ],
      wish: ({ every, reason }) => ({ every_minutes: Number(every), ...(reason ? { reason } : {}) }),
    });
  }
}
