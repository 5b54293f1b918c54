// All centres at a glance: a list or a map of tiles; on a wall the tiles alone, without a button.

import { Problem, remove } from "shared/api_client.js";
import { ageText, clockTime, nowMs, syncClock, tickAges } from "shared/clock.js";
import { h, icon } from "shared/dom.js";
import { identity, person, tellTabs } from "shared/identity.js";
import { watchIdentity } from "shared/other_session.js";
import { settings, t } from "shared/page_data.js";
import { switchLanguage, switchTheme } from "shared/preferences.js";
import { forgetAll } from "shared/typed_text.js";
import { OverviewFeed } from "supervision/overview_feed.js";
import { Table } from "supervision/table.js";
import { Tiles } from "supervision/tiles.js";
import { Totals } from "supervision/totals.js";

// The counts are read every 15 s whatever happens; twice missed they are not those of now.
const STALE_MS = 40000;
const VIEW = "dispatch119_centres_view";
const part = (name) => document.querySelector(`[data-part="${name}"]`);
const day = new Intl.DateTimeFormat(settings.language === "en" ? "en-GB" : "ro-RO", {
  weekday: "long", day: "numeric", month: "long", timeZone: "Europe/Bucharest",
});

class CentresPage {
  constructor() {
    this.isWall = Boolean(settings.wall);
    this.totals = new Totals(part("totals"));
    this.views = { list: new Table(), map: new Tiles() };
    this.feed = new OverviewFeed({ centres: settings.centres, stream: settings.stream });
    this.readAtMs = null;
    this.lostAt = null;
  }

  async start() {
    watchIdentity(() => this.toLogin());
    identity.addEventListener("other", () => this.feed.stop());
    this.feed.addEventListener("features", ({ detail }) => this.show(detail));
    this.feed.addEventListener("session", () => this.toLogin());
    this.feed.addEventListener("state", ({ detail }) => this.showConnection(detail));
    if (!this.isWall) this.wire();
    this.choose(this.isWall ? "map" : localStorage.getItem(VIEW) ?? "list");
    setInterval(() => this.tick(), 1000);
    this.tick();
    await this.feed.start();
    document.documentElement.dataset.ready = "true";
  }

  wire() {
    part("person").textContent = person?.username ?? "";
    part("theme").addEventListener("click", switchTheme);
    part("language").addEventListener("click", switchLanguage);
    part("logout").addEventListener("click", () => this.logout());
    for (const button of document.querySelectorAll("button[data-view]")) {
      button.addEventListener("click", () => {
        localStorage.setItem(VIEW, button.dataset.view);
        this.choose(button.dataset.view);
      });
    }
  }

  choose(view) {
    this.view = this.views[view] ?? this.views.list;
    part("board").replaceChildren(this.view.element);
    for (const button of document.querySelectorAll("button[data-view]")) {
      button.setAttribute("aria-pressed", String(this.views[button.dataset.view] === this.view));
    }
    if (this.overview) this.view.show(this.overview.centres);
  }

  show(overview) {
    syncClock(overview.at);
    this.overview = overview;
    this.readAtMs = nowMs();
    this.totals.show(overview);
    this.view.show(overview.centres);
    this.tick();
  }

  showConnection({ connected, lostAt }) {
    this.lostAt = connected ? null : lostAt;
    const chip = part("connection");
    if (chip) {
      chip.className = `badge ${connected ? "good" : "alert"}`;
      chip.textContent = t(connected ? "live.on" : "live.connecting");
    }
    this.tick();
  }

  tick() {
    const now = nowMs();
    const clock = part("clock");
    if (clock) clock.textContent = clockTime(now, { seconds: true });
    if (part("day")) part("day").textContent = day.format(new Date(now));
    tickAges(part("board"));
    this.view.tick?.();
    this.showAge(now);
  }

  /** Old counts are said to be so: on a wall nobody can ask. */
  showAge(now) {
    const age = this.readAtMs === null ? null : now - this.readAtMs;
    const isStale = this.lostAt !== null || (age !== null && age > STALE_MS);
    const note = part("stale");
    document.body.classList.toggle("is-stale", isStale);
    if (note.hidden === isStale) {
      note.hidden = !isStale;
      note.replaceChildren(...(isStale ? [icon("alert"), h("strong", {}), h("span", { class: "number" })] : []));
    }
    if (!isStale) return;
    const [, since, ago] = note.children;
    const at = this.readAtMs ?? this.lostAt;
    since.textContent = t(this.readAtMs === null ? "centres.never_read" : "centres.stale", { time: clockTime(at, { seconds: true }) });
    ago.textContent = ageText((now - at) / 1000);
  }

  async logout() {
    this.feed.stop();
    forgetAll();
    try {
      await remove("/v1/sessions");
    } catch (error) {
      // Ended already, or not to be reached: the login page is where to go in any case.
      if (!(error instanceof Problem)) throw error;
    }
    tellTabs({ isOver: true });
    window.location.assign("/login");
  }

  toLogin() {
    window.location.assign(`/login?next=${encodeURIComponent(window.location.pathname + window.location.search)}`);
  }
}

const page = new CentresPage();
window.dispatch119 = { page };
await page.start();
