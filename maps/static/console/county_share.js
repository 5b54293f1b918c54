// Whose call it is and how sure that is: words, a bar and a figure.

import { percent } from "shared/clock.js";
import { h, icon } from "shared/dom.js";
import { settings, t } from "shared/page_data.js";

/** Shares of an incident, biggest first; the posterior by population where there is one. */
export function sharesOf(incident) {
  return (incident.counties ?? [])
    .map(({ code, name, population_share: posterior, rfc7459 }) => ({ code, name, share: posterior ?? rfc7459 }))
    .filter(({ share }) => share >= 0.005)
    .sort((a, b) => b.share - a.share);
}

export function ownerShare(incident) {
  return sharesOf(incident).find(({ code }) => code === incident.county)?.share ?? null;
}

function isSector(code) {
  return /^B[1-6]$/.test(code);
}

/** Whether reports since the last decision name another county than the one that has the incident. */
export function isElsewhere({ county_in_doubt: doubted }) {
  return Boolean(doubted);
}

/** What to ask the caller so that the county becomes certain; the belief's own words if known. */
export function questionFor(incident, countyName) {
  const own = incident.question?.[settings.language];
  if (own) return own;
  const other = sharesOf(incident).find(({ code }) => code !== incident.county);
  if (!other) return t("console.ask.single");
  const both = { a: countyName(incident.county), b: countyName(other.code) };
  return t(isSector(incident.county) && isSector(other.code) ? "console.ask.sector" : "console.ask.county", both);
}

export function shareBar(share, label) {
  const bar = h("span", { class: "share-bar" }, h("span", { class: "share-fill" }));
  bar.firstChild.style.width = `${Math.round((share ?? 0) * 100)}%`;
  bar.setAttribute("role", "img");
  bar.setAttribute("aria-label", label ?? percent(share));
  return bar;
}

export function certaintyBadge(incident) {
  const share = ownerShare(incident);
  if (isElsewhere(incident)) return h("span", { class: "badge alert" }, icon("split"), t("console.elsewhere"));
  // Whoever may not read the calls knows the area all the same; so it is with a case opened by hand.
  if (share === null && (incident.area || incident.center)) return h("span", { class: "badge plain" }, icon("pin"), t("console.located"));
  if (share === null) return h("span", { class: "badge plain" }, icon("question"), t("console.unlocated"));
  return incident.ambiguous
    ? h("span", { class: "badge warn" }, icon("split"), t("console.ambiguous"))
    : h("span", { class: "badge good" }, icon("check"), t("console.sure"));
}

export function runnerUpText(incident, countyName) {
  const other = sharesOf(incident).find(({ code }) => code !== incident.county);
  return other ? t("console.or", { county: countyName(other.code), share: percent(other.share) }) : "";
}
