// Rings of equal driving time: the wider below, each with its minutes written on it.

import { aboutTimes, baseMarker, planningPanel, short, warning, whole } from "planning/looks.js";
import { h } from "shared/dom.js";
import { t } from "shared/page_data.js";

// From near to far; dark to light, so that they are told apart without colour too.
const RING_COLOURS = ["#00524a", "#007f8c", "#2f7fc4", "#7f7bd0", "#b26fb8", "#d07a8b"];

function northmost(geometry) {
  const points = geometry.coordinates.flatMap((rings) => rings[0]);
  return points.reduce((best, point) => (point[1] > best[1] ? point : best));
}

export class IsochroneLayer {
  constructor(map, collection) {
    const of = (kind) => collection.features.filter(({ properties }) => properties.kind === kind);
    this.rings = of("isochrone");
    this.bases = of("base");
    this.outlines = this.rings.map((ring, i) => this.draw(map, ring, this.colour(i)));
    for (const { geometry, properties } of this.bases) {
      baseMarker(geometry.coordinates, properties.name, this.describeBase(properties)).addTo(map);
    }
  }

  /** Rings come from the widest inwards; the colour belongs to their order in time. */
  colour(index) {
    return RING_COLOURS[Math.min(this.rings.length - 1 - index, RING_COLOURS.length - 1)];
  }

  draw(map, ring, colour) {
    const outline = L.geoJSON(ring, {
      style: { color: colour, weight: 2, fillColor: colour, fillOpacity: 0.22, lineJoin: "round" },
      interactive: false,
    }).addTo(map);
    if (ring.geometry.coordinates.length > 0) {
      const [lon, lat] = northmost(ring.geometry);
      const tag = h("span", { class: "ring-tag" }, t("planning.minutes", { minutes: short(ring.properties.minutes) }));
      tag.style.background = colour;
      const look = L.divIcon({ className: "base-anchor", iconSize: [0, 0], html: tag });
      L.marker([lat, lon], { icon: look, interactive: false, keyboard: false }).addTo(map);
    }
    return outline;
  }

  describeBase({ name, snap_m: snap }) {
    const found = snap === null ? t("planning.base_off") : t("planning.base_snap", { metres: whole(snap) });
    return name ? `${name}: ${found}` : found;
  }

  bounds() {
    const bounds = L.latLngBounds([]);
    for (const outline of this.outlines) bounds.extend(outline.getBounds());
    for (const { geometry, properties } of this.bases) {
      // A base far off the roads would shrink everything else to a spot.
      if (properties.snap_m !== null) bounds.extend([geometry.coordinates[1], geometry.coordinates[0]]);
    }
    return bounds;
  }

  panel() {
    const { at, profile, outward } = this.rings[0].properties;
    const rows = this.rings.map((ring, i) => this.row(ring.properties, this.colour(i))).reverse();
    const edge = this.rings.filter(({ properties }) => properties.meets_edge);
    return planningPanel(t("planning.isochrones"),
      h("p", {}, t(outward ? "planning.outward" : "planning.inward")),
      h("table", { class: "planning-table" },
        h("thead", {}, h("tr", {},
          h("th", {}, t("planning.within")), h("th", {}, t("planning.people")), h("th", {}, "km²"))),
        h("tbody", {}, ...rows)),
      h("p", { class: "muted planning-note" }, t("planning.people_note")),
      edge.length > 0 ? warning(t("planning.edge")) : "",
      this.bases.some(({ properties }) => properties.snap_m === null) ? warning(t("planning.base_off_note")) : "",
      aboutTimes(at, profile));
  }

  row({ minutes, persons, area_km2: area }, colour) {
    const swatch = h("span", { class: "ring-swatch" });
    swatch.style.background = colour;
    return h("tr", {},
      h("td", {}, swatch, t("planning.minutes", { minutes: short(minutes) })),
      h("td", { class: "number" }, whole(persons)),
      h("td", { class: "number" }, short(area)));
  }
}

