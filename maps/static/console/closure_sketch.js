// Drawing a closure on the map: corners of an area, or one tap on a road.

import { h, icon } from "shared/dom.js";
import { t } from "shared/page_data.js";

/** Asks for places on the map; `take` resolves to a shape, or to null when given up. */
export class ClosureSketch {
  constructor(map) {
    this.map = map;
    this.stage = map.getContainer().parentElement;
    this.layer = L.layerGroup().addTo(map);
    this.note = h("span", { role: "status" });
    this.undo = h("button", { type: "button", class: "button", onclick: () => this.takeBack() }, icon("back"), t("closure.draw.undo"));
    this.done = h("button", { type: "button", class: "button primary", onclick: () => this.finish(true) },
      icon("check"), t("closure.draw.done"));
    this.bar = h("div", { class: "draw-bar", hidden: true }, this.note,
      h("div", { class: "form-buttons" }, this.done, this.undo,
        h("button", { type: "button", class: "button quiet", onclick: () => this.finish(false) }, t("form.cancel"))));
    this.stage.append(this.bar);
    L.DomEvent.disableClickPropagation(this.bar);
    this.tapped = ({ latlng }) => this.add(latlng);
    this.pressed = (event) => event.key === "Escape" && this.finish(false);
  }

  take(mode) {
    this.clear();
    this.mode = mode;
    this.places = [];
    this.bar.hidden = false;
    this.undo.hidden = this.done.hidden = mode === "spot";
    this.map.getContainer().classList.add("is-drawing");
    this.map.doubleClickZoom.disable();
    this.map.on("click", this.tapped);
    document.addEventListener("keydown", this.pressed);
    this.tell();
    return new Promise((resolve) => { this.resolve = resolve; });
  }

  add(latlng) {
    this.places.push(latlng);
    this.redraw();
    if (this.mode === "spot") this.finish(true);
  }

  takeBack() {
    this.places.pop();
    this.redraw();
  }

  redraw() {
    this.layer.clearLayers();
    const look = { pane: "closures", className: "closure-sketch", weight: 3, interactive: false };
    if (this.mode === "area" && this.places.length > 2) {
      L.polygon(this.places, { ...look, fillColor: "url(#hatch-closed)", fillOpacity: 1 }).addTo(this.layer);
    } else if (this.places.length > 1) {
      L.polyline(this.places, look).addTo(this.layer);
    }
    for (const place of this.places) L.circleMarker(place, { ...look, radius: 7, className: "closure-corner" }).addTo(this.layer);
    this.tell();
  }

  tell() {
    const few = this.mode === "area" && this.places.length < 3;
    this.done.disabled = few;
    this.undo.disabled = this.places.length === 0;
    this.note.textContent = this.mode === "spot" ? t("closure.draw.spot")
      : t(few ? "closure.draw.area" : "closure.draw.area_enough", { n: this.places.length });
  }

  finish(isWanted) {
    this.map.off("click", this.tapped);
    document.removeEventListener("keydown", this.pressed);
    this.map.getContainer().classList.remove("is-drawing");
    this.map.doubleClickZoom.enable();
    this.bar.hidden = true;
    if (!isWanted) this.clear();
    this.resolve?.(isWanted ? this.shape() : null);
    this.resolve = null;
  }

  shape() {
    const pair = ({ lat, lng }) => [Number(lng.toFixed(6)), Number(lat.toFixed(6))];
    if (this.mode === "spot") {
      const [lon, lat] = pair(this.places[0]);
      return { spot: { lon, lat } };
    }
    const ring = this.places.map(pair);
    return { area: { type: "Polygon", coordinates: [[...ring, ring[0]]] } };
  }

  /** Show the roads that would be meant, as the server found them. */
  showRoads(roads) {
    const look = { pane: "closures", interactive: false, style: { className: "closure-sketch", weight: 6 } };
    if (roads) L.geoJSON(roads, look).addTo(this.layer);
  }

  clear() {
    this.layer.clearLayers();
  }
}
