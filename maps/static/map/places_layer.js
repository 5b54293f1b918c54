// Names on the ground: counties when far, towns and villages when near, never overlapping.

import { h } from "shared/dom.js";
import { shortCounty } from "shared/looks.js";

const POPULATION_AT_ZOOM = { 7: 90000, 8: 40000, 9: 15000, 10: 6000, 11: 2500, 12: 800, 13: 0 };
const MAX_LABELS = 60;

function centreOf(geometry) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  const outline = polygons.map((rings) => rings[0]).sort((a, b) => b.length - a.length)[0];
  let [twiceArea, x, y] = [0, 0, 0];
  outline.forEach(([x0, y0], i) => {
    const [x1, y1] = outline[(i + 1) % outline.length];
    const cross = x0 * y1 - x1 * y0;
    twiceArea += cross;
    x += (x0 + x1) * cross;
    y += (y0 + y1) * cross;
  });
  return L.latLng(y / (3 * twiceArea), x / (3 * twiceArea));
}

const SECTOR = /^Bucure.ti\W+Sector/i;

/** The six sectors are one city on a map; their own names come with the county labels. */
function wholeCity(sectors) {
  if (sectors.length === 0) return [];
  const mean = (i) => sectors.reduce((sum, row) => sum + row[i], 0) / sectors.length;
  return [["București", mean(1), mean(2), sectors.reduce((sum, row) => sum + row[3], 0)]];
}

/** Greedy placement of labels in the current view, biggest first. */
export class PlacesLayer {
  constructor(map) {
    this.map = map;
    this.counties = [];
    this.places = [];
    this.shown = true;
    this.obstacles = () => [];
    map.createPane("labels").style.zIndex = 350;
    this.group = L.layerGroup().addTo(map);
    map.on("zoomend moveend resize", () => this.draw());
  }

  setCounties(collection) {
    this.counties = collection.features.map(({ properties, geometry }) => ({
      name: shortCounty(properties.name),
      code: properties.code,
      sector: /^B[1-6]$/.test(properties.code),
      at: centreOf(geometry),
    }));
    this.draw();
  }

  setPlaces(rows) {
    const sectors = rows.filter(([name]) => SECTOR.test(name));
    const towns = rows.filter(([name]) => !SECTOR.test(name));
    this.places = [...wholeCity(sectors), ...towns]
      .map(([name, lon, lat, population]) => ({ name, population, at: L.latLng(lat, lon) }));
    this.draw();
  }

  countyAt(code) {
    return this.counties.find((county) => county.code === code)?.at ?? null;
  }

  setShown(shown) {
    this.shown = shown;
    this.draw();
  }

  draw() {
    this.group.clearLayers();
    if (!this.shown) return;
    const taken = this.obstacles().map((at) => this.markerBox(at));
    const zoom = this.map.getZoom();
    for (const county of this.counties) this.drawCounty(county, zoom, taken);
    const floor = POPULATION_AT_ZOOM[Math.min(13, Math.max(7, Math.round(zoom)))];
    const bounds = this.map.getBounds().pad(0.05);
    let count = 0;
    for (const place of this.places) {
      if (place.population < floor || count >= MAX_LABELS) break;
      if (bounds.contains(place.at) && this.put(place, "place-label", taken)) count += 1;
    }
  }

  /** Room of a team or incident marker with its tag: no name is written over it. */
  markerBox(at) {
    const { x, y } = this.map.latLngToContainerPoint(at);
    return [x - 34, y - 40, x + 34, y + 40];
  }

  drawCounty(county, zoom, taken) {
    const visible = county.sector ? zoom >= 10 && zoom < 15 : zoom < 11;
    if (!visible || !this.map.getBounds().contains(county.at)) return;
    const text = zoom < 7 && !county.sector ? county.code : county.name;
    this.put({ name: text, at: county.at }, "county-label", taken);
  }

  put({ name, at }, className, taken) {
    const point = this.map.latLngToContainerPoint(at);
    const half = { x: name.length * (className === "county-label" ? 4.6 : 3.8) + 6, y: 10 };
    const box = [point.x - half.x, point.y - half.y, point.x + half.x, point.y + half.y];
    const clash = taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]);
    if (clash) return false;
    taken.push(box);
    const label = L.divIcon({ className: "label-anchor", iconSize: [0, 0], html: h("span", { class: className }, name) });
    L.marker(at, { icon: label, pane: "labels", interactive: false, keyboard: false }).addTo(this.group);
    return true;
  }
}
