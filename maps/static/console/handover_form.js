// "Hand over to 112": the danger in one sentence, the child, and the notes that may leave.

import { openForm, textField, tickField } from "console/inline_form.js";
import { h, icon } from "shared/dom.js";
import { t } from "shared/page_data.js";

const LONGEST_NOTE = 500;
const MOST_NOTES = 12;

function childField() {
  const sexes = [["", "unknown"], [t("handover.child.sex.girl"), "girl"], [t("handover.child.sex.boy"), "boy"]];
  const name = h("input", { maxLength: 100 });
  const age = h("input", { type: "number", min: 0, max: 25, inputMode: "numeric" });
  const sex = h("select", {}, ...sexes.map(([value, key]) => h("option", { value }, t(`handover.child.sex.${key}`))));
  const labelled = (key, input) => h("label", { class: "field" }, h("span", {}, t(key)), input);
  const field = h("fieldset", { class: "field-group" },
    h("legend", {}, t("handover.child"), h("span", { class: "muted" }, ` (${t("form.optional")})`)),
    h("div", { class: "field-row" },
      labelled("handover.child.name", name), labelled("handover.child.age", age), labelled("handover.child.sex", sex)));
  field.readValue = () => {
    const known = { name: name.value.trim() || null, age_years: age.value === "" ? null : Number(age.value), sex: sex.value || null };
    return Object.values(known).some((value) => value !== null) ? known : null;
  };
  return field;
}

function notesField(notes) {
  const ticks = notes.map(({ id, reason }) => {
    const long = (reason ?? "").length > LONGEST_NOTE;
    const text = long ? `${reason.slice(0, 120)}…` : reason ?? "";
    return [id, tickField(text, { disabled: long, hint: long ? t("handover.notes.long") : "" })];
  });
  const field = h("fieldset", { class: "field-group" }, h("legend", {}, t("handover.notes")),
    ...ticks.map(([, tick]) => tick), ticks.length ? null : h("p", { class: "muted small" }, t("handover.notes.none")));
  field.readValue = () => ticks.filter(([, tick]) => tick.readValue()).map(([id]) => id).slice(0, MOST_NOTES);
  return field;
}

export function openHandoverForm(slot, context, incident, { danger: said = "" } = {}) {
  const form = openForm(slot, {
    title: t("handover.form"),
    fields: [
      ["danger", textField(t("handover.danger"), { required: true, rows: 2, maxLength: 500, value: said.slice(0, 500) })],
      ["child", childField()],
      ["notes", notesField(context.notes())],
      ["close", tickField(t("handover.close"))],
    ],
    label: t("handover.send"),
    danger: true,
    keep: `${incident.id}/112`,
    seen: incident.version,
    send: ({ danger, child, notes, close }, version) => {
      const along = { ...(child ? { child } : {}), note_ids: notes, expected_version: version };
      const done = t("handover.done", { number: incident.number });
      return close
        ? context.act(`/v1/incidents/${incident.id}/transfer`, { to: "112", reason: danger, ...along }, done)
        : context.act(`/v1/incidents/${incident.id}/handovers`, { danger, ...along }, done);
    },
  });
  form.querySelector("h4").after(h("p", { class: "ask" }, icon("phone"), h("span", {}, t("handover.first"))));
  form.querySelector(".form-buttons").before(h("p", { class: "muted small" }, t("handover.leaves")));
}
