// Teams on the incident, and the ranked teams that could go, each with its reasons.

import { fieldFacts, isUnanswered, tickFieldFacts } from "console/field_facts.js";
import { FieldForms } from "console/field_forms.js";
import { openForm, textField } from "console/inline_form.js";
import { ageText, clockTime } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { inOurLanguage, t } from "shared/page_data.js";
import { Roving } from "shared/roving.js";
import { profileText } from "shared/speed_profile.js";

const minutes = (seconds) => Math.max(1, Math.round(seconds / 60));

function sourceBadge(source, profile) {
  if (source === "estimate") {
    return h("span", { class: "badge warn", title: t("teams.estimate.hint") }, icon("question"), t("teams.source.estimate"));
  }
  const title = profile ? t("teams.profile", { profile: profileText(profile) }) : null;
  return h("span", { class: "badge plain", title }, icon("car"), t("teams.source.road"));
}

function positionAge(seconds, age) {
  if (seconds === null || seconds === undefined) {
    return h("span", { class: "stale-text" }, icon("alert"), " ", t("team.position_none"));
  }
  const text = t("team.position_age", { age: ageText(seconds) });
  return h("span", { class: age === "fresh" ? "" : "stale-text" }, age === "fresh" ? "" : icon("clock"), " ", text);
}

/** Whether two rankings name other teams, or the same in another order. */
function isOtherOrder(one, other) {
  const teams = ({ candidates }) => candidates.map(({ team_id: id }) => id).join(" ");
  return teams(one) !== teams(other);
}

export class TeamsSection {
  constructor(context) {
    this.context = context;
    this.assigned = h("section", { class: "block", "aria-label": t("teams.assigned") });
    this.ranked = h("section", { class: "block", "aria-label": t("teams.title") });
    this.slot = h("div", { class: "form-slot" });
    // In the row that it belongs to; between the lists, which are drawn anew, when that is gone.
    this.element = h("div", {}, this.assigned, this.slot, this.ranked);
    this.buttons = new Roving(this.element, () => [...this.ranked.querySelectorAll(".candidate > .button")]);
    this.field = new FieldForms(context, this.slot, (row) => this.putForm(row));
    setInterval(() => tickFieldFacts(this.assigned), 1000);
    // What somebody points at stays as they saw it; what came meanwhile is shown when they leave.
    this.isPointedAt = false;
    this.ranked.addEventListener("pointerenter", () => { this.isPointedAt = true; });
    this.ranked.addEventListener("pointerleave", () => {
      this.isPointedAt = false;
      this.showLater();
    });
    this.ranked.addEventListener("focusout", () => this.showLater());
    // A form that is closed, sent or given up.
    new MutationObserver(() => this.showLater()).observe(this.slot, { childList: true });
  }

  /** Whether somebody points into the list, walks it with the keyboard or writes a reason. */
  isInUse() {
    // A button that was pressed with a pointer keeps the focus, and nobody is about to press it.
    return this.isPointedAt || Boolean(this.ranked.querySelector(":focus-visible")) || this.slot.childElementCount > 0;
  }

  /** After the event: only then is the focus where it goes. */
  showLater() {
    setTimeout(() => {
      if (this.newer && !this.isInUse()) this.draw(this.newer);
    });
  }

  /**
   * Draw with `draw` and leave the form where its row is then; whoever types in it goes on typing.
   * Who was at a button that is gone by now is at the name of the case.
   */
  keepForm(draw) {
    const focused = this.element.contains(document.activeElement) ? document.activeElement : null;
    draw();
    this.putForm(this.formRow);
    if (!focused || this.element.contains(document.activeElement)) return;
    const aim = this.slot.contains(focused) ? focused : this.caseName();
    aim?.focus({ preventScroll: true });
  }

  caseName() {
    return this.element.closest(".panel").querySelector("h2[tabindex]");
  }

  /** Go to the first proposed team's button, as soon as there is one. */
  focusBest() {
    const button = this.ranked.querySelector(".candidate.is-best > .button");
    this.isBestWanted = !button;
    button?.focus();
  }

  putForm(row) {
    this.formRow = row;
    const found = row && this.element.querySelector(`[data-row="${CSS.escape(row)}"]`);
    if (found) found.append(this.slot);
    else this.ranked.before(this.slot);
  }

  /** Another incident: what was open or typed belongs to the old one. */
  reset() {
    this.isBestWanted = false;
    this.putForm(null);
    this.recommendation = null;
    this.newer = null;
    this.slot.replaceChildren();
    this.assigned.replaceChildren();
    redraw(this.ranked, h("h3", {}, t("teams.title")), h("p", { class: "muted" }, t("teams.loading")));
  }

  showAssigned(incident) {
    const rows = incident.assignments.filter(({ released_at: released }) => !released);
    this.assigned.hidden = rows.length === 0 && incident.state !== "closed";
    this.keepForm(() => redraw(this.assigned, h("h3", {}, t("teams.assigned")),
      rows.length ? h("ul", { class: "rows" }, ...rows.map((row) => this.assignedRow(row)))
        : h("p", { class: "muted" }, t("teams.assigned.none"))));
  }

  assignedRow(row) {
    const state = row.on_scene_at ? "on_scene" : row.en_route_at ? "en_route" : "assigned";
    return h("li", { class: "row has-form", dataset: { row: `release-${row.id}` } },
      h("div", { class: "row-main" },
        h("div", {}, h("strong", {}, row.callsign ?? "?"), " ",
          h("span", { class: `state state--${state}` },
            icon({ on_scene: "home", en_route: "car", assigned: "flag" }[state]), t(`team.status.${state}`))),
        row.eta_at && state !== "on_scene"
          ? h("div", { class: "row-facts" },
            h("span", { class: "number" }, t("teams.arrives", { time: clockTime(row.eta_at) })),
            sourceBadge(row.eta_source, row.eta_profile))
          : null),
      this.context.may("assign") ? h("button", {
        type: "button", class: "button", dataset: { key: `release-${row.id}` },
        "aria-label": t("teams.release.label", { team: row.callsign }), onclick: () => this.askRelease(row),
      }, t("teams.release")) : null,
      fieldFacts(row),
      h("div", { class: "row-buttons" },
        isUnanswered(row) && this.context.may("assign") ? h("button", {
          type: "button", class: "button primary", dataset: { key: `next-${row.id}` }, onclick: () => this.focusBest(),
        }, t("alert.next")) : null,
        ...this.field.buttons(row)));
  }

  askRelease(row) {
    const incident = this.context.incident();
    this.putForm(`release-${row.id}`);
    openForm(this.slot, {
      title: t("teams.release.label", { team: row.callsign }),
      fields: [["reason", textField(t("form.reason"), { required: true, maxLength: 2000 })]],
      keep: `${incident.id}/release-${row.id}`,
      seen: incident.version,
      send: (values, version) => this.context.act(`/v1/assignments/${row.id}/release`, { ...values, expected_version: version },
        t("action.done.release", { team: row.callsign })),
    });
  }

  /** Show a new ranking, or keep it until nobody is about to press something of the old one. */
  showRecommendation(recommendation) {
    if (this.recommendation && !this.isAsked && this.isInUse()) {
      this.newer = recommendation;
      this.laterNote.hidden = !isOtherOrder(this.recommendation, recommendation);
      return;
    }
    this.draw(recommendation);
  }

  /** The ranking of now, because somebody asked for it. */
  async refresh() {
    this.isAsked = true;
    try {
      await this.context.recommend();
    } finally {
      this.isAsked = false;
    }
  }

  draw(recommendation) {
    this.recommendation = recommendation;
    this.newer = null;
    const { candidates, excluded, shortfalls, coverage_left: left } = recommendation;
    if (!this.body) this.body = h("div", {});
    this.laterNote = h("p", { class: "shortfall", role: "status", hidden: true }, icon("clock"), h("span", {}, t("teams.newer")));
    this.keepForm(() => redraw(this.body,
      h("div", { class: "block-head" }, h("h3", {}, t("teams.title")),
        h("span", { class: "muted number" }, t("teams.computed", { time: clockTime(recommendation.at, { seconds: true }) })),
        h("button", {
          type: "button", class: "button quiet square", dataset: { key: "again" },
          title: t("teams.refresh"), "aria-label": t("teams.refresh"), onclick: () => this.refresh(),
        }, icon("refresh"))),
      ...(shortfalls ?? []).map((gap) => h("p", { class: "shortfall" }, icon("alert"), h("span", {}, inOurLanguage(gap.explanation)))),
      candidates.length ? h("ol", { class: "rows" }, ...candidates.map((row) => this.candidateRow(row)))
        : h("p", {}, t("teams.none")),
      // Below the rows: a note above would move them under the pointer.
      this.laterNote,
      this.coverage(left),
      excluded.length ? this.excludedList(excluded) : null));
    if (this.body.parentElement !== this.ranked) this.ranked.replaceChildren(this.body);
    this.buttons.refresh();
    if (this.isBestWanted) this.focusBest();
  }

  /** The ranking did not come: said in its place, with a way to ask again; a list with its time stays. */
  showFailure() {
    if (this.recommendation) return;
    redraw(this.ranked, h("h3", {}, t("teams.title")), h("p", { class: "shortfall" }, icon("alert"), h("span", {}, t("teams.failed"))),
      h("button", { type: "button", class: "button", dataset: { key: "again" }, onclick: () => this.context.recommend() },
        icon("refresh"), t("teams.refresh")));
  }

  coverage(left) {
    const counts = Object.entries(left ?? {});
    if (counts.length === 0) return null;
    const list = counts.map(([code, n]) => `${this.context.countyName(code)}: ${n}`).join(" · ");
    return h("p", { class: "muted small" }, t("teams.coverage", { list }));
  }

  candidateRow(row) {
    const { seconds, late_s: late, source } = row.travel_time;
    const best = row.rank === 1;
    const high = late === null ? null : minutes(late);
    const dataset = { team: row.callsign, row: `assign-${row.team_id}` };
    return h("li", { class: `row candidate has-form${best ? " is-best" : ""}`, dataset },
      h("span", { class: "rank number", "aria-hidden": "true" }, String(row.rank)),
      h("div", { class: "row-main" },
        h("div", { class: "row-title" }, h("strong", {}, row.callsign), h("span", { class: "muted" }, this.context.countyName(row.county)),
          best ? h("span", { class: "badge good" }, icon("check"), t("teams.best")) : null),
        h("div", { class: "row-facts" },
          h("strong", { class: "eta-figure number" }, source === "estimate" ? "≈ " : "", t("teams.minutes", { n: minutes(seconds) })),
          // A range whose ends read alike says nothing.
          high !== null && high > minutes(seconds)
            ? h("span", { class: "number", title: t("teams.range.label", { n: high }) }, t("teams.range", { high }))
            : null,
          h("span", { class: "number muted" }, t("teams.arrives", { time: clockTime(row.eta_at) })),
          sourceBadge(source, row.travel_time.profile)),
        h("div", { class: "small" }, positionAge(row.position_age_s, row.position_age)),
        h("p", { class: "small muted" }, inOurLanguage(row.explanation)),
        this.isLent(row) ? this.askButton(row) : null),
      this.context.may("assign") ? h("button", {
        type: "button", class: `button${best ? " primary" : ""}`, dataset: { key: `assign-${row.team_id}` },
        "aria-label": t("teams.assign.label", { team: row.callsign }), onclick: (event) => this.assign(row, event.currentTarget),
      }, t("teams.assign")) : null);
  }

  excludedList(excluded) {
    return h("details", { class: "excluded", open: this.body.querySelector("details")?.open ?? false },
      h("summary", {}, t("teams.excluded", { n: excluded.length })),
      h("ul", {}, ...excluded.map((row) => h("li", {},
        icon("bar"), h("span", {},
          h("strong", {}, row.callsign), ` · ${this.context.countyName(row.county)} — `, inOurLanguage(row.explanation))))));
  }

  async assign(row, button) {
    const incident = this.context.incident();
    // The list that was seen, also when another has been drawn before the reason is written.
    const [proposed] = this.recommendation.candidates;
    if (row.rank === 1) {
      button.disabled = true;
      await this.send(incident, row, { seen_first: proposed.team_id, expected_version: incident.version });
      button.disabled = false;
      // A disabled button loses the focus, and may be gone by now.
      if (document.activeElement === document.body) (button.isConnected ? button : this.caseName())?.focus({ preventScroll: true });
      return;
    }
    this.putForm(`assign-${row.team_id}`);
    openForm(this.slot, {
      title: `${t("teams.assign.label", { team: row.callsign })}. ${t("form.reason.override", { team: proposed.callsign })}`,
      fields: [["reason", textField(t("form.reason"), { required: true, maxLength: 2000 })]],
      label: t("teams.assign"),
      keep: `${incident.id}/assign-${row.team_id}`,
      seen: incident.version,
      send: ({ reason }, version) => this.send(incident, row, { seen_first: proposed.team_id, reason, expected_version: version }),
    });
  }

  /** Whether a team is of a centre that can be asked for it. */
  isLent({ county }) {
    return this.context.may("ask_for_aid") && county !== this.context.incident()?.county;
  }

  askButton(row) {
    return h("button", {
      type: "button", class: "button ask-aid", dataset: { key: `aid-${row.team_id}` },
      onclick: (event) => this.askFor(row, event.currentTarget),
    }, icon("split"), t("aid.ask.label", { team: row.callsign, county: this.context.countyName(row.county) }));
  }

  async askFor(row, button) {
    const { id, version } = this.context.incident();
    button.disabled = true;
    await this.context.act(`/v1/incidents/${id}/aid-requests`, { team_id: row.team_id, expected_version: version },
      t("aid.ask.done", { team: row.callsign, county: this.context.countyName(row.county) }));
    button.disabled = false;
  }

  /** Bind a team to the case that was on the screen when it was chosen. */
  async send({ id }, row, wish) {
    const answer = await this.context.act(`/v1/incidents/${id}/assignments`, { team_id: row.team_id, ...wish },
      t("action.done.assign", { team: row.callsign }));
    // What was wanted is done: the list need not stay for it.
    if (answer) this.recommendation = null;
    return answer;
  }
}
