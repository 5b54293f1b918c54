// Teams on the incident, and the ranked teams that could go, each with its reasons.

import { candidateRow, rangeText, sourceBadge } from "console/candidate_row.js";
import { fieldFacts, isUnanswered, tickFieldFacts } from "console/field_facts.js";
import { FieldForms } from "console/field_forms.js";
import { choiceField, openForm, textField } from "console/inline_form.js";
import { post } from "shared/api_client.js";
import { clockTime } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { inOurLanguage, t } from "shared/page_data.js";
import { Roving } from "shared/roving.js";

/** Whether two rankings name other teams, or the same in another order. */
function isOtherOrder(one, other) {
  const teams = ({ candidates }) => candidates.map(({ team_id: id }) => id).join(" ");
  return teams(one) !== teams(other);
}

function boundOf(incident) {
  return (incident?.assignments ?? []).filter(({ released_at: released }) => !released);
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
    const rows = boundOf(incident);
    // Nobody there is said by the state above; its place belongs to those who could go.
    this.assigned.hidden = rows.length === 0;
    this.keepForm(() => redraw(this.assigned, h("h3", {}, t("teams.assigned")),
      h("ul", { class: "rows" }, ...rows.map((row, i) => this.assignedRow(row, i + 1)))));
    // What the buttons below offer depends on who is bound.
    const key = rows.map(({ id }) => id).join(" ");
    if (this.recommendation && key !== this.drawnFor && !this.isInUse()) this.draw(this.recommendation);
  }

  assignedRow(row, nth) {
    const state = row.on_scene_at ? "on_scene" : row.en_route_at ? "en_route" : "assigned";
    const team = row.callsign ?? "?";
    return h("li", { class: "row has-form", dataset: { row: `release-${row.id}` } },
      h("div", { class: "row-main" },
        h("div", { class: "row-title" }, h("strong", {}, team), " ",
          h("span", { class: `state state--${state}` },
            icon({ on_scene: "home", en_route: "car", assigned: "flag" }[state]), t(`team.status.${state}`)),
          nth > 1 ? h("span", { class: "badge plain" }, t("teams.nth", { n: nth })) : null),
        row.eta_at && state !== "on_scene"
          ? h("div", { class: "row-facts" },
            h("span", { class: "number" }, t("teams.arrives", { time: clockTime(row.eta_at) })),
            sourceBadge(row.eta_source, row.eta_profile))
          : null),
      this.context.may("assign") ? h("div", { class: "row-buttons" },
        h("button", {
          type: "button", class: "button", dataset: { key: `replace-${row.id}` },
          "aria-label": t("teams.replace.label", { team }), onclick: () => this.askReplace(row),
        }, t("teams.replace")),
        h("button", {
          type: "button", class: "button", dataset: { key: `release-${row.id}` },
          "aria-label": t("teams.release.label", { team }), onclick: () => this.askRelease(row),
        }, t("teams.release"))) : null,
      fieldFacts(row),
      h("div", { class: "row-buttons" },
        isUnanswered(row) && this.context.may("assign") ? h("button", {
          type: "button", class: "button primary", dataset: { key: `next-${row.id}` }, onclick: () => this.focusBest(),
        }, t("alert.next")) : null,
        ...this.field.buttons(row)));
  }

  /** From the bound team's row: which of those that can go now goes instead. */
  askReplace(row) {
    const { candidates = [] } = this.recommendation ?? {};
    const named = new Map(candidates.map((one) => [one.team_id, one.callsign]));
    const options = candidates.map((one) => [one.team_id, `${one.callsign} · ${rangeText(one.travel_time)}`]);
    this.openReassign(`release-${row.id}`, `replace-${row.id}`, t("teams.replace.label", { team: row.callsign ?? "?" }),
      [["team_id", choiceField(options.length ? t("teams.replace.by") : t("teams.replace.none"), options)]],
      (values) => [row, { team_id: values.team_id, callsign: named.get(values.team_id) }]);
  }

  /** From the list of those that can go: instead of whom. */
  askInstead(row) {
    const bound = boundOf(this.context.incident());
    const options = bound.map((one) => [one.id, one.callsign ?? "?"]);
    const [only] = bound;
    const title = bound.length === 1
      ? t("teams.instead.one", { team: row.callsign, old: only.callsign ?? "?" }) : t("teams.instead.label", { team: row.callsign });
    this.openReassign(`assign-${row.team_id}`, `instead-${row.team_id}`, title,
      bound.length === 1 ? [] : [["old", choiceField(t("teams.instead.whom"), options)]],
      ({ old }) => [bound.find(({ id }) => id === (old ?? only.id)), row]);
  }

  openReassign(place, keep, title, fields, chosen) {
    const incident = this.context.incident();
    this.putForm(place);
    openForm(this.slot, {
      title,
      fields: [...fields, ["reason", textField(t("form.reason"), { required: true, maxLength: 2000 })]],
      label: t("teams.replace"),
      keep: `${incident.id}/${keep}`,
      seen: incident.version,
      send: async (values, version) => {
        const [old, team] = chosen(values);
        const answer = await this.context.act(`/v1/assignments/${old.id}/reassign`,
          { team_id: team.team_id, reason: values.reason, expected_version: version },
          t("action.done.reassign", { team: team.callsign, old: old.callsign ?? "?" }));
        if (answer) this.recommendation = null;
        return answer;
      },
    });
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
    this.drawnFor = boundOf(this.context.incident()).map(({ id }) => id).join(" ");
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
    const county = row.county === this.context.incident().county ? null : this.context.countyName(row.county);
    const ask = this.isLent(row) ? this.askButton(row) : null;
    const [send = null, ...others] = this.context.may("assign") ? this.buttonsOf(row) : [];
    return candidateRow(row, { county, send, others: [...others, ask] });
  }

  /** Send it; where somebody is bound already: as well, or instead. */
  buttonsOf(row) {
    const bound = boundOf(this.context.incident());
    const isFirst = bound.length === 0;
    const send = h("button", {
      type: "button", class: `button${row.rank === 1 && isFirst ? " primary" : ""}`, dataset: { key: `assign-${row.team_id}` },
      "aria-label": t(isFirst ? "teams.assign.label" : "teams.second.label", { team: row.callsign }),
      onclick: (event) => this.assign(row, event.currentTarget),
    }, t(isFirst ? "teams.assign" : "teams.second"));
    if (isFirst) return [send, null];
    const [only] = bound;
    return [send, h("button", {
      type: "button", class: "button small-button", dataset: { key: `instead-${row.team_id}` },
      "aria-label": bound.length === 1
        ? t("teams.instead.one", { team: row.callsign, old: only.callsign ?? "?" }) : t("teams.instead.label", { team: row.callsign }),
      onclick: () => this.askInstead(row),
    }, bound.length === 1 ? t("teams.instead", { team: only.callsign ?? "?" }) : t("teams.instead.any"))];
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
      const wish = { seen_first: proposed.team_id };
      const answer = await this.send(incident, row, { ...wish, expected_version: incident.version });
      button.disabled = false;
      // Changed under one's hands: what changed is read first, then it may be done all the same.
      if (!answer && this.refusedAs === "version_conflict" && this.context.incident()?.id === incident.id) {
        this.askStill(incident, row, wish);
        return;
      }
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

  /** A form of nothing but the question: it shows what changed since, and who did it. */
  askStill(incident, row, wish) {
    this.putForm(`assign-${row.team_id}`);
    openForm(this.slot, {
      title: t("teams.still", { team: row.callsign }),
      fields: [],
      label: t("teams.assign"),
      seen: incident.version,
      send: (_, version) => this.send(incident, row, { ...wish, expected_version: version }),
    });
    this.context.tellForms();
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
    this.refusedAs = null;
    const telling = async (path, values) => {
      try {
        return await post(path, values);
      } catch (error) {
        this.refusedAs = error.code ?? null;
        throw error;
      }
    };
    const answer = await this.context.act(`/v1/incidents/${id}/assignments`, { team_id: row.team_id, ...wish },
      t("action.done.assign", { team: row.callsign }), telling);
    // What was wanted is done: the list need not stay for it.
    if (answer) this.recommendation = null;
    return answer;
  }
}
