// The dispatcher's page: queue, map and details, kept in step with each other.

import { AidPanel } from "console/aid_panel.js";
import { AlarmBar } from "console/alarm_bar.js";
import { alertArrivals } from "console/alert_arrivals.js";
import { ArrivalsBar } from "console/arrivals_bar.js";
import { ClosurePanel } from "console/closure_panel.js";
import { DetailPanel } from "console/detail_panel.js";
import { ElsewherePanel } from "console/elsewhere_panel.js";
import { HandoverPanel } from "console/handover_panel.js";
import { Lists } from "console/lists.js";
import { IntakeForm } from "console/intake_form.js";
import { OfferPanel } from "console/offer_panel.js";
import { choosePost } from "console/post.js";
import { QueuePanel } from "console/queue_panel.js";
import { RingingPanel } from "console/ringing_panel.js";
import { SearchPanel } from "console/search_panel.js";
import { Shortcuts } from "console/shortcuts.js";
import { TransferPanel } from "console/transfer_panel.js";
import { UnownedPanel } from "console/unowned_panel.js";
import { ConnectionBanner } from "map/connection_banner.js";
import { LiveFeed } from "map/live_feed.js";
import { MapView } from "map/view.js";
import { CLOSURE_CHANGES, get, post } from "shared/api_client.js";
import { nowMs } from "shared/clock.js";
import { settings, t } from "shared/page_data.js";
import { part, SignedInPage } from "shared/signed_in_page.js";

// A ranking is reckoned anew, which costs the server more than reading.
const RANKING_MS = 2000;
const DUE_MS = 5000;
const RANKED_ANEW = new Set(["team", "assignment", "closure", "roads", "reconnected"]);
// What was done to it is in the address: that much is read again, whatever the stream tells.
const DONE_TO = /^\/v1\/(incident|call|team|assignment)s\/([0-9a-f-]{36})/;

/** Where a call stands by the answer to its report alone: enough to go on writing what is said. */
function standingBy({ call_id: callId, owner, incident_id: incidentId, incident_number: number }) {
  return {
    call_id: callId, county: owner ?? null, incident_id: incidentId, incident_number: number, state: null,
    at: new Date(nowMs()).toISOString(),
  };
}

class Console extends SignedInPage {
  constructor() {
    super(new MapView(window.live_map), new LiveFeed(settings, () => this.loadLists()));
    this.banner = new ConnectionBanner(document.querySelector(".map-stage"), this.feed);
    const countyName = (code) => this.countyName(code);
    this.permissions = new Set();
    const may = (what) => this.permissions.has(what);
    this.queue = new QueuePanel(part("queue"), {
      countyName,
      onSelect: (id) => this.select(id),
      onNew: (incident) => this.announce(incident),
    });
    const shared = {
      counties: () => this.counties(),
      act: (path, values, done, send) => this.act(path, values, done, send),
      attempt: (work) => this.attempt(work),
      feed: this.feed,
      countyName,
      onSelect: (id) => this.select(id),
      onBack: () => this.showTab("queue"),
    };
    this.handovers = new HandoverPanel(part("handovers"), shared);
    this.unowned = new UnownedPanel(part("unowned"), shared);
    this.ringing = new RingingPanel(part("ringing"), {
      ...shared, view: this.view, me: () => this.me, reload: () => this.lists.load("ringing"),
      step: (id, name, said) => this.step(id, name, said),
      caseOf: (id) => this.queue.find(id),
      misdial: (incident, version) => this.misdial(incident, version),
    });
    this.transfers = new TransferPanel(part("transfers"), {
      ...shared, myCounties: () => this.myCounties ?? [], onLate: () => this.showArrivals(),
    });
    choosePost(part("post"), (name) => this.ringing.movedTo(name));
    this.arrivals = new ArrivalsBar(part("arrivals"), part("tone"), {
      countyName,
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
    this.search = new SearchPanel(part("search"), shared);
    this.elsewhere = new ElsewherePanel(part("elsewhere"), { ...shared, onStanding: (standing) => this.showStanding(standing) });
    this.detail = new DetailPanel(part("detail"), {
      ...shared,
      may,
      me: () => this.me,
      view: this.view,
      misdial: (incident, version) => this.misdial(incident, version),
      isIncoming: (id) => this.transfers.isIncoming(id),
      showAside: (area) => this.view.showAside(area),
    });
    const { alarms, ringing, unowned, handovers, offers, aid, transfers } = this;
    this.lists = new Lists({ alarms, ringing, unowned, handovers, offers, aid, transfers }, this.queue,
      { may, attempt: (work) => this.attempt(work), onShown: () => this.showLists() });
    this.closures = new ClosurePanel(this.view, {
      may,
      myCounties: () => this.myCounties ?? [],
      countyName,
      notices: this.notices,
      showTab: (name) => this.showTab(name),
      attempt: (work) => this.attempt(work),
    });
    this.intake = new IntakeForm(part("intake"), {
      view: this.view,
      countyName,
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
    this.open();
    this.wire();
    const me = await this.attempt(() => get("/v1/me"));
    if (me) this.showPerson(me);
    await this.attempt(() => this.view.loadGround());
    this.showCounties();
    await this.closures.load();
    await this.feed.start();
    await this.goToPlace();
    // What becomes due by the clock alone is told by nobody.
    this.looking = setInterval(() => this.showArrivals(), DUE_MS);
    document.documentElement.dataset.ready = "true";
  }

  wire() {
    new Shortcuts(part("keys"), this.keys());
    part("new-call").addEventListener("click", () => this.intake.open());
    this.view.addEventListener("select", ({ detail }) => detail.incident_id && this.select(detail.incident_id, { zoom: false }));
    this.feed.addEventListener("features", ({ detail }) => this.showFeatures(detail));
    this.feed.addEventListener("positions", ({ detail }) => this.view.move(detail));
    this.feed.addEventListener("changed", ({ detail }) => this.showChanged(detail));
    this.feed.addEventListener("change", ({ detail }) => this.changed(detail));
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
    part("search").hidden = !this.permissions.has("handle_incidents");
    part("centres").hidden = !this.permissions.has("supervise");
    part("new-call").hidden = !this.permissions.has("take_calls");
  }

  showCounties() {
    const codes = this.myCounties ?? [];
    const all = codes.length >= 42;
    const few = codes.length <= 2;
    part("counties").textContent = all
      ? t("console.counties.all")
      : few ? codes.map((code) => this.countyName(code)).join(", ") : t("console.counties.some", { n: codes.length });
    part("counties").title = codes.map((code) => this.countyName(code)).join(", ");
  }

  /** All lists, whole; a refusal is the feed's: what could not be read is read again. */
  async loadLists() {
    // Who came while the server was away is not known yet.
    if (!this.me) this.showPerson(await get("/v1/me"));
    await this.lists.read();
    if (this.selected) await this.followSelected();
  }

  showPlace(place) {
    this.showTab("map");
    this.view.showAside({ type: "Point", coordinates: [place.lon, place.lat] });
    this.view.map.setView([place.lat, place.lon], 16);
  }

  /** The step that a call's form asks for, in the case of that call; never in another one. */
  async step(id, name, said) {
    await this.select(id);
    if (this.selected === id) this.detail.step(id, name, said);
  }

  showLists() {
    this.showArrivals();
    this.detail.showOffered();
  }

  showArrivals() {
    // Whoever only watches has nothing to take.
    if (["handle_incidents", "take_calls"].some((what) => this.permissions.has(what))) {
      const own = this.queue.incidents.filter(({ id }) => !this.transfers.isIncoming(id));
      const field = alertArrivals(own, (id) => this.selectForTeam(id));
      const waiting = [...field, ...this.aid.waiting, ...this.ringing.waiting, ...this.transfers.waiting];
      this.arrivals.show(own, this.unowned.waiting, waiting);
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
    this.lists.changed(kind);
    if (RANKED_ANEW.has(kind)) this.rankSoon();
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

  /** After a reload or a log-in: to the case that was open, where this person has it. */
  async goToPlace({ incident, tab } = this.place) {
    if (incident && !this.selected) await this.select(incident, { polite: true });
    // It may be another county's by now; the refusal has said so.
    if (this.selected && this.feed.connected && !this.detail.incident) await this.select(null);
    if (tab && document.querySelector(`button[data-tab="${tab}"]`)) this.showTab(tab);
  }

  keepPlace() {
    super.keepPlace({ incident: this.selected });
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
    else this.keepPlace();
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
    if (answer?.closing) this.notices.good(t("closing.proposed.done", { number }));
    else if (answer) {
      this.notices.undoable(t("action.misdial.done", { number }), t("action.misdial.undo"), () => this.act(
        `/v1/incidents/${id}/reopen`, { reason: t("action.misdial.undone"), expected_version: answer.version },
        t("action.reopen.done", { number })));
    }
    this.reload(`/v1/incidents/${id}`);
    return answer;
  }

  async act(path, values, done, send = post) {
    const answer = await this.attempt(() => send(path, values));
    // What was done is sometimes known by the answer alone: closed, or proposed to be.
    if (answer) this.notices.good(typeof done === "function" ? done(answer) : done);
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

  stop() {
    super.stop();
    this.arrivals.stop();
    this.alarms.stop();
    clearInterval(this.looking);
    clearTimeout(this.ranking);
    this.lists.stop();
  }
}

const page = new Console();
window.dispatch119 = { view: page.view, page };
await page.start();
