// The centres as tiles, about where they lie on the map: for a wall, and for who looks for a place.

import { secondsSince } from "shared/clock.js";
import { h, icon, KeyedList } from "shared/dom.js";
import { t } from "shared/page_data.js";
import { FIGURES, GRID, LEVEL_DRAWINGS, waitsSince } from "supervision/looks.js";

// A tile tells the worst of it; the rest is in the list.
const MOST_FIGURES = 4;
// Fewer centres than that need no map to be found.
const FEW = 12;

/** Whole minutes, then whole hours: there is room for no more, and seconds are for no wall. */
function shortAge(since) {
  const minutes = Math.floor(secondsSince(since) / 60);
  if (minutes < 1) return t("centres.age.now");
  return minutes < 60 ? t("age.min", { n: minutes }) : t("centres.age.h", { n: Math.floor(minutes / 60) });
}

export class Tiles {
  constructor() {
    this.element = h("ul", { class: "tiles", "aria-label": t("centres.map") });
    this.tiles = new KeyedList(this.element, { keyOf: ({ county }) => county, saysOf: () => "", make: (row) => this.tile(row) });
  }

  show(centres) {
    this.element.classList.toggle("tiles--few", centres.length <= FEW);
    // In the order of the grid, so that who reads them aloud goes the same way as the eye.
    const place = ({ county }) => (GRID.get(county)?.row ?? 99) * 100 + (GRID.get(county)?.column ?? 0);
    this.tiles.show([...centres].sort((a, b) => place(a) - place(b)));
  }

  figure({ name, drawing, look, count }) {
    return h("span", { class: `figure figure--${look}` },
      icon(drawing, t(`centres.${name}`)), h("strong", { class: "number" }, String(count)));
  }

  tile(centre) {
    const { county, name, level } = centre;
    const figures = FIGURES.map((figure) => ({ ...figure, ...figure.read(centre) })).filter(({ count }) => count > 0);
    const since = waitsSince(centre);
    const element = h("li", { class: `tile tile--${level}`, title: name, dataset: { county, level } },
      h("div", { class: "tile-head" },
        h("strong", { class: "tile-code", "aria-hidden": "true" }, county),
        h("span", { class: "tile-name" }, name.replace(/^.*, /, "")),
        since ? h("span", { class: "tile-age number", dataset: { waits: since } }, shortAge(since)) : null,
        icon(LEVEL_DRAWINGS[level], t(`centres.level.${level}`))),
      h("div", { class: "tile-figures" }, ...figures.slice(0, MOST_FIGURES).map((figure) => this.figure(figure))));
    const spot = GRID.get(county);
    if (spot) {
      element.style.setProperty("--column", spot.column);
      element.style.setProperty("--row", spot.row);
    }
    return element;
  }

  tick() {
    for (const age of this.element.querySelectorAll("[data-waits]")) {
      const text = shortAge(age.dataset.waits);
      if (age.textContent !== text) age.textContent = text;
    }
  }
}
