// Brings the map to the caller of the chosen case: at once, or with a button where somebody works on it.

import { h, icon } from "shared/dom.js";
import { t } from "shared/page_data.js";

const HANDS_ON_MS = 10000;
const WORK = ["is-picking", "is-pinning", "is-drawing"];

export class CallerFinder {
  /** `boundsOf(id)` gives where the caller may be, null while that is not known. */
  constructor(map, boundsOf) {
    this.map = map;
    this.boundsOf = boundsOf;
    this.id = null;
    this.wish = null;
    this.touchedAt = -Infinity;
    this.button = h("button", { type: "button", class: "button show-caller", hidden: true, onclick: () => this.show() },
      icon("pin"), t("map.show_caller"));
    const container = map.getContainer();
    container.parentElement.append(this.button);
    for (const name of ["pointerdown", "wheel", "keydown"]) {
      container.addEventListener(name, () => { this.touchedAt = performance.now(); }, { passive: true, capture: true });
    }
    map.on("moveend resize", () => this.refresh());
  }

  /** Another case; with `move` the map goes there as soon as it is known where that is. */
  follow(id, { move, polite }) {
    if (id !== this.id || move) this.wish = id && move ? { polite } : null;
    this.id = id;
    this.look();
  }

  look() {
    const bounds = this.id && this.boundsOf(this.id);
    // A hidden map (phone, another tab) has no size to fit anything in: the wish stays.
    if (bounds && this.wish && this.map.getSize().x > 0) {
      const { polite } = this.wish;
      this.wish = null;
      if (!polite || !this.isWorkedOn()) this.moveTo(bounds);
    }
    this.refresh();
  }

  isWaiting() {
    return Boolean(this.wish && this.id && this.boundsOf(this.id));
  }

  isWorkedOn() {
    const { classList } = this.map.getContainer();
    return WORK.some((name) => classList.contains(name)) || performance.now() - this.touchedAt < HANDS_ON_MS;
  }

  /** What was done with the map is over: it may move again. */
  forgetTouch() {
    this.touchedAt = -Infinity;
  }

  show() {
    const bounds = this.id && this.boundsOf(this.id);
    if (bounds) this.moveTo(bounds);
    // The button goes; whoever pressed it is at the map.
    if (document.activeElement === this.button) this.map.getContainer().focus({ preventScroll: true });
  }

  moveTo(bounds) {
    const animate = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map.fitBounds(bounds.pad(0.25), { maxZoom: 15, animate });
  }

  /** The button is there while the caller is out of sight. */
  refresh() {
    const bounds = this.id && this.boundsOf(this.id);
    this.button.hidden = !bounds || this.map.getSize().x === 0 || this.map.getBounds().intersects(bounds);
  }
}
