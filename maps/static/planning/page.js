// A planner's map: how far a team gets, or who is far from every base.

import { createBaseLayer, Ground } from "map/base_layer.js";
import { PlacesLayer } from "map/places_layer.js";
import { CoverageLayer } from "planning/coverage_layer.js";
import { IsochroneLayer } from "planning/isochrone_layer.js";
import { h, squareButton } from "shared/dom.js";
import { settings, t } from "shared/page_data.js";

const FROM_ZOOM = 6;
const embedded = settings.embedded;
const map = window.live_map;
const stage = document.querySelector(".map-stage");

function addGround() {
  const ground = new Ground();
  ground.addCounties(embedded.counties);
  ground.addRoads(embedded.basemap);
  createBaseLayer(ground).addTo(map);
  const places = new PlacesLayer(map);
  places.setCounties(embedded.counties);
  places.setPlaces(embedded.places);
}

function addButtons(layer) {
  stage.append(
    h("div", { class: "map-buttons" },
      squareButton("plus", t("map.zoom_in"), () => map.zoomIn()),
      squareButton("minus", t("map.zoom_out"), () => map.zoomOut()),
      squareButton("fit", t("planning.fit"), () => fit(layer))),
    h("p", { class: "map-attribution" }, settings.attribution));
}

function fit(layer) {
  const narrow = window.innerWidth <= 820;
  const free = narrow ? { paddingBottomRight: [10, window.innerHeight * 0.44] } : { paddingTopLeft: [370, 20] };
  map.fitBounds(layer.bounds(), { animate: false, maxZoom: 15, ...free });
}

map.setMinZoom(FROM_ZOOM).setMaxZoom(18);
map.options.zoomSnap = 0.25;
addGround();
const layer = embedded.isochrones
  ? new IsochroneLayer(map, embedded.isochrones)
  : new CoverageLayer(map, embedded.coverage);
stage.append(layer.panel());
addButtons(layer);
fit(layer);
document.documentElement.dataset.ready = "true";
