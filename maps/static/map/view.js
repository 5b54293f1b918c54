// The live map: basemap, layers and controls around the Leaflet map that folium made.

import { createBaseLayer, Ground } from "map/base_layer.js";
import { ClosureLayer } from "map/closure_layer.js";
import { MapControls } from "map/controls.js";
import { CallerFinder } from "map/caller_finder.js";
import { CountLayer } from "map/count_layer.js";
import { Crowding } from "map/crowding.js";
import { IncidentLayer } from "map/incident_layer.js";
import { PlacesLayer } from "map/places_layer.js";
import { RoadCells } from "map/road_cells.js";
import { RouteLayer } from "map/route_layer.js";
import { StreetNames } from "map/street_names.js";
import { TeamLayer } from "map/team_layer.js";
import { identityHeaders } from "shared/identity.js";
import { shortCounty } from "shared/looks.js";
import { settings, t } from "shared/page_data.js";
import { Roving } from "shared/roving.js";

const FAR_ZOOM = 10;
const NAMES_MS = 3000;
// Teams drive all the time; where they stand in each other's way may be seen a little later.
const CROWDING_MS = 500;
// Whether or not it is known by then who is where.
const LATEST_GROUND_MS = 2000;
const PATIENCE_MS = 500;

async function fetchJson(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json", ...identityHeaders() } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

export class MapView extends EventTarget {
  constructor(map) {
    super();
    this.map = map;
    this.countyNames = new Map();
    this.fitted = false;
    map.setMinZoom(6).setMaxZoom(18);
    map.options.zoomSnap = 0.5;
    const options = {
      countyName: (code) => this.countyNames.get(code) ?? code,
      onSelect: (properties) => this.tell("select", properties),
    };
    this.ground = new Ground();
    this.base = createBaseLayer(this.ground);
    this.places = new PlacesLayer(map);
    this.places.obstacles = () => [...this.incidents.known.values(), ...this.teams.markers.values()]
      .map(({ marker }) => marker.getLatLng());
    this.incidents = new IncidentLayer(map, options);
    this.closures = new ClosureLayer(map);
    this.routes = new RouteLayer(map);
    this.teams = new TeamLayer(map, options);
    this.counts = new CountLayer(map, (code) => this.places.countyAt(code));
    this.crowding = new Crowding(map, {
      items: () => [...this.incidents.items(), ...this.teams.items()],
      selected: () => this.incidents.selected,
      onSelect: ({ properties }) => this.tell("select", properties),
      onChange: () => this.markers.refresh(),
    });
    this.markers = new Roving(map.getContainer(), () => this.markerElements());
    this.caller = new CallerFinder(map, (id) => this.incidents.boundsOf(id));
    this.controls = new MapControls(this);
    this.streets = new StreetNames(map);
    this.cells = new RoadCells(map, {
      onFar: (roads) => this.addRoads(roads, null, { far: true }),
      onRoads: (roads, area) => this.addRoads(roads, area),
      onNames: (names) => this.streets.add(names),
    });
    map.on("zoomend", () => this.zoomed());
    setInterval(() => this.teams.refresh(), 1000);
    this.zoomed();
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  zoomed() {
    const zoom = this.map.getZoom();
    this.map.getContainer().classList.toggle("is-far", zoom < FAR_ZOOM);
  }

  addRoads(roads, area, options) {
    this.ground.addSteps(roads, options);
    this.base.repaint(area);
  }

  /**
   * From now on the ground of what is shown is asked for and drawn; before, the map would soon move
   * away. Tiles wait for their roads a moment, so that they are painted once.
   */
  async startGround() {
    if (this.isDrawn) return;
    this.isDrawn = true;
    if (!settings.embedded) {
      this.map.on("moveend resize", () => this.cells.load());
      await Promise.race([this.cells.load(), new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS); })]);
    }
    this.base.addTo(this.map);
  }

  /** Load counties and names; a missing one leaves the map usable without it. */
  async loadGround() {
    setTimeout(() => this.startGround(), LATEST_GROUND_MS);
    const embedded = settings.embedded;
    const counties = await (embedded?.counties ?? fetchJson(settings.counties));
    for (const { properties } of counties.features) {
      this.countyNames.set(properties.code, shortCounty(properties.name));
    }
    this.ground.addCounties(counties);
    this.places.setCounties(counties);
    this.counts.draw();
    if (embedded) this.ground.addRoads(embedded.basemap);
    this.base.repaint();
    try {
      this.places.setPlaces(await (embedded?.places ?? fetchJson(settings.places)));
    } catch (error) {
      console.warn(error.message);
    }
  }

  showStreets(shown) {
    this.streets.setShown(shown);
    this.cells.isShown.names = shown;
    if (this.isDrawn && !settings.embedded) this.cells.load();
  }

  show(collection) {
    const of = (kind) => collection.features.filter(({ properties }) => properties.kind === kind);
    this.incidents.show(of("incident"), of("caller_area"));
    this.routes.show(of("route"));
    this.teams.show(of("team"), collection.ages);
    this.counts.show(of("county_count"));
    this.places.draw();
    this.crowding.arrange();
    this.showEmpty();
    if (!this.fitted && collection.features.length > 0) {
      this.fitted = true;
      this.fitAll({ animate: false });
    }
    this.startGround();
    this.caller.look();
  }

  /** Draw what changed of the incidents and teams that were looked at (`/v1/changed`). */
  update(collection, { incidents, teams }) {
    const of = (kind) => collection.features.filter(({ properties }) => properties.kind === kind);
    this.incidents.update(of("incident"), of("caller_area"), incidents);
    this.routes.update(of("route"), teams);
    this.teams.update(of("team"), collection.ages, teams);
    this.placeNamesSoon();
    this.arrangeSoon();
    this.showEmpty();
    this.caller.look();
  }

  /** Once for several changes: it looks at every marker. */
  arrangeSoon() {
    this.arranging ??= setTimeout(() => {
      this.arranging = null;
      this.crowding.arrange();
    }, CROWDING_MS);
  }

  /** Names make room for markers; that can wait until several have come. */
  placeNamesSoon() {
    this.naming ??= setTimeout(() => {
      this.naming = null;
      this.places.draw();
    }, NAMES_MS);
  }

  showEmpty() {
    this.controls.setEmpty(this.incidents.known.size === 0 && this.counts.rows.length === 0);
  }

  move(positions) {
    this.teams.move(positions);
    this.arrangeSoon();
  }

  /** To the marker that the tab key would reach, or the map itself. */
  focusMarkers() {
    const elements = this.markerElements();
    (elements.find((each) => each.tabIndex === 0) ?? this.map.getContainer()).focus({ preventScroll: true });
  }

  /** Every marker that can be pressed, incidents first: they are walked with the arrow keys. */
  markerElements() {
    return ["crowds", "incidents", "teams"].flatMap((name) => [...this.map.getPane(name).children])
      .filter((each) => !each.hidden && each.getAttribute("role") === "button");
  }

  fitAll(options = {}) {
    const bounds = L.latLngBounds([]);
    for (const { marker } of this.incidents.known.values()) bounds.extend(marker.getLatLng());
    for (const { outline } of this.incidents.outlines.values()) bounds.extend(outline.getBounds());
    if (!bounds.isValid()) {
      for (const { marker } of this.teams.markers.values()) bounds.extend(marker.getLatLng());
    }
    this.waiting = this.map.getSize().x === 0;
    if (bounds.isValid() && !this.waiting) {
      const paddingBottomRight = [this.controls.coveredPx(), 0];
      this.map.fitBounds(bounds.pad(0.08), { maxZoom: 14, paddingBottomRight, ...options });
    }
  }

  /**
   * Mark a case and move to its caller, as soon as it is known where that is. `polite` leaves the map
   * where somebody is working on it, and offers a button instead.
   */
  select(id, { zoom = true, polite = false } = {}) {
    this.incidents.select(id);
    this.crowding.arrange();
    this.caller.follow(id, { move: zoom, polite });
  }

  /** The map became visible or changed its size. */
  resized() {
    this.map.invalidateSize();
    if (this.map.getSize().x === 0) return;
    if (this.caller.isWaiting()) {
      this.waiting = false;
      this.caller.look();
    } else if (this.waiting) {
      this.waiting = false;
      this.fitAll({ animate: false });
    }
  }

  /** Ask for one place on the map; resolves to null when given up with Escape. */
  pickPlace() {
    const container = this.map.getContainer();
    container.classList.add("is-picking");
    return new Promise((resolve) => {
      const finish = (latlng) => {
        container.classList.remove("is-picking");
        this.map.off("click", picked);
        // What was done to find a place is done.
        this.caller.forgetTouch();
        document.removeEventListener("keydown", escaped);
        resolve(latlng);
      };
      const picked = (event) => finish(event.latlng);
      const escaped = (event) => event.key === "Escape" && finish(null);
      this.map.on("click", picked);
      document.addEventListener("keydown", escaped);
    });
  }

  /** Show the area that contradicts the selected one and was set aside (GeoJSON), or none. */
  showAside(area) {
    this.aside?.remove();
    this.aside = area
      ? L.geoJSON(area, {
        pane: "areas",
        style: () => ({ className: "area area--aside", weight: 2, dashArray: "2 7", fillOpacity: 0.06 }),
        pointToLayer: (_, at) => L.circleMarker(at, { pane: "areas", className: "area area--aside", radius: 9 }),
      }).bindTooltip(t("belief.aside"), { sticky: true, className: "tip" }).addTo(this.map)
      : null;
  }

  /** Show or hide the circle of a call that is being entered by hand. */
  sketchCircle(latlng, radius) {
    this.sketch?.remove();
    this.sketch = latlng
      ? L.circle(latlng, { radius, pane: "areas", className: "area sketch", weight: 2, dashArray: "4 6" }).addTo(this.map)
      : null;
  }
}
