// What the calls of a case say of it: how urgent, the risks before all, then who, what and where.

import { clockTime } from "shared/clock.js";
import { h, icon } from "shared/dom.js";
import { t } from "shared/page_data.js";

const TEXTS = ["who", "what", "where"];

/** The badge of how urgent a case is; nothing where nobody has said. */
export function triageBadge(triage) {
  return triage ? h("span", { class: `triage-badge triage--${triage}` }, t(`triage.${triage}`)) : null;
}

function isEmpty({ triage, ...texts }) {
  return !triage && Object.values(texts).every((text) => !text);
}

function words({ form, told_at: at, told_by: by }) {
  return h("div", { class: "told" },
    // Whoever goes there reads this first.
    form.risks ? h("p", { class: "told-risks" }, icon("alert"),
      h("span", {}, h("strong", {}, `${t("draft.risks")}: `), form.risks)) : null,
    h("dl", { class: "told-texts" }, ...TEXTS.filter((name) => form[name]).flatMap((name) => [
      h("dt", {}, t(`draft.${name}`)), h("dd", {}, form[name]),
    ])),
    h("p", { class: "muted small" }, form.triage ? `${t(`triage.${form.triage}`)} · ` : "",
      `${by}, ${clockTime(at, { seconds: true })}`));
}

/** Elements for rows of `/v1/incidents/{id}/told`, the newest word first; none when nothing is said. */
export function toldElements(rows) {
  return rows.filter(({ form }) => !isEmpty(form)).map(words);
}
