// One proposed team: how soon, why, what its leaving uncovers, and the ways to send it.

import { ageText, clockTime } from "shared/clock.js";
import { h, icon } from "shared/dom.js";
import { inOurLanguage, t } from "shared/page_data.js";
import { profileText } from "shared/speed_profile.js";

const minutes = (seconds) => Math.max(1, Math.round(seconds / 60));

export function sourceBadge(source, profile) {
  if (source === "estimate") {
    return h("span", { class: "badge warn", title: t("teams.estimate.hint") }, icon("question"), t("teams.source.estimate"));
  }
  const title = profile ? t("teams.profile", { profile: profileText(profile) }) : null;
  return h("span", { class: "badge plain", title }, icon("car"), t("teams.source.road"));
}

/** "≈ 5–8 min": half of the drives by the first, nine of ten by the second. */
export function rangeText({ seconds, late_s: late, source }) {
  const low = minutes(seconds);
  const high = late === null ? low : minutes(late);
  const figure = high > low ? t("teams.eta.range", { low, high }) : t("teams.minutes", { n: low });
  return `${source === "estimate" ? "≈ " : ""}${figure}`;
}

function rangeTitle({ late_s: late, profile }) {
  const parts = [late === null ? null : t("teams.range.label", { n: minutes(late) }),
    profile ? t("teams.profile", { profile: profileText(profile) }) : null];
  return parts.filter(Boolean).join("\n") || null;
}

function positionAge(seconds, age) {
  if (seconds === null || seconds === undefined) {
    return h("span", { class: "stale-text" }, icon("alert"), " ", t("team.position_none"));
  }
  const text = t("team.position_age", { age: ageText(seconds) });
  return h("span", { class: age === "fresh" ? "muted" : "stale-text" }, age === "fresh" ? "" : icon("clock"), " ", text);
}

/** Whom the choice leaves without a team; nothing where nobody has counted. */
function uncovered(uncovers) {
  if (!uncovers) return null;
  const { residents, minutes: within } = uncovers;
  // Homes are known by the hundred, not by the head.
  const n = residents < 1000 ? residents : Math.round(residents / 100) * 100;
  return h("span", { class: n ? "uncovers" : "uncovers muted", dataset: { part: "uncovers" } }, icon(n ? "user" : "check"),
    h("span", {}, `${n ? t("teams.uncovers", { n }) : t("teams.uncovers.none")} ${t("teams.uncovers.within", { minutes: within })}`));
}

/** `county` is said where it is another than the case's; `send` stands beside the name, the `others` below. */
export function candidateRow(row, { county, send, others }) {
  const best = row.rank === 1;
  const { source } = row.travel_time;
  return h("li", {
    class: `row candidate has-form${best ? " is-best" : ""}`, dataset: { team: row.callsign, row: `assign-${row.team_id}` },
  },
  h("span", { class: "rank number", "aria-hidden": "true" }, String(row.rank)),
  h("div", { class: "row-main" },
    h("div", { class: "row-title" },
      h("strong", {}, row.callsign),
      h("strong", { class: "eta-figure number", title: rangeTitle(row.travel_time) }, rangeText(row.travel_time))),
    h("div", { class: "row-facts small" },
      best ? h("span", { class: "badge good" }, icon("check"), t("teams.best")) : null,
      // Whose it is goes without saying for an own one.
      county ? h("span", { class: "muted" }, county) : null,
      h("span", { class: "number muted" }, t("teams.arrives", { time: clockTime(row.eta_at) })),
      source === "estimate" ? sourceBadge(source) : null,
      positionAge(row.position_age_s, row.position_age)),
    h("div", { class: "row-facts small" }, uncovered(row.uncovers), ...others),
    h("p", { class: "small muted why" }, inOurLanguage(row.explanation))),
  send);
}
