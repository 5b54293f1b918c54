// Zoom, layers with legend, theme and language: big targets at the map's edge.

import { freezeClock, fullTime } from "shared/clock.js";
import { h, icon, squareButton } from "shared/dom.js";
import { TEAM_LOOKS } from "shared/looks.js";
import { settings, t } from "shared/page_data.js";
import { switchLanguage, switchTheme } from "shared/preferences.js";

function teamSwatch(status) {
  return h("li", {},
    h("span", { class: `team team--${status} team--fresh swatch` }, h("span", { class: "team-disc" }, icon(TEAM_LOOKS[status]))),
    t(`team.status.${status}`));
}

function lineSwatch(className, key) {
  return h("li", {}, h("span", { class: `line-swatch ${className}` }), t(key));
}

/** Escape closes a panel and goes back to the button that opened it. */
export function closeWithEscape(panel, button, close) {
  for (const each of [panel, button]) {
    each.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || panel.hidden) return;
      event.stopPropagation();
      close();
      button.focus();
    });
  }
}

export class MapControls {
  constructor(view) {
    this.view = view;
    this.stage = view.map.getContainer().parentElement;
    this.empty = h("p", { class: "map-note", hidden: true }, icon("check"), t("map.empty"));
    this.picking = h("p", { class: "map-note picking-note" }, icon("pin"), t("intake.picking"));
    this.legend = this.buildLegend();
    this.legendButton = squareButton("layers", t("map.layers"), () => this.toggleLegend());
    this.legendButton.setAttribute("aria-expanded", "false");
    closeWithEscape(this.legend, this.legendButton, () => this.toggleLegend());
    this.stage.append(
      h("div", { class: "map-buttons" },
        squareButton("plus", t("map.zoom_in"), () => view.map.zoomIn(1)),
        squareButton("minus", t("map.zoom_out"), () => view.map.zoomOut(1)),
        squareButton("fit", t("map.fit"), () => view.fitAll()),
        this.legendButton),
      this.legend, this.empty, this.picking,
      h("p", { class: "map-attribution" }, settings.attribution));
    document.addEventListener("theme", () => view.base.repaint());
    if (settings.embedded) this.showStill();
  }

  showStill() {
    const { at } = settings.embedded.features;
    freezeClock(at);
    this.stage.append(h("p", { class: "map-note still-note" }, icon("clock"), t("map.snapshot", { time: fullTime(at) })));
    if (window.innerWidth > 900) this.toggleLegend();
  }

  /** Theme and language for a page that has no bar of its own. */
  addPageButtons() {
    this.stage.querySelector(".map-buttons").append(
      squareButton("moon", t("map.theme"), switchTheme),
      settings.embedded ? "" : squareButton("globe", t("map.language.label"), switchLanguage));
  }

  setEmpty(empty) {
    this.empty.hidden = !empty;
  }

  toggleLegend() {
    this.legend.hidden = !this.legend.hidden;
    this.legendButton.setAttribute("aria-expanded", String(!this.legend.hidden));
  }

  /** The width at the map's right edge that the open legend hides; on a phone it hides all. */
  coveredPx() {
    const { width } = this.stage.getBoundingClientRect();
    const left = this.legend.hidden ? width : this.legend.offsetLeft;
    return left > width / 2 ? width - left : 0;
  }

  layerSwitch(key, groups) {
    const map = this.view.map;
    const box = h("input", { type: "checkbox", checked: true, onchange: () => {
      for (const group of groups) {
        if (box.checked) map.addLayer(group);
        else map.removeLayer(group);
      }
    } });
    return h("label", { class: "layer-switch" }, box, t(key));
  }

  buildLegend() {
    const { incidents, teams, routes, places, closures } = this.view;
    const names = h("input", { type: "checkbox", checked: true, onchange: () => {
      places.setShown(names.checked);
      this.view.showStreets(names.checked);
    } });
    return h("section", { class: "legend", hidden: true, "aria-label": t("map.layers") },
      this.layerSwitch("map.layer.incidents", [incidents.markers]),
      this.layerSwitch("map.layer.areas", [incidents.areas]),
      this.layerSwitch("map.layer.teams", [teams.group]),
      this.layerSwitch("map.layer.routes", [routes.group]),
      this.layerSwitch("map.layer.closures", [closures.group]),
      h("label", { class: "layer-switch" }, names, t("map.layer.places")),
      h("h2", {}, t("map.legend.teams")),
      h("ul", {}, ...Object.keys(TEAM_LOOKS).map(teamSwatch),
        h("li", {},
          h("span", { class: "team team--available team--stale swatch" }, h("span", { class: "team-disc" }, icon("check"))),
          t("map.legend.stale"))),
      h("h2", {}, t("map.legend.lines")),
      h("ul", {},
        h("li", {},
          h("span", { class: "incident incident--open swatch" }, h("span", { class: "incident-disc" }, icon("alert"))),
          t("map.legend.incident")),
        lineSwatch("line-swatch--sure", "map.legend.area_sure"),
        lineSwatch("line-swatch--unsure", "map.legend.area_unsure"),
        lineSwatch("line-swatch--road", "map.legend.route_road"),
        lineSwatch("line-swatch--estimate", "map.legend.route_estimate"),
        lineSwatch("line-swatch--closed", "map.legend.closed"),
        lineSwatch("line-swatch--slowed", "map.legend.slowed")));
  }
}
