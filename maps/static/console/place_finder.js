// A field that looks streets and villages up as somebody types: the arrow keys walk the list, Enter takes.

import { get, Problem } from "shared/api_client.js";
import { h, icon, redraw } from "shared/dom.js";
import { t } from "shared/page_data.js";

const PAUSE_MS = 180;

/** The locality and its county; a sector of Bucharest is both. */
export function withCounty(locality, county) {
  return !locality || locality.endsWith(county) ? [locality || county] : [locality, county];
}

export class PlaceFinder {
  /** `where()` gives the county and place to prefer; `onPick(row, leftOut)` gets what was chosen. */
  constructor({ countyName, where, onPick }) {
    Object.assign(this, { countyName, where, onPick });
    this.rows = [];
    this.at = -1;
    this.list = h("ul", { class: "finder-list", id: "place-finder-list", role: "listbox", "aria-label": t("place.found"), hidden: true });
    this.note = h("p", { class: "muted small", role: "status" });
    this.input = h("input", {
      type: "search", autocomplete: "off", role: "combobox", "aria-expanded": "false", "aria-controls": "place-finder-list",
      "aria-autocomplete": "list", placeholder: t("place.search.placeholder"), maxLength: 200,
      oninput: () => this.askSoon(), onkeydown: (event) => this.pressed(event),
    });
    this.element = h("div", { class: "finder" },
      h("label", { class: "field" }, h("span", {}, t("place.search")), this.input), this.list, this.note);
    this.element.readValue = () => this.input.value.trim();
  }

  askSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE_MS);
  }

  async ask() {
    const q = this.input.value.trim();
    this.asked = q;
    if (q.length < 2) {
      this.show([], "");
      return;
    }
    const { county, place } = this.where();
    const near = place ? `&lon=${place.lng}&lat=${place.lat}` : "";
    try {
      const { places, left_out: leftOut } = await get(`/v1/places?q=${encodeURIComponent(q)}&county=${county}${near}&limit=7`);
      // What was typed meanwhile has a question of its own.
      if (this.asked === q) this.show(places, leftOut, t("place.none"));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (this.asked === q) this.show([], "", t("place.search.failed"));
    }
  }

  show(rows, leftOut, none = "") {
    this.rows = rows;
    this.leftOut = leftOut;
    this.at = rows.length ? 0 : -1;
    redraw(this.list, ...rows.map((row, i) => h("li", {
      id: `place-finder-${i}`, role: "option", onclick: () => this.pick(i),
    }, icon(row.kind === "street" ? "arrow" : "pin"), h("span", {}, h("strong", {}, row.name),
      h("span", { class: "muted" }, ` · ${withCounty(row.locality, this.countyName(row.county)).join(", ")}`),
      row.is_guess ? h("span", { class: "stale-text" }, ` · ${t("place.guess")}`) : ""))));
    this.list.hidden = !rows.length;
    this.input.setAttribute("aria-expanded", String(rows.length > 0));
    this.note.textContent = rows.length ? (leftOut ? t("place.left_out", { words: leftOut }) : "") : none;
    this.mark();
  }

  mark() {
    [...this.list.children].forEach((each, i) => each.setAttribute("aria-selected", String(i === this.at)));
    if (this.at >= 0) this.input.setAttribute("aria-activedescendant", `place-finder-${this.at}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  pressed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.rows.length) {
      event.preventDefault();
      this.at = (this.at + step + this.rows.length) % this.rows.length;
      this.mark();
    } else if (event.key === "Enter") {
      // It takes a place; the form is sent with its button.
      event.preventDefault();
      if (this.at >= 0) this.pick(this.at);
    } else if (event.key === "Escape" && this.rows.length) {
      event.preventDefault();
      event.stopPropagation();
      this.show([], "");
    }
  }

  pick(i) {
    const row = this.rows[i];
    const { leftOut } = this;
    clearTimeout(this.timer);
    this.show([], "");
    this.onPick(row, leftOut);
  }
}
