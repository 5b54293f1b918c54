// A pin that a person puts on the map: by a click, by dragging it, or step by step with the arrow keys.

import { h, icon } from "shared/dom.js";
import { t } from "shared/page_data.js";

const STEP_M = 5;
const LONG_STEP_M = 50;
const DEGREE_M = 111195;
const WAYS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** `at` moved by steps of so many metres east and north. */
export function stepped({ lat, lng }, [east, north], metres) {
  return {
    lat: lat + (north * metres) / DEGREE_M,
    lng: lng + (east * metres) / (DEGREE_M * Math.cos((lat * Math.PI) / 180)),
  };
}

export class PlacePin {
  /** `onMove(latlng)` hears of every place that a person gives; `onLeave()` of the Escape key at the pin. */
  constructor(map, { onMove, onLeave }) {
    Object.assign(this, { map, onMove, onLeave });
    if (!map.getPane("pin")) map.createPane("pin").style.zIndex = 660;
    this.clicked = ({ latlng }) => this.take(latlng);
  }

  /** From now on a click on the map puts the pin there. */
  start() {
    if (this.isStarted) return;
    this.isStarted = true;
    this.map.on("click", this.clicked);
    this.map.getContainer().classList.add("is-pinning");
  }

  stop() {
    this.isStarted = false;
    this.map.off("click", this.clicked);
    this.map.getContainer().classList.remove("is-pinning");
    this.marker?.remove();
    this.marker = null;
  }

  take(latlng) {
    this.show(latlng);
    this.onMove(latlng);
  }

  /** Put it somewhere without telling anybody; the map follows when the place is out of sight. */
  show(latlng, { follow = false } = {}) {
    if (this.marker) this.marker.setLatLng(latlng);
    else this.make(latlng);
    if (follow && this.map.getSize().x > 0) this.map.setView(latlng, Math.max(this.map.getZoom(), 16), { animate: false });
    else if (this.map.getSize().x > 0 && !this.map.getBounds().contains(latlng)) this.map.panTo(latlng, { animate: false });
  }

  make(latlng) {
    const look = L.divIcon({ className: "place-pin-anchor", iconSize: [0, 0], html: h("span", { class: "place-pin" }, icon("pin")) });
    this.marker = L.marker(latlng, { icon: look, pane: "pin", draggable: true, autoPan: true, keyboard: true, alt: "" }).addTo(this.map);
    this.marker.on("dragend", () => this.onMove(this.marker.getLatLng()));
    const element = this.marker.getElement();
    element.setAttribute("aria-label", t("place.pin"));
    element.dataset.part = "place-pin";
    element.addEventListener("keydown", (event) => this.pressed(event));
  }

  pressed(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      this.onLeave();
      return;
    }
    const way = WAYS[event.key];
    if (!way || !this.marker) return;
    event.preventDefault();
    // Leaflet would move the map under the pin.
    event.stopPropagation();
    this.take(stepped(this.marker.getLatLng(), way, event.shiftKey ? LONG_STEP_M : STEP_M));
  }

  focus() {
    this.marker?.getElement().focus({ preventScroll: true });
  }
}
