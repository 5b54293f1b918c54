// One incident: whose it is, which teams go, what to do, what happened.

import { ActionsSection } from "console/actions_section.js";
import { BeliefSection } from "console/belief_section.js";
import { CallerSection } from "console/caller_section.js";
import { ClosingSection } from "console/closing_section.js";
import { certaintyBadge, questionFor, shareBar, sharesOf } from "console/county_share.js";
import { subjectOf } from "console/event_words.js";
import { HandoverSection } from "console/handover_section.js";
import { tellForms } from "console/inline_form.js";
import { MessagesSection } from "console/messages_section.js";
import { PlaceSection } from "console/place_section.js";
import { PresenceLine } from "console/presence_line.js";
import { TeamsSection } from "console/teams_section.js";
import { ToldSection } from "console/told_section.js";
import { TrailSection } from "console/trail_section.js";
import { get, Problem, rowsOf } from "shared/api_client.js";
import { ageText, clockTime, fullTime, percent, secondsSince } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { INCIDENT_LOOKS } from "shared/looks.js";
import { hasWord, t } from "shared/page_data.js";

const FIELD = ["delivered_at", "read_at", "answer", "unanswered_at", "check_in_every_s", "checked_in_at", "message_at"];
const fieldOf = ({ assignments }) => JSON.stringify(assignments.map((row) => [row.id, ...FIELD.map((name) => row[name])]));
const isOtherInField = (one, other) => fieldOf(one) !== fieldOf(other);

export class DetailPanel {
  constructor(holder, context) {
    this.holder = holder;
    this.context = {
      ...context,
      incident: () => this.incident,
      notes: () => this.notes,
      recommend: () => context.attempt(() => this.loadRecommendation()),
      transferTo: (county) => this.transferTo(county),
      tellForms: () => this.formNews && tellForms(this.holder, this.formNews),
      openMessages: (id) => this.messages.open(id),
    };
    this.place = new PlaceSection(this.context);
    this.presence = new PresenceLine({ isWriting: () => Boolean(this.holder.querySelector(".inline-form")) });
    this.head = h("header", { class: "detail-head" });
    this.owner = h("section", { class: "block", "aria-label": t("console.owner") });
    this.told = new ToldSection();
    this.belief = new BeliefSection(this.context);
    this.caller = new CallerSection(this.context);
    this.teams = new TeamsSection(this.context);
    this.messages = new MessagesSection(this.context);
    // With the teams that are on the case, above those that could be.
    this.teams.assigned.after(this.messages.element);
    this.actions = new ActionsSection(this.context);
    this.handovers = new HandoverSection(this.context);
    this.closing = new ClosingSection(this.context);
    this.trail = new TrailSection(this.context);
    this.notes = [];
    this.timeline = h("section", { class: "block", "aria-label": t("timeline.title") });
    this.id = null;
    this.waiting = h("section", { class: "block", role: "status" });
    this.body = h("div", { hidden: true }, this.closing.element, this.belief.banner, this.told.element, this.place.element,
      this.teams.element, this.owner, this.belief.element, this.caller.element, this.actions.element, this.handovers.element,
      this.timeline, this.trail.element);
    holder.replaceChildren(this.head, this.waiting, this.body);
    setInterval(() => this.tick(), 1000);
  }

  /** Show a case; `row` is what the list knows of it, for the name above until the case is read. */
  async open(id, row = null) {
    if (id !== this.id) this.clear(id, row);
    this.id = id;
    this.presence.follow(this.context.may("handle_incidents") ? id : null);
    this.holder.hidden = !id;
    if (id) await this.reload();
  }

  /** At once, before anything is asked for: nothing of the old case can be read or pressed. */
  clear(id, row) {
    this.incident = null;
    this.formNews = null;
    this.notes = [];
    this.body.hidden = true;
    const sections = [
      this.told, this.place, this.teams, this.messages, this.actions, this.belief, this.handovers, this.caller, this.closing, this.trail,
    ];
    for (const section of sections) section.reset();
    this.owner.replaceChildren();
    this.timeline.replaceChildren();
    redraw(this.head, this.backButton(), h("div", { class: "detail-title" }, this.name(row?.number ?? "…")));
    redraw(this.waiting, id ? h("p", { class: "muted" }, t("console.loading")) : null);
    this.waiting.hidden = false;
  }

  /** A case that could not be read is said to be so; one that is on the screen stays. */
  showFailure() {
    redraw(this.waiting, h("p", { class: "shortfall" }, icon("alert"), h("span", {}, t("console.load_failed"))),
      h("button", {
        type: "button", class: "button", dataset: { key: "load-again" }, onclick: () => this.context.attempt(() => this.reload()),
      }, icon("refresh"), t("console.load_again")));
  }

  async reload() {
    const { id } = this;
    if (!id) return;
    try {
      const [incident, events] = await Promise.all([get(`/v1/incidents/${id}`), get(`/v1/incidents/${id}/timeline`)]);
      if (id !== this.id) return;
      this.show(incident, events);
    } catch (error) {
      if (id !== this.id) return;
      if (!this.incident) this.showFailure();
      throw error;
    }
    await this.told.load(this.incident);
    await this.caller.load(id);
    await this.handovers.load(id);
    if (id === this.id && !this.teams.ranked.hidden) await this.loadRecommendation();
  }

  show(incident, events) {
    this.incident = incident;
    this.waiting.hidden = true;
    this.body.hidden = false;
    this.showHead(incident);
    this.showOwner(incident);
    this.belief.show(incident);
    this.place.show(incident);
    this.teams.showAssigned(incident);
    if (this.context.may("work_with_team")) this.messages.show(incident);
    this.notes = rowsOf(events).filter(({ kind }) => kind === "noted");
    this.actions.show(incident);
    this.closing.show(incident);
    this.trail.show(incident);
    this.showTimeline(rowsOf(events));
    this.teams.ranked.hidden = incident.state === "closed" || !this.context.may("recommend");
    this.showOffered();
    this.formNews = { version: incident.version, events: rowsOf(events), me: this.context.me() };
    tellForms(this.holder, this.formNews);
  }

  /** Whether a case that is on no list stays: a closed one, or one that somebody writes about. */
  isKeptOpen() {
    return this.incident?.state === "closed" || Boolean(this.body.querySelector(".inline-form")) || Boolean(this.belief.words.value);
  }

  /** Keep in step with a fresh row of the list; read the whole case only when it changed. */
  async follow(row) {
    // What a team answers, writes or confirms moves no version, and is on the timeline.
    const seen = this.incident;
    if (!seen || row.version !== seen.version || row.told_at !== seen.told_at || isOtherInField(row, seen)) {
      await this.reload();
      return;
    }
    this.incident = { ...this.incident, assignments: row.assignments };
    this.teams.showAssigned(this.incident);
    this.showOffered();
    this.belief.showBanner(this.incident);
  }

  /** Whether teams are proposed for what is on the screen. */
  isRanked() {
    return Boolean(this.incident) && !this.teams.ranked.hidden;
  }

  async loadRecommendation() {
    const { id } = this;
    if (!this.context.may("recommend")) return;
    try {
      const recommendation = await get(`/v1/incidents/${id}/recommendation`);
      if (id === this.id) this.teams.showRecommendation(recommendation);
    } catch (error) {
      if (!(error instanceof Problem) || id !== this.id) throw error;
      this.teams.showFailure();
      throw error;
    }
  }

  /** A case that another county offers is read and not written; accepting it is in the list. */
  showOffered() {
    if (!this.incident) return;
    const isIncoming = this.context.isIncoming(this.incident.id);
    this.actions.show(this.incident);
    if (!isIncoming) return;
    this.actions.element.hidden = true;
    this.teams.ranked.hidden = true;
  }

  /** The form of a step that a call's form asked for, with what was typed there. */
  step(id, name, said) {
    if (this.incident?.id !== id) return;
    this.actions.step(this.incident, name, said);
  }

  /** Open the usual form for a transfer, with the county filled in. */
  transferTo(county) {
    this.actions.transfer(this.incident, "county");
    const choice = this.actions.slot.querySelector("select");
    if (choice) choice.value = county;
    this.actions.slot.querySelector("input")?.focus();
  }

  backButton() {
    return h("button", {
      type: "button", class: "button quiet back-button", dataset: { key: "back" }, onclick: () => this.context.onBack(),
    }, icon("left"), t("console.back"));
  }

  /** The focus goes here when a case is opened, and stays when it is drawn anew. */
  name(number) {
    return h("h2", { tabIndex: -1, dataset: { key: "case" } }, number);
  }

  showHead(incident) {
    redraw(this.head, this.backButton(),
      h("div", { class: "detail-title" }, this.name(incident.number),
        h("span", { class: `state state--${incident.state}` },
          icon(INCIDENT_LOOKS[incident.state]), t(`incident.state.${incident.state}`))),
      this.presence.element,
      h("div", { class: "head-row" }, h("p", { class: "muted" }, t("console.opened"), ` ${clockTime(incident.opened_at)}, `,
        h("span", { class: "number", dataset: { since: incident.opened_at } }, ageText(secondsSince(incident.opened_at))),
        incident.call_count > 1 ? ` · ${t("console.calls", { n: incident.call_count })}` : "",
        incident.resolution ? ` · ${t(`resolution.${incident.resolution}`)}` : ""), this.place.button),
      incident.summary ? h("p", {}, incident.summary) : null);
  }

  showOwner(incident) {
    const name = this.context.countyName;
    const shares = sharesOf(incident).slice(0, 4);
    // Whoever has the incident is named, also when the reports say it is elsewhere.
    if (shares.length && !shares.some(({ code }) => code === incident.county)) shares.push({ code: incident.county, share: 0 });
    redraw(this.owner,
      h("div", { class: "block-head" }, h("h3", {}, t("console.owner")), certaintyBadge(incident)),
      shares.length ? null : h("p", {}, h("strong", {}, name(incident.county))),
      h("ul", { class: "shares" }, ...shares.map(({ code, share }) => h("li", { class: code === incident.county ? "is-owner" : "" },
        h("span", {}, name(code)), shareBar(share, percent(share)), h("span", { class: "number" }, percent(share))))),
      incident.outside_share >= 0.005
        ? h("p", { class: "small" }, icon("alert"), ` ${t("area.outside", { share: percent(incident.outside_share) })}`) : null,
      incident.area_confidence
        ? h("p", { class: "muted small" }, t("area.tooltip", { confidence: percent(incident.area_confidence) })) : null,
      incident.ambiguous
        ? h("p", { class: "ask" }, icon("phone"), h("span", {}, t("console.ask", { question: questionFor(incident, name) })))
        : null);
  }

  showTimeline(events) {
    redraw(this.timeline, h("h3", {}, t("timeline.title")),
      events.length ? h("ol", { class: "timeline" }, ...[...events].reverse().map((event) => this.event(event)))
        : h("p", { class: "muted" }, t("timeline.empty")));
  }

  event({ at, actor, kind, reason, payload }) {
    const key = `timeline.${kind}`;
    const subject = payload?.triage ? t(`triage.${payload.triage}`) : subjectOf({ kind, payload });
    return h("li", {},
      h("time", { class: "number", dateTime: at, title: fullTime(at) }, clockTime(at, { seconds: true })),
      h("div", {}, h("strong", {}, hasWord(key) ? t(key) : kind), subject ? ` · ${subject}` : "",
        h("span", { class: "muted" }, ` · ${actor}`),
        reason ?? payload?.text ? h("p", { class: "reason" }, reason ?? payload.text) : null));
  }

  tick() {
    for (const age of this.head.querySelectorAll("[data-since]")) age.textContent = ageText(secondsSince(age.dataset.since));
  }
}
