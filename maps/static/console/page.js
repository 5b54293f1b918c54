// The dispatcher's page: queue, map and details, kept in step with each other.

import { AidPanel } from "console/aid_panel.js";
import { AlarmBar } from "console/alarm_bar.js";
import { alertArrivals } from "console/alert_arrivals.js";
import { ArrivalsBar } from "console/arrivals_bar.js";
import { ClosedPanel } from "console/closed_panel.js";
import { ClosurePanel } from "console/closure_panel.js";
import { DetailPanel } from "console/detail_panel.js";
import { ElsewherePanel } from "console/elsewhere_panel.js";
import { HandoverPanel } from "console/handover_panel.js";
import { IntakeForm } from "console/intake_form.js";
import { Notices } from "console/notices.js";
import { OfferPanel } from "console/offer_panel.js";
import { QueuePanel } from "console/queue_panel.js";
import { RingingPanel } from "console/ringing_panel.js";
import { Shortcuts } from "console/shortcuts.js";
import { forgetAll, typedBy } from "console/typed_text.js";
import { UnownedPanel } from "console/unowned_panel.js";
import { ConnectionBanner } from "map/connection_banner.js";
import { LiveFeed } from "map/live_feed.js";
import { MapView } from "map/view.js";
import { CLOSURE_CHANGES, get, post, Problem, remove, rowsOf } from "shared/api_client.js";
import { nowMs } from "shared/clock.js";
import { identity, person, tellTabs } from "shared/identity.js";
import { watchIdentity } from "shared/other_session.js";
import { settings, t } from "shared/page_data.js";
import { switchLanguage, switchTheme } from "shared/preferences.js";

// A ranking is reckoned anew, which costs the server more than reading.
const RANKING_MS = 2000;
const OFFERS_MS = 500;
const DUE_MS = 5000;
const RANKED_ANEW = new Set(["team", "assignment", "closure", "roads", "reconnected"]);
// What was done to it is in the address: that much is read again, whatever the stream tells.
const DONE_TO = /^\/v1\/(incident|call|team|assignment)s\/([0-9a-f-]{36})/;
// As many rows as the interface gives; whoever waits longest comes first and is never cut off.
const MOST = 1000;
const part = (name) => document.querySelector(`[data-part="${name}"]`);

/** Where a call stands by the answer to its report alone: enough to go on writing what is said. */
function standingBy({ call_id: callId, owner, incident_id: incidentId, incident_number: number }) {
  return {
    call_id: callId, county: owner ?? null, incident_id: incidentId, incident_number: number, state: null,
    at: new Date(nowMs()).toISOString(),
  };
}

class Console {
  constructor() {
    this.view = new MapView(window.live_map);
    this.feed = new LiveFeed(settings, () => this.loadLists());
    this.notices = new Notices(part("notices"), part("speaker"));
    this.banner = new ConnectionBanner(document.querySelector(".map-stage"), this.feed);
    this.countyName = (code) => this.view.countyNames.get(code) ?? code;
    this.permissions = new Set();
    const may = (what) => this.permissions.has(what);
    this.queue = new QueuePanel(part("queue"), {
      countyName: this.countyName,
      onSelect: (id) => this.select(id),
      onNew: (incident) => this.announce(incident),
    });
    const shared = {
      counties: () => [...this.view.countyNames].sort((a, b) => a[1].localeCompare(b[1], "ro")),
      act: (path, values, done, send) => this.act(path, values, done, send),
      attempt: (work) => this.attempt(work),
      feed: this.feed,
      countyName: this.countyName,
      onSelect: (id) => this.select(id),
      onBack: () => this.showTab("queue"),
    };
    this.handovers = new HandoverPanel(part("handovers"), shared);
    this.unowned = new UnownedPanel(part("unowned"), shared);
    this.ringing = new RingingPanel(part("ringing"), {
      ...shared, view: this.view, me: () => this.me, reload: () => this.loadRinging(),
    });
    this.arrivals = new ArrivalsBar(part("arrivals"), part("tone"), {
      countyName: this.countyName,
      onIncident: (id) => this.select(id),
      onCall: (id) => this.showUnowned(id),
    });
    this.alarms = new AlarmBar(part("alarms"), {
      ...shared, may, tone: this.arrivals.tone, say: (text) => this.notices.say(text),
      onPlace: (place) => this.showPlace(place), onChange: () => this.arrivals.raise(this.alarms.isLoud),
    });
    this.aid = new AidPanel(part("aid"), {
      ...shared, may, myCounties: () => this.myCounties ?? [], showAside: (area) => this.view.showAside(area),
    });
    this.offers = new OfferPanel(part("offers"), shared);
    this.closed = new ClosedPanel(part("closed"), shared);
    this.elsewhere = new ElsewherePanel(part("elsewhere"), { ...shared, onStanding: (standing) => this.showStanding(standing) });
    this.detail = new DetailPanel(part("detail"), {
      ...shared,
      may,
      me: () => this.me,
      misdial: (incident, version) => this.misdial(incident, version),
      showAside: (area) => this.view.showAside(area),
    });
    this.closures = new ClosurePanel(this.view, {
      may,
      myCounties: () => this.myCounties ?? [],
      countyName: this.countyName,
      notices: this.notices,
      showTab: (name) => this.showTab(name),
      attempt: (work) => this.attempt(work),
    });
    this.intake = new IntakeForm(part("intake"), {
      view: this.view,
      countyName: this.countyName,
      showTab: (name) => this.showTab(name),
      attempt: (send) => this.attempt(send),
      notices: this.notices,
      onCall: (answer, text) => this.callTaken(answer, text),
    });
  }

  /** What the keys do; each names the sentence in the list of keys. */
  keys() {
    const focus = (element) => element?.focus();
    const press = (name) => document.querySelector(`[data-key="${name}"]`)?.click();
    return [
      ["n", "keys.new_call", () => part("new-call").hidden || this.intake.open()],
      ["o", "keys.oldest", () => press("arrivals-open")],
      ["l", "keys.list", () => { this.showTab("queue"); this.queue.focus(); }],
      ["j", "keys.next", () => this.selectBeside(1)],
      ["k", "keys.previous", () => this.selectBeside(-1)],
      ["d", "keys.detail", () => focus(part("detail").querySelector("h2"))],
      ["a", "keys.assign", () => this.selected && this.detail.teams.focusBest()],
      ["h", "keys.map", () => { this.showTab("map"); this.view.focusMarkers(); }],
      ["z", "keys.caller", () => this.view.caller.show()],
      ["s", "keys.silence", () => press("arrivals-silence")],
    ];
  }

  /** A team does not go: to the case, and to the button of the next best one. */
  async selectForTeam(id) {
    await this.select(id);
    this.detail.teams.focusBest();
  }

  async selectBeside(step) {
    const id = this.queue.beside(step);
    if (!id) return;
    await this.selectAndGo(id);
  }

  /** To the name of the case at once, so that who goes on meanwhile is not called back. */
  selectAndGo(id, options) {
    const opened = this.select(id, options);
    part("detail").querySelector("h2")?.focus({ preventScroll: true });
    return opened;
  }

  async start() {
    // Before anything is read or put back: what a former person typed is not for this one.
    typedBy(person.username);
    watchIdentity(() => this.toLogin());
    this.wire();
    const me = await this.attempt(() => get("/v1/me"));
    if (me) this.showPerson(me);
    await this.attempt(() => this.view.loadGround());
    this.showCounties();
    await this.closures.load();
    await this.feed.start();
    // What becomes due by the clock alone is told by nobody.
    this.looking = setInterval(() => this.showArrivals(), DUE_MS);
    document.documentElement.dataset.ready = "true";
  }

  wire() {
    part("theme").addEventListener("click", switchTheme);
    part("language").addEventListener("click", switchLanguage);
    new Shortcuts(part("keys"), this.keys());
    part("logout").addEventListener("click", () => this.logout());
    part("new-call").addEventListener("click", () => this.intake.open());
    for (const tab of document.querySelectorAll("button[data-tab]")) {
      tab.addEventListener("click", () => this.showTab(tab.dataset.tab));
    }
    this.view.addEventListener("select", ({ detail }) => detail.incident_id && this.select(detail.incident_id, { zoom: false }));
    this.feed.addEventListener("features", ({ detail }) => this.showFeatures(detail));
    this.feed.addEventListener("positions", ({ detail }) => this.view.move(detail));
    this.feed.addEventListener("changed", ({ detail }) => this.showChanged(detail));
    this.feed.addEventListener("change", ({ detail }) => this.changed(detail));
    this.feed.addEventListener("session", () => this.toLogin());
    identity.addEventListener("other", () => this.stop());
    this.feed.addEventListener("state", ({ detail }) => this.showConnection(detail));
  }

  showFeatures(collection) {
    this.view.show(collection);
    this.view.select(this.selected ?? null, { zoom: false });
  }

  showPerson({ username, role, counties, permissions = [] }) {
    this.permissions = new Set(permissions);
    this.me = username;
    part("person").textContent = username;
    part("role").textContent = t(`role.${role}`);
    this.myCounties = counties;
    part("closed").hidden = !this.permissions.has("handle_incidents");
    part("new-call").hidden = !this.permissions.has("take_calls");
  }

  showCounties() {
    const codes = this.myCounties ?? [];
    const all = codes.length >= 42;
    const few = codes.length <= 2;
    part("counties").textContent = all
      ? t("console.counties.all")
      : few ? codes.map(this.countyName).join(", ") : t("console.counties.some", { n: codes.length });
    part("counties").title = codes.map(this.countyName).join(", ");
  }

  showConnection({ connected, restored }) {
    const chip = part("connection");
    chip.className = `badge ${connected ? "good" : "alert"}`;
    chip.textContent = t(connected ? "live.on" : "live.connecting");
    if (restored) this.notices.good(t("live.restored"));
  }

  /** All lists, whole: at first, and whenever changes may have been missed. */
  async loadLists() {
    if (!this.permissions.has("read_incidents")) return;
    await this.loadAlarms();
    if (this.permissions.has("read_calls")) {
      await this.loadRinging();
      const calls = await this.attempt(() => get(`/v1/calls?open_only=true&limit=${MOST}`));
      if (calls) this.unowned.show(rowsOf(calls));
    }
    await this.loadHandovers();
    await this.loadOffers();
    await this.loadAid();
    const rows = await this.attempt(() => get(`/v1/incidents?limit=${MOST}`));
    if (rows) this.queue.show(rowsOf(rows).filter(({ state }) => state !== "closed"));
    this.showArrivals();
    if (this.selected) await this.followSelected();
  }

  async loadRinging() {
    if (!this.permissions.has("read_calls")) return;
    await this.ringing.load();
    this.showArrivals();
  }

  async loadHandovers() {
    if (this.permissions.has("handle_incidents")) await this.handovers.load();
  }

  async loadAlarms() {
    if (this.permissions.has("hear_alarms")) await this.alarms.load();
  }

  async loadAid() {
    if (!this.permissions.has("hear_of_aid")) return;
    await this.aid.load();
    this.showArrivals();
  }

  showPlace(place) {
    this.showTab("map");
    this.view.showAside({ type: "Point", coordinates: [place.lon, place.lat] });
    this.view.map.setView([place.lat, place.lon], 16);
  }

  async loadOffers() {
    if (this.permissions.has("handle_incidents")) await this.offers.load();
  }

  showArrivals() {
    // Whoever only watches has nothing to take.
    if (["handle_incidents", "take_calls"].some((what) => this.permissions.has(what))) {
      const field = alertArrivals(this.queue.incidents, (id) => this.selectForTeam(id));
      this.arrivals.show(this.queue.incidents, this.unowned.waiting, [...field, ...this.aid.waiting, ...this.ringing.waiting]);
    }
  }

  /** What of the lists and the map has changed, and nothing else. */
  showChanged({ looked_at: lookedAt, incidents, calls, map }) {
    this.view.update(map, lookedAt);
    this.queue.update(incidents, lookedAt.incidents);
    this.unowned.update(calls, lookedAt.calls);
    this.showArrivals();
    if (lookedAt.incidents.includes(this.selected)) this.followSelected();
  }

  changed(change) {
    const { kind } = change;
    this.roadsChanged(change);
    // An offer is told as a change of the call that it may belong to.
    if (kind === "call") this.offersSoon();
    if (kind === "handover") this.loadHandovers();
    if (kind === "ringing") this.loadRinging();
    if (kind === "alarm") this.loadAlarms();
    if (kind === "aid_request") this.loadAid();
    if (RANKED_ANEW.has(kind)) this.rankSoon();
  }

  offersSoon() {
    this.offering ??= setTimeout(() => {
      this.offering = null;
      this.loadOffers();
    }, OFFERS_MS);
  }

  /** Once for whatever comes within a while, and never put off by it. */
  rankSoon() {
    if (!this.selected) return;
    this.ranking ??= setTimeout(async () => {
      this.ranking = null;
      if (this.detail.isRanked()) await this.attempt(() => this.detail.loadRecommendation());
    }, RANKING_MS);
  }

  /** After something was done here: what it was done to, or everything where nobody can say. */
  reload(path = "") {
    const [, kind, id] = DONE_TO.exec(path) ?? [];
    return kind ? this.feed.changed({ kind, id }) : this.feed.readEverything();
  }

  /** Other roads, other times: the ranking is asked for again as well. */
  roadsChanged({ kind }) {
    if (!CLOSURE_CHANGES.has(kind)) return;
    if (kind === "roads") this.notices.good(t("closure.recomputed"));
    this.closures.load();
  }

  async followSelected() {
    const row = this.queue.find(this.selected);
    if (row) await this.attempt(() => this.detail.follow(row));
    // A closed one is on no list; whoever looked it up, or writes about it, keeps it.
    else if (this.detail.isKeptOpen()) await this.attempt(() => this.detail.reload());
    else {
      await this.select(null);
      this.showTab("queue");
    }
  }

  /** A call of no county has no case to open: the list is shown at its card. */
  async showUnowned(id) {
    await this.select(null);
    this.showTab("queue");
    this.unowned.focus(id);
  }

  async select(id, { zoom = true, polite = false } = {}) {
    this.selected = id;
    this.arrivals.claim(id);
    this.queue.select(id);
    this.elsewhere.hide();
    document.body.classList.toggle("has-detail", Boolean(id));
    if (id) this.showTab("detail");
    this.view.select(id, { zoom, polite });
    await this.attempt(() => this.detail.open(id, this.queue.find(id)));
  }

  /** A call of ours is shown as its case; one of another county, or of none, as what it is. */
  async showStanding(standing) {
    const { incident_id: id, county } = standing;
    await this.select(id && this.myCounties?.includes(county) ? id : null);
    if (this.selected) return;
    this.elsewhere.show(standing);
    document.body.classList.add("has-detail");
    this.showTab("detail");
  }

  async misdial({ id, number }, version) {
    const answer = await this.attempt(() => post(`/v1/incidents/${id}/misdial`, { expected_version: version }));
    if (answer) {
      this.notices.undoable(t("action.misdial.done", { number }), t("action.misdial.undo"), () => this.act(
        `/v1/incidents/${id}/reopen`, { reason: t("action.misdial.undone"), expected_version: answer.version },
        t("action.reopen.done", { number })));
    }
    this.reload(`/v1/incidents/${id}`);
    return answer;
  }

  /** Do something that may be refused: the refusal is shown, the answer returned. */
  async attempt(work) {
    try {
      return (await work()) ?? true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 401) this.toLogin();
      // The whole page says it, and nothing else of the former person's work.
      if (error.code === "other_session") return null;
      this.notices.problem(error);
      return null;
    }
  }

  async act(path, values, done, send = post) {
    const answer = await this.attempt(() => send(path, values));
    if (answer) this.notices.good(done);
    this.reload(path);
    return answer;
  }

  announce(incident) {
    this.notices.say(t("console.new_incident", { number: incident.number, county: this.countyName(incident.county) }));
  }

  async callTaken(answer, text) {
    // First of all: whatever comes now, it is not about the case that was open.
    await this.select(null);
    this.notices.good(text);
    await this.feed.readEverything();
    if (this.queue.find(answer.incident_id)) return this.selectAndGo(answer.incident_id, { polite: true });
    const standing = await this.attempt(() => get(`/v1/calls/${answer.call_id}/standing`));
    return this.showStanding(standing ?? standingBy(answer));
  }

  showTab(name) {
    document.body.dataset.tab = name;
    for (const tab of document.querySelectorAll("button[data-tab]")) {
      if (tab.dataset.tab === name) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
    this.view.resized();
  }

  /** For good: of somebody who is not signed in nothing is asked for, shown or sounded. */
  stop() {
    this.feed.stop();
    this.arrivals.stop();
    this.alarms.stop();
    clearInterval(this.looking);
    clearTimeout(this.ranking);
    clearTimeout(this.offering);
  }

  async logout() {
    this.feed.stop();
    forgetAll();
    await this.attempt(() => remove("/v1/sessions"));
    tellTabs({ isOver: true });
    window.location.assign("/login");
  }

  toLogin() {
    window.location.assign(`/login?next=${encodeURIComponent(window.location.pathname)}`);
  }
}

const page = new Console();
window.dispatch119 = { view: page.view, page };
await page.start();
