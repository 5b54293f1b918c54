// Names of streets along their lines, never over each other: written in HTML, so that they are sharp.

import { h } from "shared/dom.js";

const FROM_ZOOM = { motorway: 14.5, trunk: 14.5, primary: 14.5, secondary: 15, tertiary: 15.5 };
const OTHERS_FROM_ZOOM = 16;
const MOST = 80;
const LETTER_PX = 6.4;
const HEIGHT_PX = 15;
// The same name again only where the first is out of sight of it.
const SAME_NAME_PX = 260;
const EQUATOR_M = 40075017;

/** Upright box around a turned label. */
function boxOf({ x, y }, width, turn) {
  const [cos, sin] = [Math.abs(Math.cos(turn)), Math.abs(Math.sin(turn))];
  const [halfX, halfY] = [(width * cos + HEIGHT_PX * sin) / 2, (width * sin + HEIGHT_PX * cos) / 2];
  return [x - halfX, y - halfY, x + halfX, y + halfY];
}

function isFree(box, taken) {
  return !taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]);
}

export class StreetNames {
  constructor(map) {
    this.map = map;
    this.rows = [];
    this.shown = true;
    this.pane = map.createPane("streets");
    this.pane.style.zIndex = 345;
    this.pane.setAttribute("aria-hidden", "true");
    map.on("zoomstart", () => this.pane.replaceChildren());
    map.on("moveend resize", () => this.draw());
  }

  add({ names }) {
    for (const [name, roadClass, lon, lat, turn, room] of names) {
      const from = FROM_ZOOM[roadClass.replace("_link", "")] ?? OTHERS_FROM_ZOOM;
      this.rows.push({ name, from, turn: (-turn * Math.PI) / 180, room, at: L.latLng(lat, lon) });
    }
    this.rows.sort((a, b) => a.from - b.from || b.room - a.room);
    this.draw();
  }

  setShown(shown) {
    this.shown = shown;
    this.draw();
  }

  draw() {
    const zoom = this.map.getZoom();
    if (!this.shown || this.rows.length === 0 || zoom < FROM_ZOOM.motorway) {
      this.pane.replaceChildren();
      return;
    }
    const bounds = this.map.getBounds().pad(0.1);
    const perMetre = (256 * 2 ** zoom) / (EQUATOR_M * Math.cos((this.map.getCenter().lat * Math.PI) / 180));
    const taken = [];
    const written = new Map();
    const labels = [];
    for (const row of this.rows) {
      if (labels.length >= MOST) break;
      const width = row.name.length * LETTER_PX + 8;
      if (zoom < row.from || row.room * perMetre < width || !bounds.contains(row.at)) continue;
      const point = this.map.latLngToLayerPoint(row.at);
      const same = written.get(row.name) ?? [];
      if (same.some((other) => other.distanceTo(point) < SAME_NAME_PX)) continue;
      const box = boxOf(point, width, row.turn);
      if (!isFree(box, taken)) continue;
      taken.push(box);
      written.set(row.name, [...same, point]);
      labels.push(this.label(row, point));
    }
    this.pane.replaceChildren(...labels);
  }

  label({ name, turn }, { x, y }) {
    const label = h("span", { class: "street-name" }, name);
    label.style.transform = `translate(${x}px, ${y}px) rotate(${turn}rad) translate(-50%, -50%)`;
    return label;
  }
}
