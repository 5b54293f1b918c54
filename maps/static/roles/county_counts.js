// How much is going on in each county, for roles that see numbers and no places.

import { h } from "shared/dom.js";
import { t } from "shared/page_data.js";

/** A table of `county_count` features, those with open cases first. */
export function countTable(features, countyName) {
  const rows = features.map(({ properties }) => properties).filter(({ kind }) => kind === "county_count")
    .sort((a, b) => b.open_incidents - a.open_incidents || countyName(a.county).localeCompare(countyName(b.county), "ro"));
  if (rows.length === 0) return h("p", { class: "muted" }, t("rolepage.counts.none"));
  return h("table", { class: "facts-table" },
    h("thead", {}, h("tr", {}, h("th", {}, t("rolepage.counts.county")), h("th", {}, t("rolepage.counts.cases")),
      h("th", {}, t("rolepage.counts.teams")))),
    h("tbody", {}, ...rows.map((row) => h("tr", {}, h("td", {}, countyName(row.county)),
      h("td", {}, String(row.open_incidents)), h("td", {}, `${row.teams_available} / ${row.teams_on_shift}`)))));
}
