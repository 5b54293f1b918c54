// The centres as tiles, about where they lie on the map: for a wall, and for who looks for a place.

import { ageText, secondsSince } from "shared/clock.js";
import { h, icon, KeyedList } from "shared/dom.js";
import { t } from "shared/page_data.js";
import { FIGURES, GRID, LEVEL_DRAWINGS, openCases, waitsSince } from "supervision/looks.js";

// A tile tells the worst of it; the rest is in the list.
const MOST_FIGURES = 4;
// Fewer centres than that need no map to be found.
const FEW = 12;

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
    const open = openCases(centre);
    const element = h("li", { class: `tile tile--${level}`, dataset: { county, level } },
      h("div", { class: "tile-head" },
        h("strong", { class: "tile-code" }, county),
        h("span", { class: "tile-name" }, name.replace(/^.*, /, "")),
        icon(LEVEL_DRAWINGS[level], t(`centres.level.${level}`))),
      h("div", { class: "tile-figures" }, ...figures.slice(0, MOST_FIGURES).map((figure) => this.figure(figure))),
      h("div", { class: "tile-foot" },
        h("span", {}, open ? t("centres.open.n", { n: open }) : ""),
        since ? h("span", { class: "number", dataset: { opened: since } }, ageText(secondsSince(since))) : null));
    const spot = GRID.get(county);
    if (spot) {
      element.style.setProperty("--column", spot.column);
      element.style.setProperty("--row", spot.row);
    }
    return element;
  }
}
