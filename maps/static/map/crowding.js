// Markers on one spot: a few stand in a ring around it, more become one that lists them all.

import { h, icon } from "shared/dom.js";
import { t } from "shared/page_data.js";

// Nearer than this one disc hides the other.
const TOO_NEAR_PX = 30;
const MOST_IN_RING = 8;
const ROOM_IN_RING_PX = 84;
const TIP_ABOVE_PX = 26;
const URGENT_FIRST = ["open", "assigned", "en_route", "on_scene"];

/** Groups of items whose discs would hide each other; each item is in one group. */
export function groupsOf(items, distance = TOO_NEAR_PX) {
  const cells = new Map();
  const groups = [];
  for (const item of items) {
    const [column, row] = [Math.floor(item.x / distance), Math.floor(item.y / distance)];
    let found = null;
    for (let i = -1; i <= 1 && !found; i += 1) {
      for (let j = -1; j <= 1 && !found; j += 1) {
        found = cells.get(`${column + i}/${row + j}`)?.find(([first]) => Math.hypot(first.x - item.x, first.y - item.y) < distance);
      }
    }
    if (found) {
      found.push(item);
      continue;
    }
    const group = [item];
    const key = `${column}/${row}`;
    groups.push(group);
    if (cells.has(key)) cells.get(key).push(group);
    else cells.set(key, [group]);
  }
  return groups;
}

/** Where each of `count` markers of a ring stands, in pixels from the middle. */
export function ringPlaces(count) {
  const radius = Math.max(ROOM_IN_RING_PX / 2, (ROOM_IN_RING_PX * count) / (2 * Math.PI));
  return Array.from({ length: count }, (_, i) => {
    // Two stand beside each other: above each other their names would meet.
    const angle = (2 * Math.PI * i) / count - (count === 2 ? Math.PI : Math.PI / 2);
    return [Math.round(radius * Math.cos(angle)), Math.round(radius * Math.sin(angle))];
  });
}

/** `items()` gives { marker, id, kind, state, text, look }, the most important first. */
export class Crowding {
  constructor(map, { items, selected, onSelect, onChange }) {
    Object.assign(this, { map, items, selected, onSelect, onChange });
    map.createPane("legs").style.zIndex = 605;
    map.createPane("crowds").style.zIndex = 650;
    this.legs = L.layerGroup().addTo(map);
    this.crowds = new Map();
    map.on("zoomend", () => this.arrange());
  }

  arrange() {
    const placed = this.items().filter(({ marker }) => marker.getElement()).map((item) => {
      const { x, y } = this.map.latLngToLayerPoint(item.marker.getLatLng());
      return { ...item, x, y };
    });
    this.legs.clearLayers();
    const seen = new Set();
    for (const group of groupsOf(placed)) {
      if (group.length <= MOST_IN_RING) this.spread(group);
      else seen.add(this.gather(group));
    }
    for (const [key, { marker }] of this.crowds) {
      if (seen.has(key)) continue;
      marker.remove();
      this.crowds.delete(key);
    }
    this.onChange();
  }

  spread(group) {
    const places = group.length === 1 ? [[0, 0]] : ringPlaces(group.length);
    group.forEach((item, i) => {
      this.put(item, places[i]);
      if (group.length === 1) return;
      const from = this.map.layerPointToLatLng([item.x, item.y]);
      const to = this.map.layerPointToLatLng([item.x + places[i][0], item.y + places[i][1]]);
      L.polyline([from, to], { pane: "legs", className: "crowd-leg", weight: 2, interactive: false }).addTo(this.legs);
    });
  }

  put({ marker }, [x, y], hidden = false) {
    const holder = marker.getElement();
    holder.hidden = hidden;
    holder.classList.toggle("is-spread", x !== 0 || y !== 0);
    const tip = marker.getTooltip();
    if (tip) tip.options.offset = L.point(x, y - TIP_ABOVE_PX);
    const moved = x || y ? `${x}px ${y}px` : "";
    if (holder.firstElementChild.style.translate !== moved) holder.firstElementChild.style.translate = moved;
  }

  /** One marker for all; the chosen one stays beside it. */
  gather(group) {
    for (const item of group) this.put(item, item.id === this.selected() ? [0, -58] : [0, 0], item.id !== this.selected());
    const key = group[0].marker._leaflet_id;
    const says = JSON.stringify(group.map(({ id, state }) => [id, state]));
    const known = this.crowds.get(key);
    if (known?.says === says) {
      known.marker.setLatLng(group[0].marker.getLatLng());
      return key;
    }
    known?.marker.remove();
    this.crowds.set(key, { says, marker: this.crowd(group) });
    return key;
  }

  crowd(group) {
    const incidents = group.filter(({ kind }) => kind === "incident");
    const teams = group.length - incidents.length;
    const state = URGENT_FIRST.find((each) => incidents.some((item) => item.state === each)) ?? "none";
    const label = [
      incidents.length ? t("map.crowd.incidents", { n: incidents.length }) : null,
      teams ? t("map.crowd.teams", { n: teams }) : null,
    ].filter(Boolean).join(", ");
    const html = h("div", { class: `crowd incident incident--${state}` },
      h("span", { class: "crowd-disc" }, icon(incidents.length ? "alert" : "car"), h("b", {}, String(group.length))));
    const look = L.divIcon({ className: "crowd-anchor", iconSize: [0, 0], html });
    const marker = L.marker(group[0].marker.getLatLng(), { icon: look, pane: "crowds", keyboard: true, alt: "" }).addTo(this.map);
    marker.getElement().setAttribute("aria-label", `${group.length}: ${label}`);
    marker.getElement().setAttribute("aria-haspopup", "dialog");
    marker.bindTooltip(label, { direction: "top", offset: [0, -26], className: "tip" });
    const open = () => this.list(marker, group, label);
    marker.on("click", open);
    marker.on("keypress", ({ originalEvent: { key } }) => (key === "Enter" || key === " ") && open());
    return marker;
  }

  /** All that stand there, by name, to choose from; closing it goes back to the marker. */
  list(marker, group, label) {
    const popup = L.popup({ className: "crowd-popup", closeButton: false, maxHeight: 320, minWidth: 230, offset: [0, -12] });
    const close = () => {
      popup.remove();
      // At once: it fades for a while, and nobody may press what fades.
      popup.getContent().remove();
      marker.getElement()?.focus({ preventScroll: true });
    };
    const content = h("div", { role: "dialog", "aria-label": label, onkeydown: (event) => {
      if (event.key === "Escape") close();
      event.stopPropagation();
    } },
    h("h2", {}, label),
    h("ul", {}, ...group.map((item) => h("li", {}, h("button", {
      type: "button", class: "button quiet", onclick: () => {
        close();
        this.onSelect(item);
      },
    }, icon(item.look), item.text)))));
    popup.setLatLng(marker.getLatLng()).setContent(content).openOn(this.map);
    content.querySelector("button").focus({ preventScroll: true });
  }
}
