// Teams as DOM markers: status as icon, colour and word; age, direction, smooth moves.

import { agoText, ageText, secondsSince } from "shared/clock.js";
import { h, icon, replaceChildrenOf } from "shared/dom.js";
import { TEAM_LOOKS } from "shared/looks.js";
import { t } from "shared/page_data.js";

const MOVE_MS = 900;
// A shorter way than this nobody sees; gliding over it would only keep the processor busy.
const SEEN_PX = 3;
// What is read aloud names an age in steps, so that it is not written anew every second.
const SAID_STEP_S = 30;

function ageClass(seconds, limits) {
  if (seconds === null) return "none";
  if (seconds > limits.stale_s) return "stale";
  return seconds > limits.ageing_s ? "ageing" : "fresh";
}

class TeamMarker {
  constructor(layer, properties, at) {
    this.layer = layer;
    this.written = {};
    this.parts = {
      heading: h("span", { class: "team-heading" }, icon("arrow")),
      disc: h("span", { class: "team-disc" }),
      name: h("b", {}),
      age: h("span", { class: "team-age" }),
    };
    this.element = h("div", { class: "team" },
      this.parts.heading, this.parts.disc,
      h("span", { class: "team-tag" }, this.parts.name, " ", this.parts.age));
    const look = L.divIcon({ className: "team-anchor", iconSize: [0, 0], html: this.element });
    this.marker = L.marker(at, { icon: look, pane: "teams", riseOnHover: true, keyboard: true, alt: "" });
    this.marker.bindTooltip(() => this.tooltip(), { direction: "top", offset: [0, -22], className: "tip" });
    this.marker.on("click", () => layer.onSelect(this.properties));
    this.marker.on("keypress", (event) => event.originalEvent.key === "Enter" && layer.onSelect(this.properties));
    this.marker.addTo(layer.group);
    this.update(properties);
  }

  update(properties) {
    this.properties = properties;
    this.write("name", properties.callsign, (text) => { this.parts.name.textContent = text; });
    this.write("status", properties.status, (status) => replaceChildrenOf(this.parts.disc, icon(TEAM_LOOKS[status] ?? "bar")));
    this.refresh();
  }

  /** Touch the page only where something else is to be seen: there may be hundreds of teams. */
  write(name, value, set) {
    if (this.written[name] === value) return;
    this.written[name] = value;
    set(value);
  }

  age() {
    return this.properties.fix_at ? secondsSince(this.properties.fix_at) : null;
  }

  /** Redraw what changes with time alone: age, staleness, label. */
  refresh() {
    const { status, heading_deg: heading, speed_ms: speed } = this.properties;
    const seconds = this.age();
    const age = ageClass(seconds, this.layer.limits);
    this.write("class", `team team--${status} team--${age}`, (text) => { this.element.className = text; });
    if (!this.layer.isFar()) {
      this.write("age", seconds === null ? "—" : ageText(seconds), (text) => { this.parts.age.textContent = text; });
    }
    const moves = heading !== null && heading !== undefined && age !== "stale" && (speed ?? 1) > 0.5;
    this.write("moves", moves, (yes) => { this.parts.heading.hidden = !yes; });
    if (moves) {
      this.write("turn", `rotate(${heading - 90}deg)`, (turn) => { this.parts.heading.style.transform = turn; });
    }
    const said = seconds === null ? null : Math.floor(seconds / SAID_STEP_S) * SAID_STEP_S;
    this.write("said", this.sentence(said, age), (text) => this.marker.getElement()?.setAttribute("aria-label", text));
  }

  sentence(seconds, age) {
    // First what is written on it, so that it is called by the name that is seen.
    return [
      `${this.properties.callsign} ${this.parts.age.textContent}`,
      t(`team.status.${this.properties.status}`),
      seconds === null ? t("team.position_none") : t("team.position_age", { age: ageText(seconds) }),
      age === "stale" ? t("team.stale") : null,
    ].filter(Boolean).join(", ");
  }

  tooltip() {
    const seconds = this.age();
    const stale = ageClass(seconds, this.layer.limits) === "stale";
    const { callsign, county, status, speed_ms: speed } = this.properties;
    return h("div", {},
      h("strong", {}, `${callsign} · ${this.layer.countyName(county)}`),
      h("div", {}, icon(TEAM_LOOKS[status] ?? "bar"), ` ${t(`team.status.${status}`)}`,
        speed > 0.5 ? ` · ${t("team.speed", { speed: Math.round(speed * 3.6) })}` : ""),
      h("div", { class: stale ? "stale-text" : "muted" }, stale ? icon("alert") : "",
        seconds === null ? t("team.position_none") : ` ${agoText(seconds)}`,
        stale ? `, ${t("team.stale")}` : ""));
  }

  moveTo(at) {
    const before = this.marker.getLatLng();
    if (before.equals(at)) return;
    const holder = this.marker.getElement();
    const isSeen = this.layer.onScreen(at).distanceTo(this.layer.onScreen(before)) >= SEEN_PX && this.layer.isShown(at);
    if (holder && isSeen && !this.layer.zooming) {
      holder.classList.add("is-moving");
      clearTimeout(this.still);
      this.still = setTimeout(() => holder.classList.remove("is-moving"), MOVE_MS + 100);
    }
    this.marker.setLatLng(at);
  }
}

export class TeamLayer {
  constructor(map, { countyName, onSelect }) {
    this.countyName = countyName;
    this.onSelect = onSelect;
    this.limits = { ageing_s: 120, stale_s: 600 };
    this.markers = new Map();
    this.zooming = false;
    map.createPane("teams").style.zIndex = 620;
    this.group = L.layerGroup().addTo(map);
    map.on("zoomstart", () => this.stopMoves());
    map.on("zoomend", () => {
      this.zooming = false;
      this.refresh();
    });
    this.map = map;
  }

  onScreen(place) {
    return this.map.latLngToLayerPoint(place);
  }

  isShown(place) {
    return this.map.getBounds().contains(place);
  }

  /** Too far away for the names and ages beside the discs. */
  isFar() {
    return this.map.getContainer().classList.contains("is-far");
  }

  /** Leaflet's own zoom must not meet our gliding markers. */
  stopMoves() {
    this.zooming = true;
    for (const { marker } of this.markers.values()) marker.getElement()?.classList.remove("is-moving");
  }

  /** Show these and no others. */
  show(features, limits) {
    const seen = new Set(features.map(({ properties }) => properties.team_id));
    this.update(features, limits, [...this.markers.keys()].filter((id) => !seen.has(id)));
  }

  /** Draw what changed; `ids` are all that were looked at: who is not among the features is gone. */
  update(features, limits, ids = []) {
    if (limits) this.limits = limits;
    const seen = new Set();
    for (const { properties, geometry } of features) {
      if (!geometry) continue;
      seen.add(properties.team_id);
      const at = L.latLng(geometry.coordinates[1], geometry.coordinates[0]);
      const known = this.markers.get(properties.team_id);
      if (known) {
        known.update(properties);
        known.moveTo(at);
      } else {
        this.markers.set(properties.team_id, new TeamMarker(this, properties, at));
      }
    }
    for (const id of ids) if (!seen.has(id)) this.drop(id);
  }

  drop(id) {
    if (!this.markers.has(id)) return;
    this.group.removeLayer(this.markers.get(id).marker);
    this.markers.delete(id);
  }

  /** The markers for whoever finds room for them. */
  items() {
    return [...this.markers.values()].map((each) => ({
      marker: each.marker, id: each.properties.team_id, kind: "team", state: each.properties.status,
      properties: each.properties, text: `${each.properties.callsign}, ${t(`team.status.${each.properties.status}`)}`,
      look: TEAM_LOOKS[each.properties.status] ?? "bar",
    }));
  }

  /** A position frame of the stream; unknown teams wait for the next snapshot. */
  move(positions) {
    for (const { team_id: id, lon, lat, ...fix } of positions) {
      const known = this.markers.get(id);
      if (!known || !Number.isFinite(lon) || !Number.isFinite(lat)) continue;
      known.update({ ...known.properties, ...fix, at_base: false });
      known.moveTo(L.latLng(lat, lon));
    }
  }

  refresh() {
    for (const marker of this.markers.values()) marker.refresh();
  }

  find(id) {
    return this.markers.get(id)?.marker ?? null;
  }
}
