// Our own basemap: counties and roads drawn on canvas tiles from plain coordinates.

import { cssColour } from "shared/looks.js";

const TILE = 256;
const BUCKET_ZOOM = 12;
/** Nearer than this the basemap is asked for in cells; farther, the whole country in one. */
export const CELLS_FROM_ZOOM = 12;
const ROAD_ORDER = ["minor", "middle", "major", "motorway"];
const ROAD_FROM_ZOOM = { motorway: 6, major: 10, middle: 12, minor: 13 };
const ROAD_WIDTH = {
  motorway: { 6: 1.2, 10: 2.2, 13: 3.6, 16: 7 },
  major: { 10: 0.8, 13: 2.4, 16: 6 },
  middle: { 12: 0.8, 14: 2, 16: 4.5 },
  minor: { 13: 0.5, 15: 1.5, 17: 3.5 },
};

function widthAt(table, zoom) {
  const stops = Object.keys(table).map(Number);
  if (zoom <= stops[0]) return table[stops[0]];
  for (let i = 1; i < stops.length; i += 1) {
    if (zoom <= stops[i]) {
      const part = (zoom - stops[i - 1]) / (stops[i] - stops[i - 1]);
      return table[stops[i - 1]] + part * (table[stops[i]] - table[stops[i - 1]]);
    }
  }
  return table[stops.at(-1)];
}

/** A line of `count` points -> Web Mercator on a 256-pixel world, with its box; `point(i)` is (lon, lat). */
function projected(count, point) {
  const xy = new Float64Array(count * 2);
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < count; i += 1) {
    const [lon, lat] = point(i);
    const sine = Math.sin((lat * Math.PI) / 180);
    const x = TILE * (lon / 360 + 0.5);
    const y = TILE * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI));
    xy[2 * i] = x;
    xy[2 * i + 1] = y;
    if (x < box[0]) box[0] = x;
    if (y < box[1]) box[1] = y;
    if (x > box[2]) box[2] = x;
    if (y > box[3]) box[3] = y;
  }
  return { xy, box };
}

function projectLine(coordinates) {
  return projected(coordinates.length, (i) => coordinates[i]);
}

/** The same from a flat list of whole steps, as the cells of the basemap come. */
function projectSteps(steps, unit) {
  const at = [0, 0];
  const degrees = [0, 0];
  return projected(steps.length / 2, (i) => {
    for (let axis = 0; axis < 2; axis += 1) {
      at[axis] += steps[2 * i + axis];
      degrees[axis] = at[axis] * unit;
    }
    return degrees;
  });
}

function linesOf(geometry) {
  if (!geometry) return [];
  return geometry.type === "LineString" ? [geometry.coordinates] : geometry.coordinates;
}

function ringsOf(geometry) {
  return geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates.flat();
}

const ROAD_GROUPS = {
  motorway: "motorway", motorway_link: "motorway", trunk: "motorway", trunk_link: "major",
  primary: "major", primary_link: "major", secondary: "middle", secondary_link: "middle",
  tertiary: "middle", tertiary_link: "middle",
};

function roadGroup(name) {
  return ROAD_GROUPS[name] ?? (ROAD_ORDER.includes(name) ? name : "minor");
}

function touches(box, area) {
  return box[0] <= area[2] && box[2] >= area[0] && box[1] <= area[3] && box[3] >= area[1];
}

/** Lines of one road group with a grid of buckets, so that a tile asks only its own. */
class RoadGroup {
  constructor() {
    this.lines = [];
    this.buckets = new Map();
  }

  add(line) {
    this.lines.push(line);
    const size = TILE / 2 ** BUCKET_ZOOM;
    const [x0, y0, x1, y1] = line.box.map((value) => Math.floor(value / size));
    for (let x = x0; x <= x1; x += 1) {
      for (let y = y0; y <= y1; y += 1) {
        const key = x * 4096 + y;
        const bucket = this.buckets.get(key);
        if (bucket) bucket.push(line);
        else this.buckets.set(key, [line]);
      }
    }
  }

  within(area) {
    const size = TILE / 2 ** BUCKET_ZOOM;
    if (area[2] - area[0] > 4 * size) return this.lines.filter((line) => touches(line.box, area));
    const found = new Set();
    for (let x = Math.floor(area[0] / size); x <= Math.floor(area[2] / size); x += 1) {
      for (let y = Math.floor(area[1] / size); y <= Math.floor(area[3] / size); y += 1) {
        for (const line of this.buckets.get(x * 4096 + y) ?? []) {
          if (touches(line.box, area)) found.add(line);
        }
      }
    }
    return found;
  }
}

function emptyGroups() {
  return Object.fromEntries(ROAD_ORDER.map((name) => [name, new RoadGroup()]));
}

/** What the basemap knows; tiles are drawn from it, and painted again when it grows. */
export class Ground {
  constructor() {
    this.counties = [];
    this.roads = emptyGroups();
    // Of the whole country, thinned: drawn from afar, where the cells would be too many.
    this.far = emptyGroups();
  }

  addCounties(collection) {
    this.counties = collection.features.map((feature, index) => ({
      code: feature.properties.code,
      shade: index % 2,
      rings: ringsOf(feature.geometry).map(projectLine),
    }));
  }

  addRoads(collection) {
    for (const feature of collection.features) {
      const group = this.roads[roadGroup(feature.properties.class)];
      for (const line of linesOf(feature.geometry)) group.add(projectLine(line));
    }
    this.isWhole = true;
  }

  /** A cell of the basemap, or the thinned roads of the whole country. */
  addSteps({ unit_deg: unit, roads }, { far = false } = {}) {
    const groups = far ? this.far : this.roads;
    for (const [name, lines] of Object.entries(roads)) {
      const group = groups[roadGroup(name)];
      for (const steps of lines) group.add(projectSteps(steps, unit));
    }
  }

  /** Road groups to draw at a zoom: what came as a whole is drawn at every one. */
  groupsAt(zoom) {
    return this.isWhole || zoom >= CELLS_FROM_ZOOM ? this.roads : this.far;
  }
}

function trace(context, { xy }, toPixel, closed) {
  context.moveTo(...toPixel(xy[0], xy[1]));
  for (let i = 2; i < xy.length; i += 2) context.lineTo(...toPixel(xy[i], xy[i + 1]));
  if (closed) context.closePath();
}

function drawCounties(context, ground, area, toPixel, zoom) {
  const seen = [];
  for (const county of ground.counties) {
    const rings = county.rings.filter((ring) => touches(ring.box, area));
    if (rings.length === 0) continue;
    seen.push(rings);
    context.beginPath();
    rings.forEach((ring) => trace(context, ring, toPixel, true));
    context.fillStyle = cssColour(county.shade ? "land-alt" : "land");
    context.fill("evenodd");
  }
  return () => {
    context.strokeStyle = cssColour("border-county");
    context.lineWidth = zoom < 9 ? 1.1 : zoom < 12 ? 2 : 3;
    context.lineJoin = "round";
    context.beginPath();
    seen.flat().forEach((ring) => trace(context, ring, toPixel, true));
    context.stroke();
  };
}

function drawRoads(context, ground, area, toPixel, zoom) {
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const name of ROAD_ORDER) {
    if (zoom < ROAD_FROM_ZOOM[name]) continue;
    context.strokeStyle = cssColour(`road-${name}`);
    context.lineWidth = widthAt(ROAD_WIDTH[name], zoom);
    context.beginPath();
    for (const line of ground.groupsAt(zoom)[name].within(area)) trace(context, line, toPixel, false);
    context.stroke();
  }
}

/** The part of the 256-pixel world that a tile draws, with room for a line's width. */
function areaOf({ x, y, z }) {
  const scale = 2 ** z;
  const margin = 6 / scale;
  const [left, top] = [(x * TILE) / scale, (y * TILE) / scale];
  return [left - margin, top - margin, left + TILE / scale + margin, top + TILE / scale + margin];
}

function paint(tile, coords, ground) {
  const context = tile.getContext("2d");
  const scale = 2 ** coords.z;
  const [left, top] = [(coords.x * TILE) / scale, (coords.y * TILE) / scale];
  const area = areaOf(coords);
  const toPixel = (x, y) => [(x - left) * scale, (y - top) * scale];
  context.fillStyle = cssColour("sea");
  context.fillRect(0, 0, TILE, TILE);
  const drawBorders = drawCounties(context, ground, area, toPixel, coords.z);
  drawRoads(context, ground, area, toPixel, coords.z);
  drawBorders();
}

export function createBaseLayer(ground) {
  const BaseLayer = L.GridLayer.extend({
    createTile(coords) {
      const ratio = Math.min(2, window.devicePixelRatio || 1);
      const tile = document.createElement("canvas");
      tile.width = TILE * ratio;
      tile.height = TILE * ratio;
      tile.getContext("2d").scale(ratio, ratio);
      paint(tile, coords, ground);
      return tile;
    },

    /** Paint the tiles that are there, all of them or those that touch an area, once a frame. */
    repaint(area = null) {
      this._unpainted ??= [];
      this._unpainted.push(area);
      if (this._unpainted.length > 1) return;
      requestAnimationFrame(() => {
        const areas = this._unpainted;
        this._unpainted = [];
        for (const { el, coords } of Object.values(this._tiles ?? {})) {
          if (areas.some((each) => !each || touches(each, areaOf(coords)))) paint(el, coords, ground);
        }
      });
    },

    /** A rim of tiles beyond the edge: panning and growing windows show no gaps. */
    _getTiledPixelBounds(center) {
      const bounds = L.GridLayer.prototype._getTiledPixelBounds.call(this, center);
      const rim = [TILE / 2, TILE / 2];
      return L.bounds(bounds.min.subtract(rim), bounds.max.add(rim));
    },
  });
  return new BaseLayer({ tileSize: TILE, pane: "tilePane", updateWhenIdle: false, keepBuffer: 3, className: "base-tile" });
}
