// Incidents as DOM markers, and the areas in which their callers may be.

import { clockTime, percent } from "shared/clock.js";
import { h, icon, replaceChildrenOf } from "shared/dom.js";
import { INCIDENT_LOOKS, shortNumber } from "shared/looks.js";
import { t } from "shared/page_data.js";

const SURE = 0.95;

function isUnsure({ confidence, ambiguous }) {
  // 0.95 comes as a float that may have lost its last digit on the way.
  return Boolean(ambiguous) || confidence === null || confidence === undefined || confidence < SURE - 1e-6;
}

/** Immediate danger, by what a caller said: the marker says it in shape and in words. */
const isUrgent = ({ priority }) => String(priority) === "1";

class IncidentMarker {
  constructor(layer, properties, at) {
    this.layer = layer;
    this.disc = h("span", { class: "incident-disc" });
    this.name = h("span", { class: "incident-tag" });
    this.element = h("div", {}, this.disc, this.name);
    const look = L.divIcon({ className: "incident-anchor", iconSize: [0, 0], html: this.element });
    this.marker = L.marker(at, { icon: look, pane: "incidents", riseOnHover: true, keyboard: true, alt: "" });
    this.marker.bindTooltip(() => layer.tooltip(this.properties), { direction: "top", offset: [0, -26], className: "tip" });
    this.marker.on("click", () => layer.onSelect(this.properties));
    this.marker.on("keypress", (event) => event.originalEvent.key === "Enter" && layer.onSelect(this.properties));
    this.marker.addTo(layer.markers);
    this.update(properties);
  }

  update(properties) {
    const says = JSON.stringify(properties);
    if (says === this.says) return;
    this.says = says;
    this.properties = properties;
    this.name.textContent = shortNumber(properties.number);
    replaceChildrenOf(this.disc, icon(INCIDENT_LOOKS[properties.state] ?? "alert"));
    this.refresh();
  }

  refresh() {
    const chosen = this.layer.selected === this.properties.incident_id;
    const urgent = isUrgent(this.properties) ? " is-urgent" : "";
    this.element.className = `incident incident--${this.properties.state}${urgent}${chosen ? " is-selected" : ""}`;
    this.marker.getElement()?.setAttribute("aria-label", this.label());
  }

  /** First what is written on it, so that it is called by the name that is seen. */
  label() {
    const { number, state } = this.properties;
    const urgent = isUrgent(this.properties) ? `, ${t("triage.immediate_danger")}` : "";
    return `${shortNumber(number)}: ${t("incident.label", { number, state: t(`incident.state.${state}`) })}${urgent}`;
  }
}

export class IncidentLayer {
  constructor(map, { countyName, onSelect }) {
    this.countyName = countyName;
    this.onSelect = onSelect;
    this.selected = null;
    this.known = new Map();
    this.outlines = new Map();
    map.createPane("areas").style.zIndex = 410;
    map.createPane("incidents").style.zIndex = 640;
    this.areas = L.layerGroup().addTo(map);
    this.markers = L.layerGroup().addTo(map);
  }

  /** The markers for whoever finds room for them, the most urgent first. */
  items() {
    const urgency = ({ properties: { state } }) => Object.keys(INCIDENT_LOOKS).indexOf(state);
    const danger = ({ properties }) => Number(properties.priority ?? 2);
    return [...this.known.values()].sort((a, b) => urgency(a) - urgency(b) || danger(a) - danger(b)).map(({ marker, properties }) => ({
      marker, properties, id: properties.incident_id, kind: "incident", state: properties.state,
      text: `${properties.number} · ${t(`incident.state.${properties.state}`)}`,
      look: INCIDENT_LOOKS[properties.state] ?? "alert",
    }));
  }

  /** Show these and no others. */
  show(incidents, areas) {
    const seen = new Set([...incidents, ...areas].map(({ properties }) => properties.incident_id));
    this.update(incidents, areas, [...this.known.keys(), ...this.outlines.keys()].filter((id) => !seen.has(id)));
  }

  /** Draw what changed; `ids` are all that were looked at: who is not among the features is gone. */
  update(incidents, areas, ids = []) {
    const [places, outlines] = [incidents, areas].map((features) =>
      new Map(features.filter(({ geometry }) => geometry).map((feature) => [feature.properties.incident_id, feature])));
    for (const id of ids) {
      if (!places.has(id)) this.dropMarker(id);
      if (!outlines.has(id)) this.dropOutline(id);
    }
    for (const [id, feature] of places) this.putMarker(id, feature);
    for (const [id, feature] of outlines) this.putOutline(id, feature);
  }

  putMarker(id, { properties, geometry }) {
    const at = L.latLng(geometry.coordinates[1], geometry.coordinates[0]);
    const known = this.known.get(id);
    if (!known) {
      this.known.set(id, new IncidentMarker(this, properties, at));
      return;
    }
    known.update(properties);
    if (!known.marker.getLatLng().equals(at)) known.marker.setLatLng(at);
  }

  dropMarker(id) {
    if (!this.known.has(id)) return;
    this.markers.removeLayer(this.known.get(id).marker);
    this.known.delete(id);
  }

  dropOutline(id) {
    if (!this.outlines.has(id)) return;
    this.areas.removeLayer(this.outlines.get(id).outline);
    this.outlines.delete(id);
  }

  putOutline(id, feature) {
    const says = JSON.stringify(feature);
    if (this.outlines.get(id)?.says === says) return;
    this.dropOutline(id);
    const { properties } = feature;
    const outline = L.geoJSON(feature, { pane: "areas", smoothFactor: 0.3, style: () => this.style(properties) });
    outline.bindTooltip(() => this.tooltip(properties), { sticky: true, className: "tip" });
    outline.on("click", () => this.onSelect(properties));
    this.areas.addLayer(outline);
    this.outlines.set(id, { outline, properties, says });
    this.outlines.get(this.selected)?.outline.bringToFront();
  }

  style(properties) {
    const chosen = this.selected === properties.incident_id;
    return {
      className: `area area--${properties.state}${chosen ? " is-selected" : ""}`,
      weight: chosen ? 3.5 : 2,
      dashArray: isUnsure(properties) ? "10 7" : null,
      fillOpacity: chosen ? 0.2 : 0.1,
    };
  }

  tooltip(properties) {
    const { number, county, state, confidence, owner_share: share, ambiguous, opened_at: opened } = properties;
    return h("div", {},
      h("strong", {}, `${number} · ${clockTime(opened)}`),
      h("div", {}, icon(INCIDENT_LOOKS[state] ?? "alert"), ` ${t(`incident.state.${state}`)}`),
      h("div", {}, share === null || share === undefined
        ? this.countyName(county)
        : t("area.county", { county: this.countyName(county), share: percent(share) })),
      h("div", { class: "muted" }, confidence === null || confidence === undefined
        ? t("area.unknown")
        : t("area.tooltip", { confidence: percent(confidence) })),
      ambiguous ? h("div", { class: "stale-text" }, icon("split"), ` ${t("area.ambiguous")}`) : null);
  }

  select(id) {
    const concerned = new Set([this.selected, id].filter(Boolean));
    this.selected = id;
    for (const one of concerned) this.known.get(one)?.refresh();
    for (const one of concerned) this.styleOutline(this.outlines.get(one), id);
  }

  styleOutline(shown, id) {
    if (!shown) return;
    const { outline, properties } = shown;
    outline.setStyle(this.style(properties));
    outline.eachLayer((path) => {
      path.getElement()?.classList.toggle("is-selected", properties.incident_id === id);
    });
    if (properties.incident_id === id) outline.bringToFront();
  }

  boundsOf(id) {
    const area = this.outlines.get(id)?.outline.getBounds();
    const at = this.known.get(id)?.marker.getLatLng();
    if (!area && !at) return null;
    const bounds = area ?? L.latLngBounds([at, at]);
    return at ? bounds.extend(at) : bounds;
  }
}
