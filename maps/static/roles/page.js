// The page of a role that takes no calls: its own work beside the map that it may see.

import { Notices } from "console/notices.js";
import { forgetAll, typedBy } from "console/typed_text.js";
import { ConnectionBanner } from "map/connection_banner.js";
import { LiveFeed } from "map/live_feed.js";
import { MapView } from "map/view.js";
import { AdministratorPanel } from "roles/administrator_panel.js";
import { PlannerPanel } from "roles/planner_panel.js";
import { TeamPanel } from "roles/team_panel.js";
import { CLOSURE_CHANGES, CLOSURES, get, Problem, remove, rowsOf } from "shared/api_client.js";
import { identity, person, tellTabs } from "shared/identity.js";
import { watchIdentity } from "shared/other_session.js";
import { settings, t } from "shared/page_data.js";
import { switchLanguage, switchTheme } from "shared/preferences.js";

const PANELS = { team: TeamPanel, planner: PlannerPanel, administrator: AdministratorPanel };
const part = (name) => document.querySelector(`[data-part="${name}"]`);

class RolePage {
  constructor() {
    this.view = new MapView(window.live_map);
    this.notices = new Notices(part("notices"), part("speaker"));
    this.feed = new LiveFeed(settings, () => this.panel?.load());
    this.banner = new ConnectionBanner(document.querySelector(".map-stage"), this.feed);
  }

  async start() {
    typedBy(person.username);
    watchIdentity(() => this.toLogin());
    this.wire();
    const me = await this.attempt(() => get("/v1/me"));
    await this.attempt(() => this.view.loadGround());
    if (me) this.showPerson(me);
    await this.loadClosures();
    await this.feed.start();
    document.documentElement.dataset.ready = "true";
  }

  wire() {
    part("theme").addEventListener("click", switchTheme);
    part("language").addEventListener("click", switchLanguage);
    part("logout").addEventListener("click", () => this.logout());
    for (const tab of document.querySelectorAll("button[data-tab]")) {
      tab.addEventListener("click", () => this.showTab(tab.dataset.tab));
    }
    this.feed.addEventListener("features", ({ detail }) => this.showFeatures(detail));
    this.feed.addEventListener("changed", ({ detail }) => this.showChanged(detail));
    this.feed.addEventListener("positions", ({ detail }) => this.view.move(detail));
    this.feed.addEventListener("change", ({ detail }) => this.heard(detail));
    this.feed.addEventListener("session", () => this.toLogin());
    this.feed.addEventListener("state", ({ detail }) => this.showConnection(detail));
    identity.addEventListener("other", () => this.stop());
  }

  showPerson(me) {
    part("person").textContent = me.username;
    part("role").textContent = t(`role.${me.role}`);
    this.panel = new PANELS[me.role](part("panel"), {
      me,
      view: this.view,
      notices: this.notices,
      attempt: (work) => this.attempt(work),
      countyName: (code) => this.view.countyNames.get(code) ?? code,
      counties: () => [...this.view.countyNames].sort((a, b) => a[1].localeCompare(b[1], "ro")),
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

  showConnection({ connected, restored }) {
    const chip = part("connection");
    chip.className = `badge ${connected ? "good" : "alert"}`;
    chip.textContent = t(connected ? "live.on" : "live.connecting");
    if (restored) this.notices.good(t("live.restored"));
  }

  async loadClosures() {
    const rows = await this.attempt(() => get(CLOSURES));
    if (rows) this.view.closures.show(rowsOf(rows));
  }

  showTab(name) {
    document.body.dataset.tab = name;
    for (const tab of document.querySelectorAll("button[data-tab]")) {
      if (tab.dataset.tab === name) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
    this.view.resized();
  }

  /** Do something that may be refused: the refusal is shown, the answer returned. */
  async attempt(work) {
    try {
      return (await work()) ?? true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 401) this.toLogin();
      if (error.code !== "other_session") this.notices.problem(error);
      return null;
    }
  }

  stop() {
    this.feed.stop();
    this.panel?.stop?.();
  }

  async logout() {
    this.stop();
    forgetAll();
    await this.attempt(() => remove("/v1/sessions"));
    tellTabs({ isOver: true });
    window.location.assign("/login");
  }

  toLogin() {
    window.location.assign(`/login?next=${encodeURIComponent(window.location.pathname)}`);
  }
}

const page = new RolePage();
window.dispatch119 = { view: page.view, page };
await page.start();
