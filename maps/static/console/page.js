// The dispatcher's page: queue, map and details, kept in step with each other.

import { ArrivalsBar } from "console/arrivals_bar.js";
import { ClosedPanel } from "console/closed_panel.js";
import { ClosurePanel } from "console/closure_panel.js";
import { DetailPanel } from "console/detail_panel.js";
import { ElsewherePanel } from "console/elsewhere_panel.js";
import { HandoverPanel } from "console/handover_panel.js";
import { IntakeForm } from "console/intake_form.js";
import { Notices } from "console/notices.js";
import { OfferPanel } from "console/offer_panel.js";
import { choosePost } from "console/post.js";
import { QueuePanel } from "console/queue_panel.js";
import { RingingPanel } from "console/ringing_panel.js";
import { Shortcuts } from "console/shortcuts.js";
import { TransferPanel } from "console/transfer_panel.js";
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
      step: (id, name, said) => this.step(id, name, said),
      caseOf: (id) => this.queue.find(id),
      misdial: (incident, version) => this.misdial(incident, version),
    });
    this.transfers = new TransferPanel(part("transfers"), {
      ...shared, myCounties: () => this.myCounties ?? [], onLate: () => this.showArrivals(),
    });
    choosePost(part("post"), (name) => this.ringing.movedTo(name));
    this.arrivals = new ArrivalsBar(part("arrivals"), part("tone"), {
      countyName: this.countyName,
      onIncident: (id) => this.select(id),
      onCall: (id) => this.showUnowned(id),
    });
    this.offers = new OfferPanel(part("offers"), shared);
    this.closed = new ClosedPanel(part("closed"), shared);
    this.elsewhere = new ElsewherePanel(part("elsewhere"), { ...shared, onStanding: (standing) => this.showStanding(standing) });
    this.detail = new DetailPanel(part("detail"), {
      ...shared,
      may,
      me: () => this.me,
      misdial: (incident, version) => this.misdial(incident, version),
      isIncoming: (id) => this.transfers.isIncoming(id),
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
      ["m", "keys.misdial", () => this.ringing.misdialMine()],
    ];
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
    if (this.permissions.has("read_calls")) {
      await this.loadRinging();
      const calls = await this.attempt(() => get(`/v1/calls?open_only=true&limit=${MOST}`));
      if (calls) this.unowned.show(rowsOf(calls));
    }
    await this.loadHandovers();
    await this.loadOffers();
    await this.loadTransfers();
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

  async loadOffers() {
    if (this.permissions.has("handle_incidents")) await this.offers.load();
  }

  async loadTransfers() {
    if (!this.permissions.has("handle_incidents")) return;
    await this.transfers.load();
    this.showArrivals();
    this.detail.showOffered();
  }

  /** The step that a call's form asks for, in the case of that call; never in another one. */
  async step(id, name, said) {
    await this.select(id);
    if (this.selected === id) this.detail.step(id, name, said);
  }

  showArrivals() {
    // Whoever only watches has nothing to take.
    if (["handle_incidents", "take_calls"].some((what) => this.permissions.has(what))) {
      const own = this.queue.incidents.filter(({ id }) => !this.transfers.isIncoming(id));
      this.arrivals.show(own, this.unowned.waiting, [...this.ringing.waiting, ...this.transfers.waiting]);
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
    if (kind === "transfer_offer") this.loadTransfers();
    if (kind === "ringing") this.loadRinging();
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
