// The way of each assigned team: solid by road, dashed where it is an estimate.

import { clockTime } from "shared/clock.js";
import { h, icon } from "shared/dom.js";
import { t } from "shared/page_data.js";

// Nearer to the team than to the incident, whose marker needs the room.
const LABEL_AT = [0.4, 0.5, 0.3, 0.6, 0.7];
// Half a label and half a marker with its name, on the screen.
const ROOM_PX = 70;

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
    this.shown = new Map();
    map.on("zoomend", () => {
      for (const { label } of this.shown.values()) if (label) this.settle(label);
    });
  }

  /** Show these and no others. */
  show(features) {
    const seen = new Set(features.map(({ properties }) => properties.team_id));
    this.update(features, [...this.shown.keys()].filter((id) => !seen.has(id)));
  }

  /** Draw what changed; `ids` are the teams that were looked at: who has no way here has none. */
  update(features, ids = []) {
    const ways = new Map(features.map((feature) => [feature.properties.team_id, feature]));
    for (const id of ids) if (!ways.has(id)) this.drop(id);
    for (const [id, feature] of ways) {
      const says = JSON.stringify(feature);
      if (this.shown.get(id)?.says === says) continue;
      this.drop(id);
      this.shown.set(id, { says, ...this.draw(feature) });
    }
  }

  drop(id) {
    for (const layer of this.shown.get(id)?.layers ?? []) this.group.removeLayer(layer);
    this.shown.delete(id);
  }

  draw({ properties, geometry }) {
    const places = geometry.coordinates.map(([lon, lat]) => [lat, lon]);
    const estimate = properties.source === "estimate";
    const shared = { pane: "routes", interactive: false, lineCap: "round", lineJoin: "round" };
    const layers = [
      L.polyline(places, { ...shared, className: "route-case", weight: 9 }),
      L.polyline(places, { ...shared, className: "route", weight: 4, dashArray: estimate ? "2 10" : null }),
    ];
    for (const layer of layers) layer.addTo(this.group);
    const label = properties.eta_at ? this.label(places, properties, estimate) : null;
    return { layers: label ? [...layers, label.marker] : layers, label };
  }

  label(places, properties, estimate) {
    const text = t(estimate ? "route.eta_estimate" : "route.eta", { time: clockTime(properties.eta_at) });
    const html = h("span", { class: `eta${estimate ? " eta--estimate" : ""}` },
      icon(estimate ? "question" : "clock"), text,
      estimate ? h("span", { class: "visually-hidden" }, `, ${t("route.estimate")}`) : null);
    const look = L.divIcon({ className: "eta-anchor", iconSize: [0, 0], html });
    const marker = L.marker(places[0], { icon: look, pane: "etas", interactive: false, keyboard: false });
    const label = { marker, html, places };
    marker.addTo(this.group);
    this.settle(label);
    return label;
  }

  /** Put a label where it hides neither end; a way too short for that has it beside the team. */
  settle({ marker, html, places }) {
    const onScreen = (place) => this.map.latLngToLayerPoint(place);
    const [team, incident] = [onScreen(places[0]), onScreen(places.at(-1))];
    const room = (place) => Math.min(onScreen(place).distanceTo(team), onScreen(place).distanceTo(incident));
    const free = LABEL_AT.map((share) => placeAlong(places, share)).find((place) => room(place) >= ROOM_PX);
    html.classList.toggle("eta--before", !free && incident.x >= team.x);
    html.classList.toggle("eta--after", !free && incident.x < team.x);
    marker.setLatLng(free ?? places[0]);
  }
}
