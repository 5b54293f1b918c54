// The page of a role that takes no calls: its own work beside the map that it may see.

import { ConnectionBanner } from "map/connection_banner.js";
import { LiveFeed } from "map/live_feed.js";
import { MapView } from "map/view.js";
import { AdministratorPanel } from "roles/administrator_panel.js";
import { PlannerPanel } from "roles/planner_panel.js";
import { TeamPanel } from "roles/team_panel.js";
import { CLOSURE_CHANGES, CLOSURES, get, rowsOf } from "shared/api_client.js";
import { settings, t } from "shared/page_data.js";
import { part, SignedInPage } from "shared/signed_in_page.js";

const PANELS = { team: TeamPanel, planner: PlannerPanel, administrator: AdministratorPanel };

class RolePage extends SignedInPage {
  constructor() {
    super(new MapView(window.live_map), new LiveFeed(settings, () => this.panel?.load()));
    this.banner = new ConnectionBanner(document.querySelector(".map-stage"), this.feed);
  }

  async start() {
    this.open();
    this.wire();
    const me = await this.attempt(() => get("/v1/me"));
    await this.attempt(() => this.view.loadGround());
    if (me) this.showPerson(me);
    await this.loadClosures();
    await this.feed.start();
    document.documentElement.dataset.ready = "true";
  }

  wire() {
    this.feed.addEventListener("features", ({ detail }) => this.showFeatures(detail));
    this.feed.addEventListener("changed", ({ detail }) => this.showChanged(detail));
    this.feed.addEventListener("positions", ({ detail }) => this.view.move(detail));
    this.feed.addEventListener("change", ({ detail }) => this.heard(detail));
  }

  showPerson(me) {
    part("person").textContent = me.username;
    part("role").textContent = t(`role.${me.role}`);
    this.panel = new PANELS[me.role](part("panel"), {
      me,
      view: this.view,
      notices: this.notices,
      attempt: (work) => this.attempt(work),
      countyName: (code) => this.countyName(code),
      counties: () => this.counties(),
      showTab: (name) => this.showTab(name),
    });
  }

  showFeatures(collection) {
    this.view.show(collection);
    this.panel?.showFeatures?.(collection.features);
  }

  /** A team hears of itself by id; its case it asks for anew. */
  showChanged({ looked_at: lookedAt, map }) {
    this.view.update(map, lookedAt);
    this.panel?.load();
  }

  heard({ kind }) {
    if (CLOSURE_CHANGES.has(kind)) this.loadClosures();
    if (kind === "alarm") this.panel?.loadAlarms?.();
  }

  async loadClosures() {
    const rows = await this.attempt(() => get(CLOSURES));
    if (rows) this.view.closures.show(rowsOf(rows));
  }

  stop() {
    super.stop();
    this.panel?.stop?.();
  }
}

const page = new RolePage();
window.dispatch119 = { view: page.view, page };
await page.start();
