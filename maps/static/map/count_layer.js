// For roles that see no places: how much is going on in each county, as numbers.

import { h, icon } from "shared/dom.js";
import { t } from "shared/page_data.js";

const SECTORS_FROM_ZOOM = 10;
const COUNTS = ["open_incidents", "teams_available", "teams_on_shift"];

/** Six tags on one spot say nothing: when far, the sectors are counted as one city. */
function wholeBucharest(rows) {
  const sectors = rows.filter(({ county }) => /^B[1-6]$/.test(county));
  if (sectors.length < 2) return rows;
  const sum = { ...sectors[0] };
  for (const name of COUNTS) sum[name] = sectors.reduce((total, row) => total + row[name], 0);
  return [...rows.filter((row) => !sectors.includes(row)), sum];
}

export class CountLayer {
  constructor(map, countyAt) {
    this.map = map;
    this.countyAt = countyAt;
    this.rows = [];
    this.group = L.layerGroup().addTo(map);
    map.on("zoomend", () => this.draw());
  }

  show(features) {
    this.rows = features.map(({ properties }) => properties);
    this.draw();
  }

  draw() {
    this.group.clearLayers();
    const far = this.map.getZoom() < SECTORS_FROM_ZOOM;
    for (const row of far ? wholeBucharest(this.rows) : this.rows) this.drawOne(row);
  }

  drawOne(row) {
    const at = this.countyAt(row.county);
    if (!at) return;
    const text = t("count.county", {
      incidents: row.open_incidents, available: row.teams_available, shift: row.teams_on_shift,
    });
    const html = h("span", { class: "count-tag number", role: "img", "aria-label": text },
      icon("alert"), String(row.open_incidents), icon("car"), `${row.teams_available}/${row.teams_on_shift}`);
    const look = L.divIcon({ className: "count-anchor", iconSize: [0, 0], html });
    L.marker(at, { icon: look, keyboard: false }).bindTooltip(text, { className: "tip", direction: "top" }).addTo(this.group);
  }
}
