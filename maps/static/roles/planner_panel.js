// A planner's own page: how far a team gets from a place, with the people there; counts by county.

import { textField, tickField } from "console/inline_form.js";
import { IsochroneLayer } from "planning/isochrone_layer.js";
import { countTable } from "roles/county_counts.js";
import { get } from "shared/api_client.js";
import { h, icon, redraw } from "shared/dom.js";
import { t } from "shared/page_data.js";

const MINUTES = "10,20,30";

export class PlannerPanel {
  constructor(holder, context) {
    this.context = context;
    this.drawn = L.layerGroup().addTo(context.view.map);
    this.minutes = textField(t("rolepage.planner.minutes"), { required: true, value: MINUTES, name: "minutes", inputMode: "numeric" });
    this.inward = tickField(t("planning.inward"));
    this.answer = h("div", { role: "status" });
    this.counts = h("section", { "aria-label": t("rolepage.counts") });
    this.ask = h("button", { type: "submit", class: "button primary big" }, icon("pin"), h("span", {}, t("rolepage.planner.pick")));
    holder.replaceChildren(
      h("form", { class: "stack", onsubmit: (event) => this.draw(event) },
        h("h2", {}, t("planning.isochrones")), this.minutes, this.inward, this.ask),
      this.answer, this.counts);
  }

  load() {}

  showFeatures(features) {
    redraw(this.counts, h("h3", {}, t("rolepage.counts")), countTable(features, this.context.countyName));
  }

  /** From the place that is pressed next: the rings on the map, their people in the panel. */
  async draw(event) {
    event.preventDefault();
    const { view, attempt, showTab } = this.context;
    this.ask.disabled = true;
    showTab("map");
    this.answer.textContent = t("rolepage.planner.picking");
    const place = await view.pickPlace();
    this.answer.textContent = place ? t("rolepage.planner.working") : "";
    if (place) await this.show(place, attempt, view);
    this.ask.disabled = false;
    showTab("queue");
  }

  async show({ lng, lat }, attempt, view) {
    const query = new URLSearchParams({
      lon: lng.toFixed(6), lat: lat.toFixed(6), inward: this.inward.readValue(),
      minutes: this.minutes.querySelector("input").value.replaceAll(" ", ""),
    });
    const found = await attempt(() => get(`/v1/isochrones?${query}`));
    this.answer.replaceChildren();
    if (!found) return;
    this.drawn.clearLayers();
    const layer = new IsochroneLayer(this.drawn, found);
    this.answer.append(layer.panel());
    const bounds = layer.bounds();
    if (bounds.isValid() && view.map.getSize().x > 0) view.map.fitBounds(bounds, { maxZoom: 15 });
  }
}
