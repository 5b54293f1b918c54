// The way of each assigned team: solid by road, dashed where it is an estimate.

import { clockTime } from "./clock.js";
import { h, icon } from "./dom.js";
import { t } from "./page_data.js";

// Nearer to the team than to the incident, whose marker needs the room.
const LABEL_AT = 0.4;

/** The place at a share of a line's length; degrees are good enough for a label. */
function placeAlong(places, share) {
  const steps = places.slice(1).map(([lat, lon], i) => Math.hypot(lat - places[i][0], lon - places[i][1]));
  let left = share * steps.reduce((sum, step) => sum + step, 0);
  for (let i = 0; i < steps.length; i += 1) {
    if (left <= steps[i] && steps[i] > 0) {
      const part = left / steps[i];
      return [0, 1].map((axis) => places[i][axis] + part * (places[i + 1][axis] - places[i][axis]));
    }
    left -= steps[i];
  }
  return places.at(-1);
}

export class RouteLayer {
  constructor(map) {
    map.createPane("routes").style.zIndex = 420;
    map.createPane("etas").style.zIndex = 610;
    this.map = map;
    this.group = L.layerGroup().addTo(map);
  }

  show(features) {
    this.group.clearLayers();
    for (const feature of features) this.draw(feature);
  }

  draw({ properties, geometry }) {
    const places = geometry.coordinates.map(([lon, lat]) => [lat, lon]);
    const estimate = properties.source === "estimate";
    const shared = { pane: "routes", interactive: false, lineCap: "round", lineJoin: "round" };
    L.polyline(places, { ...shared, className: "route-case", weight: 9 }).addTo(this.group);
    L.polyline(places, {
      ...shared, className: "route", weight: 4, dashArray: estimate ? "2 10" : null,
    }).addTo(this.group);
    if (properties.eta_at) this.label(places, properties, estimate);
  }

  label(places, properties, estimate) {
    const text = t(estimate ? "route.eta_estimate" : "route.eta", { time: clockTime(properties.eta_at) });
    const html = h("span", { class: `eta${estimate ? " eta--estimate" : ""}` },
      icon(estimate ? "question" : "clock"), text,
      estimate ? h("span", { class: "visually-hidden" }, `, ${t("route.estimate")}`) : null);
    const look = L.divIcon({ className: "eta-anchor", iconSize: [0, 0], html });
    const at = placeAlong(places, LABEL_AT);
    L.marker(at, { icon: look, pane: "etas", interactive: false, keyboard: false }).addTo(this.group);
  }
}
