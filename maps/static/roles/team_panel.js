// A team's own page: where it is sent, what it is doing, and its position for as long as it wants.

import { AlertCard } from "roles/alert_card.js";
import { CheckInCard } from "roles/check_in_card.js";
import { MessagesCard } from "roles/messages_card.js";
import { SosButton } from "roles/sos_button.js";
import { get, post, rowsOf } from "shared/api_client.js";
import { ageText, clockTime, percent, secondsSince } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { INCIDENT_LOOKS, TEAM_LOOKS } from "shared/looks.js";
import { t } from "shared/page_data.js";
import { toldElements, triageBadge } from "shared/told.js";

// What a team reports of itself (`teams/availability.py`); the first is what comes next.
const NEXT = {
  available: ["out_of_service"],
  assigned: ["en_route", "on_scene"],
  en_route: ["on_scene"],
  on_scene: ["returning"],
  returning: ["available"],
  out_of_service: ["available"],
};
const SEND_EVERY_MS = 5000;

const known = (value) => (Number.isFinite(value) ? value : null);

export class TeamPanel {
  constructor(holder, context) {
    this.context = context;
    this.work = h("section", { "aria-label": t("rolepage.team.case") });
    this.state = h("section", { "aria-label": t("rolepage.team.status") });
    this.sent = h("p", { class: "muted", role: "status" });
    this.toggle = h("button", { type: "button", class: "button big", "aria-pressed": "false", onclick: () => this.switchPosition() },
      icon("pin"), h("span", {}, t("rolepage.team.position.start")));
    const part = (label) => h("section", { "aria-label": label });
    const [alert, checkIn, messages, sos] = ["alert.new", "checkin.title", "message.desk", "sos.button"].map((key) => part(t(key)));
    const { attempt, me } = context;
    this.alert = new AlertCard(alert, { attempt, onAnswered: () => this.load() });
    this.checkIn = new CheckInCard(checkIn, { attempt, onDone: () => this.load() });
    this.messages = new MessagesCard(messages, { attempt });
    this.sos = new SosButton(sos, { me, lastFix: () => this.lastFix, onSent: () => this.sos.load(attempt) });
    holder.replaceChildren(sos, alert, checkIn, this.state, this.work, messages,
      h("section", { "aria-label": t("rolepage.team.position") }, h("h3", {}, t("rolepage.team.position")), this.toggle, this.sent));
    this.sentAtMs = 0;
    setInterval(() => this.tick(), 1000);
  }

  async load() {
    const { me, attempt } = this.context;
    const team = await attempt(() => get(`/v1/teams/${me.team_id}`));
    const cases = await attempt(() => get("/v1/incidents"));
    if (team) this.showTeam(team);
    if (team && cases) {
      const incident = rowsOf(cases).find(({ id }) => id === team.assignment?.incident_id) ?? null;
      const told = incident?.told_at ? await attempt(() => get(`/v1/incidents/${incident.id}/told`)) : null;
      this.showCase(team, incident, told ? rowsOf(told) : []);
      await this.alert.show(team.assignment, incident);
      this.checkIn.show(team.assignment);
      await this.messages.show(team.assignment);
    }
    await this.loadAlarms();
  }

  loadAlarms() {
    return this.sos.load(this.context.attempt);
  }

  showTeam(team) {
    this.team = team;
    redraw(this.state,
      h("div", { class: "block-head" }, h("h2", {}, team.callsign),
        h("span", { class: `state state--${team.status}` }, icon(TEAM_LOOKS[team.status] ?? "bar"), t(`team.status.${team.status}`))),
      h("p", { class: "muted" }, this.context.countyName(team.county)),
      h("div", { class: "status-buttons" }, ...NEXT[team.status].map((status, n) => h("button", {
        type: "button", class: `button${n === 0 && status !== "out_of_service" ? " primary" : ""}`,
        dataset: { key: `status-${status}`, status }, onclick: (event) => this.report(status, event.currentTarget),
      }, icon(TEAM_LOOKS[status] ?? "bar"), t(`rolepage.team.to.${status}`)))));
  }

  async report(status, button) {
    button.disabled = true;
    const wish = { status, expected_version: this.team.version };
    const done = await this.context.attempt(() => post(`/v1/teams/${this.team.id}/status`, wish));
    if (done) this.context.notices.good(t("rolepage.team.done", { status: t(`team.status.${status}`) }));
    await this.load();
  }

  showCase({ assignment }, incident, told) {
    if (!assignment) {
      redraw(this.work, h("h3", {}, t("rolepage.team.case")), h("p", { class: "muted" }, t("rolepage.team.none")));
      return;
    }
    if (incident && incident.id !== this.shownId) this.context.view.select(incident.id);
    this.shownId = incident?.id;
    redraw(this.work, h("h3", {}, t("rolepage.team.case")), h("div", { class: "facts" },
      incident ? this.caseHead(incident) : null,
      triageBadge(incident?.triage),
      ...toldElements(told),
      h("p", {}, this.context.countyName(assignment.county)),
      incident?.summary ? h("p", {}, incident.summary) : null,
      incident ? h("p", {}, icon("area"), " ", incident.area_confidence
        ? t("area.tooltip", { confidence: percent(incident.area_confidence) })
        : t(incident.area || incident.center ? "console.located" : "area.unknown")) : null,
      assignment.eta_at && !assignment.on_scene_at
        ? h("p", { class: "number" }, icon("clock"), " ", t("teams.arrives", { time: clockTime(assignment.eta_at) })) : null,
      incident?.center ? h("button", {
        type: "button", class: "button", dataset: { key: "show-case" }, onclick: () => this.showOnMap(incident.id),
      }, icon("fit"), t("rolepage.team.show")) : null));
  }

  caseHead({ number, state }) {
    return h("div", { class: "block-head" }, h("strong", { class: "card-number" }, number),
      h("span", { class: `state state--${state}` }, icon(INCIDENT_LOOKS[state]), t(`incident.state.${state}`)));
  }

  showOnMap(id) {
    this.context.showTab("map");
    this.context.view.select(id);
  }

  switchPosition() {
    if (this.watching !== undefined) {
      this.stop();
      return;
    }
    if (!navigator.geolocation || !window.isSecureContext) {
      this.sent.textContent = t("rolepage.team.position.impossible");
      return;
    }
    this.watching = navigator.geolocation.watchPosition((fix) => this.send(fix), (error) => this.failed(error),
      { enableHighAccuracy: true, maximumAge: 2000, timeout: 60000 });
    this.showWatching();
  }

  stop() {
    if (this.watching === undefined) return;
    navigator.geolocation.clearWatch(this.watching);
    this.watching = undefined;
    this.showWatching();
  }

  showWatching() {
    const on = this.watching !== undefined;
    this.toggle.setAttribute("aria-pressed", String(on));
    this.toggle.classList.toggle("primary", on);
    this.toggle.lastElementChild.textContent = t(on ? "rolepage.team.position.stop" : "rolepage.team.position.start");
    if (!this.lastSent) this.sent.textContent = on ? t("rolepage.team.position.waiting") : "";
  }

  async send({ coords, timestamp }) {
    if (Date.now() - this.sentAtMs < SEND_EVERY_MS) return;
    this.sentAtMs = Date.now();
    const fix = {
      lon: coords.longitude, lat: coords.latitude, fix_at: new Date(timestamp).toISOString(), device_at: new Date().toISOString(),
      accuracy_m: known(coords.accuracy), speed_ms: known(coords.speed), heading_deg: known(coords.heading),
    };
    const answer = await this.context.attempt(() => post(`/v1/teams/${this.context.me.team_id}/positions`, fix));
    this.lastFix = { lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy_m, fix_at: fix.fix_at };
    if (answer) this.lastSent = new Date().toISOString();
    this.tick();
  }

  failed({ code }) {
    // 1: nobody lets us; asking again leads to nothing.
    if (code === 1) this.stop();
    this.sent.textContent = t(code === 1 ? "rolepage.team.position.denied" : "rolepage.team.position.waiting");
  }

  tick() {
    if (this.lastSent) this.sent.textContent = t("rolepage.team.position.sent", { age: ageText(secondsSince(this.lastSent)) });
  }
}
