// Every junction's minutes from its nearest base, and the counties with most people left out.

import { aboutTimes, baseMarker, peopleText, planningPanel, short, warning, whole } from "planning/looks.js";
import { h } from "shared/dom.js";
import { t } from "shared/page_data.js";

// Shares of the limit up to which each step goes; what is beyond the limit is larger.
const STEPS = [
  { upTo: 0.5, colour: "#00524a", radius: 2 },
  { upTo: 1, colour: "#2f7fc4", radius: 2 },
  { upTo: 1.5, colour: "#d98200", radius: 3 },
  { upTo: Infinity, colour: "#b3261e", radius: 3.5 },
];
const NO_WAY = { colour: "#5b5b66", radius: 3 };
const MOST_ROWS = 12;

/** Dots without a way, then from the longest to the shortest time. */
export function farFirst(dots) {
  const far = ([, , minutes]) => minutes ?? Number.MAX_VALUE;
  return [...dots].sort((a, b) => far(b) - far(a));
}

export class CoverageLayer {
  constructor(map, coverage) {
    this.coverage = coverage;
    const canvas = L.canvas({ padding: 0.3 });
    const group = L.layerGroup().addTo(map);
    // The far ones first: where dots meet, the near one is seen.
    for (const [lon, lat, minutes, owner] of farFirst(coverage.dots)) {
      const { colour, radius } = this.step(minutes);
      L.circleMarker([lat, lon], { renderer: canvas, radius, stroke: false, fillColor: colour, fillOpacity: 0.75 })
        .bindTooltip(() => h("span", {}, this.describe(minutes, owner)), { className: "tip" })
        .addTo(group);
    }
    for (const base of coverage.bases) {
      baseMarker([base.lon, base.lat], base.name, this.describeBase(base)).addTo(map);
    }
  }

  step(minutes) {
    if (minutes === null) return NO_WAY;
    return STEPS.find(({ upTo }) => minutes <= upTo * this.coverage.minutes);
  }

  describe(minutes, owner) {
    if (minutes === null) return t("planning.no_way");
    return t("planning.node", { minutes: short(minutes), base: this.coverage.bases[owner].name });
  }

  describeBase({ name, snap_m: snap, persons_nearest: people }) {
    const found = snap === null ? t("planning.base_off") : t("planning.base_snap", { metres: whole(snap) });
    return `${name}: ${found}. ${t("planning.base_people", { people: peopleText(people) })}`;
  }

  bounds() {
    const bounds = L.latLngBounds([]);
    for (const [lon, lat] of this.coverage.dots) bounds.extend([lat, lon]);
    return bounds;
  }

  panel() {
    const { minutes, counties, bases, at, profile } = this.coverage;
    const people = (rows, key) => rows.reduce((sum, row) => sum + row[key], 0);
    const some = counties.filter((row) => row.beyond > 0).slice(0, MOST_ROWS);
    return planningPanel(t("planning.coverage"),
      h("p", {}, t("planning.covered", {
        minutes: short(minutes),
        within: peopleText(people(counties, "within")),
        beyond: t("planning.beyond_count", { n: Math.round(people(counties, "beyond")) }),
      })),
      this.legend(minutes),
      h("table", { class: "planning-table" },
        h("caption", {}, t("planning.most_left_out")),
        h("thead", {}, h("tr", {},
          h("th", {}, t("planning.county")), h("th", {}, t("planning.left_out")), h("th", {}, t("planning.median")))),
        h("tbody", {}, ...some.map((row) => this.row(row)))),
      people(counties, "estimated") > 0 ? warning(t("planning.estimated", { people: peopleText(people(counties, "estimated")) })) : "",
      bases.some((base) => base.snap_m === null) ? warning(t("planning.base_off_note")) : "",
      h("p", { class: "muted planning-note" }, t("planning.people_note")),
      aboutTimes(at, profile));
  }

  row({ name, beyond, persons, median_min: median }) {
    const share = persons > 0 ? (100 * beyond) / persons : 0;
    return h("tr", {},
      h("td", {}, name),
      h("td", { class: "number" }, `${whole(beyond)} (${whole(share)} %)`),
      h("td", { class: "number" }, median === null ? "–" : short(median)));
  }

  legend(minutes) {
    const line = (colour, text) => {
      const swatch = h("span", { class: "ring-swatch" });
      swatch.style.background = colour;
      return h("li", {}, swatch, text);
    };
    const upTo = (share) => t("planning.up_to", { minutes: short(share * minutes) });
    return h("ul", { class: "planning-legend" },
      line(STEPS[0].colour, upTo(0.5)), line(STEPS[1].colour, upTo(1)), line(STEPS[2].colour, upTo(1.5)),
      line(STEPS[3].colour, t("planning.more", { minutes: short(1.5 * minutes) })),
      line(NO_WAY.colour, t("planning.no_way")));
  }
}
