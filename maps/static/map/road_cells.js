// Roads and street names in cells: a map asks for those it shows, each once.

import { CELLS_FROM_ZOOM } from "map/base_layer.js";
import { settings } from "shared/page_data.js";

// The server cuts its cells like tiles of web maps at this zoom.
const CELL_ZOOM = 11;
const WORLD = 256;
const LEVELS_FROM_ZOOM = { main: CELLS_FROM_ZOOM, minor: 13, names: 15 };

async function fetchJson(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

export class RoadCells {
  constructor(map, { onFar, onRoads, onNames }) {
    Object.assign(this, { map, onFar, onRoads, onNames });
    this.asked = new Set();
    this.isShown = { main: true, minor: true, names: true };
  }

  /** Ask for what the view needs and nobody has asked for yet; resolves when it is there. */
  load() {
    const zoom = this.map.getZoom();
    const coming = [];
    // A hidden map needs nothing.
    if (this.map.getSize().x === 0) return Promise.all(coming);
    if (zoom < CELLS_FROM_ZOOM) coming.push(this.once("far", "far", this.onFar));
    for (const [level, from] of Object.entries(LEVELS_FROM_ZOOM)) {
      if (zoom < from || !this.isShown[level]) continue;
      for (const [column, row] of this.cells()) {
        const side = WORLD / 2 ** CELL_ZOOM;
        const area = [column * side, row * side, (column + 1) * side, (row + 1) * side];
        const take = level === "names" ? this.onNames : (roads) => this.onRoads(roads, area);
        coming.push(this.once(`${level}/${column}/${row}`, `cells/${column}/${row}?level=${level}`, take));
      }
    }
    return Promise.all(coming);
  }

  /** Cells of the view, with a rim in which tiles are kept ready. */
  cells() {
    const { min, max } = this.map.getPixelBounds();
    const side = 256 * 2 ** (this.map.getZoom() - CELL_ZOOM);
    const rim = 128;
    const [west, north] = [min.x - rim, min.y - rim].map((pixel) => Math.floor(pixel / side));
    const [east, south] = [max.x + rim, max.y + rim].map((pixel) => Math.floor(pixel / side));
    const found = [];
    for (let column = west; column <= east; column += 1) {
      for (let row = north; row <= south; row += 1) found.push([column, row]);
    }
    return found;
  }

  async once(key, path, take) {
    if (this.asked.has(key)) return;
    this.asked.add(key);
    try {
      take(await fetchJson(`${settings.basemap}/${path}`));
    } catch (error) {
      this.asked.delete(key);
      console.warn(error.message);
    }
  }
}
