// "Missing child": a draft for the Police. Nothing is published from here.

import { openForm, textField, tickField } from "console/inline_form.js";
import { momentInRomania } from "shared/clock.js";
import { h, icon } from "shared/dom.js";
import { t } from "shared/page_data.js";

const number = (text) => (text === "" ? null : Number(text));

export function openDraftForm(slot, context, incident, { last_seen: seen = "" } = {}) {
  const field = {
    name: textField(t("draft.name"), { required: true, maxLength: 100 }),
    age_years: textField(t("handover.child.age"), { type: "number", min: 0, max: 25 }),
    missing_since: textField(t("draft.since"), { required: true, type: "datetime-local" }),
    last_seen: textField(t("draft.last_seen"), { required: true, maxLength: 300, value: seen.slice(0, 300) }),
    zone_name: textField(t("draft.zone_name"), { required: true, maxLength: 200, value: context.countyName(incident.county) }),
    use_area: tickField(t("draft.use_area"), { disabled: !incident.area }),
    height_cm: textField(t("draft.height"), { type: "number", min: 30, max: 230 }),
    weight_kg: textField(t("draft.weight"), { type: "number", min: 1, max: 250 }),
    eyes: textField(t("draft.eyes"), { maxLength: 60 }),
    hair: textField(t("draft.hair"), { maxLength: 60 }),
    clothing: textField(t("draft.clothing"), { maxLength: 300 }),
    photo_url: textField(t("draft.photo"), { type: "url", pattern: "https://.*", maxLength: 500 }),
  };
  const form = openForm(slot, {
    title: t("draft.form"),
    fields: Object.entries(field),
    label: t("draft.write"),
    keep: `${incident.id}/draft`,
    seen: incident.version,
    send: (values, version) => context.act(`/v1/incidents/${incident.id}/missing-child-drafts`, {
      ...Object.fromEntries(Object.entries(values).filter(([, value]) => value !== "")),
      missing_since: momentInRomania(values.missing_since),
      ...(values.age_years ? { age_years: number(values.age_years) } : {}),
      ...(values.height_cm ? { height_cm: number(values.height_cm) } : {}),
      ...(values.weight_kg ? { weight_kg: number(values.weight_kg) } : {}),
      expected_version: version,
    }, t("draft.done")),
  });
  form.querySelector("h4").after(h("p", { class: "ask" }, icon("alert"), h("span", {}, t("draft.nothing"))));
  for (const [a, b] of [["name", "age_years"], ["height_cm", "weight_kg"], ["eyes", "hair"]]) {
    const row = h("div", { class: "field-row" });
    field[a].before(row);
    row.append(field[a], field[b]);
  }
  form.querySelector("input").focus();
}
