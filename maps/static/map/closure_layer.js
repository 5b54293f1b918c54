// Closed and slowed roads: hatched areas and barred roads, each with its reason and end.

import { clockTime, fullTime, nowMs } from "shared/clock.js";
import { h, icon } from "shared/dom.js";
import { settings, t } from "shared/page_data.js";

const SVG_SPACE = "http://www.w3.org/2000/svg";
const DAY_MS = 86400000;

export const kindOf = ({ factor }) => (factor === null || factor === undefined ? "closed" : "slowed");

export function untilText({ valid_until: until }) {
  if (!until) return t("closure.until.open");
  const near = Date.parse(until) - nowMs() < DAY_MS;
  return t("closure.until", { time: near ? clockTime(until) : fullTime(until) });
}

export function extentText({ pieces, length_km: km, street_names: names = [] }) {
  const length = km < 1 ? `${Math.round(km * 1000)} m` : `${km.toLocaleString(settings.language, { maximumFractionDigits: 1 })} km`;
  const streets = names.slice(0, 2).join(", ") + (names.length > 2 ? "…" : "");
  return [t("closure.extent", { n: pieces, length }), streets].filter(Boolean).join(" · ");
}

/** Two patterns that areas are filled with; a colour alone would not be enough. */
function addHatches(stage) {
  const drawing = document.createElementNS(SVG_SPACE, "svg");
  drawing.setAttribute("class", "hatches");
  drawing.setAttribute("aria-hidden", "true");
  for (const kind of ["closed", "slowed"]) {
    const pattern = document.createElementNS(SVG_SPACE, "pattern");
    const facts = { id: `hatch-${kind}`, patternUnits: "userSpaceOnUse", width: 12, height: 12, patternTransform: "rotate(45)" };
    for (const [name, value] of Object.entries(facts)) pattern.setAttribute(name, value);
    const stripe = document.createElementNS(SVG_SPACE, "rect");
    for (const [name, value] of Object.entries({ width: kind === "closed" ? 5 : 3, height: 12 })) stripe.setAttribute(name, value);
    stripe.setAttribute("class", `hatch hatch--${kind}`);
    pattern.append(stripe);
    drawing.append(pattern);
  }
  stage.append(drawing);
}

export class ClosureLayer {
  constructor(map) {
    map.createPane("closures").style.zIndex = 415;
    map.createPane("closure-signs").style.zIndex = 605;
    this.map = map;
    this.group = L.layerGroup().addTo(map);
    this.rows = [];
    this.drawn = new Map();
    addHatches(map.getContainer().parentElement);
  }

  show(rows) {
    this.rows = rows;
    this.group.clearLayers();
    this.drawn.clear();
    for (const row of rows) this.draw(row);
  }

  draw(row) {
    const kind = kindOf(row);
    const waits = row.state === "upcoming" ? " is-upcoming" : "";
    const outline = L.featureGroup();
    if (row.area?.type.endsWith("Polygon")) {
      outline.addLayer(L.geoJSON(row.area, { pane: "closures", style: {
        className: `closure-area closure-area--${kind}${waits}`, weight: 2.5, fillColor: `url(#hatch-${kind})`, fillOpacity: 1,
      } }));
    }
    if (row.roads) this.drawRoads(row, outline, `${kind}${waits}`);
    if (outline.getLayers().length === 0) return;
    outline.addLayer(this.sign(row, outline.getBounds().getCenter(), kind, waits));
    outline.bindTooltip(() => this.tooltip(row), { sticky: true, className: "tip" });
    outline.addTo(this.group);
    this.drawn.set(row.id, outline);
  }

  /** Inside a hatched area thin lines are enough; a single road has to be seen from afar. */
  drawRoads(row, outline, kind) {
    const alone = !row.area;
    const add = (className, weight, dashArray = null) => outline.addLayer(L.geoJSON(row.roads, {
      pane: "closures", style: { className, weight, dashArray, lineCap: "butt" },
    }));
    if (alone) add(`closure-case closure-case--${kind}`, 9);
    add(`closure-road closure-road--${kind}`, alone ? 5 : 2, alone ? "7 6" : null);
  }

  sign(row, middle, kind, waits) {
    const at = row.spot ? L.latLng(row.spot.lat, row.spot.lon) : middle;
    const html = h("span", { class: `closure-sign closure-sign--${kind}${waits}` },
      icon(kind === "closed" ? "noentry" : "slow"), h("span", { class: "closure-tag" }, row.reason));
    const look = L.divIcon({ className: "closure-anchor", iconSize: [0, 0], html });
    return L.marker(at, { icon: look, pane: "closure-signs", keyboard: false, alt: row.reason });
  }

  tooltip(row) {
    return h("div", {},
      h("strong", {}, t(`closure.kind.${kindOf(row)}`),
        row.state === "upcoming" ? ` · ${t("closure.from", { time: fullTime(row.valid_from) })}` : ""),
      h("div", {}, row.reason),
      h("div", {}, untilText(row)),
      h("div", { class: "muted" }, extentText(row.meant)),
      h("div", { class: "muted" }, t("closure.by", { who: row.recorded_by, county: row.county })));
  }

  zoomTo(id) {
    const outline = this.drawn.get(id);
    if (outline) this.map.fitBounds(outline.getBounds().pad(0.6), { maxZoom: 16 });
  }
}
