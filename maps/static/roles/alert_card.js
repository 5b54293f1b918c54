// The alert of a team: where to, what is known, and two large buttons; its receipts go by themselves.

import { get, post, rowsOf } from "shared/api_client.js";
import { ageText, clockTime, secondsSince } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { t } from "shared/page_data.js";

const REASONS = ["car", "far", "busy", "crew"];

export class AlertCard {
  constructor(holder, { attempt, onAnswered }) {
    Object.assign(this, { holder, attempt, onAnswered });
    this.confirmed = new Set();
    document.addEventListener("visibilitychange", () => this.confirmRead());
    setInterval(() => this.tick(), 1000);
  }

  /** Show what the team is sent to; another assignment starts from nothing. */
  async show(assignment, incident) {
    if (assignment?.id !== this.assignment?.id) this.clear();
    this.assignment = assignment;
    this.incident = incident;
    if (!assignment) return;
    if (!assignment.delivered_at) await this.confirm("delivered");
    await this.loadNotes();
    this.draw();
    await this.confirmRead();
  }

  clear() {
    this.declining = false;
    this.notes = [];
    this.notesOf = null;
    this.holder.replaceChildren();
  }

  /** Read is what stands on a screen that is lit. */
  async confirmRead() {
    if (this.assignment && !this.assignment.read_at && document.visibilityState === "visible") await this.confirm("read");
  }

  async confirm(receipt) {
    const key = `${this.assignment.id} ${receipt}`;
    if (this.confirmed.has(key)) return;
    this.confirmed.add(key);
    // Without a network it is told again when the team is read next.
    if (!await this.attempt(() => post(`/v1/assignments/${this.assignment.id}/receipt`, { receipt }))) this.confirmed.delete(key);
  }

  /** What was noted for whoever goes: risks, doors, names. */
  async loadNotes() {
    const { incident } = this;
    if (!incident || this.notesOf === `${incident.id} ${incident.version}`) return;
    const events = await this.attempt(() => get(`/v1/incidents/${incident.id}/timeline`));
    if (!events || this.incident?.id !== incident.id) return;
    this.notesOf = `${incident.id} ${incident.version}`;
    this.notes = rowsOf(events).filter(({ kind }) => kind === "noted");
  }

  draw() {
    const { assignment } = this;
    redraw(this.holder,
      assignment.answer ? null : h("div", { class: "alert-card", role: "alert" },
        h("p", { class: "alert-head" }, icon("alert"), h("strong", {}, t("alert.new")), " ",
          h("span", { class: "number", dataset: { alerted: assignment.assigned_at } })),
        this.declining ? this.reasons() : h("div", { class: "answer-buttons" },
          h("button", { type: "button", class: "button primary big", dataset: { key: "accept" }, onclick: () => this.answer("accepted") },
            icon("check"), t("alert.accept")),
          h("button", { type: "button", class: "button big", dataset: { key: "decline" }, onclick: () => this.decline(true) },
            icon("close"), t("alert.decline")))),
      this.notes?.length ? h("div", {}, h("h4", {}, t("alert.known")), h("ul", { class: "notes" },
        ...[...this.notes].reverse().map((note) => this.note(note)))) : null);
    this.tick();
  }

  note({ at, reason }) {
    return h("li", {}, h("span", { class: "small muted" }, clockTime(at)), h("p", {}, reason));
  }

  reasons() {
    const words = h("input", { maxLength: 300, "aria-label": t("alert.decline.reason"), placeholder: t("alert.decline.other") });
    const own = h("form", { class: "message-form", onsubmit: (event) => {
      event.preventDefault();
      if (words.value.trim()) this.answer("declined", words.value.trim());
    } }, h("label", { class: "field" }, words), h("button", { type: "submit", class: "button" }, t("alert.decline")));
    return h("div", { class: "answer-buttons" }, h("p", {}, t("alert.decline.why")),
      ...REASONS.map((key) => h("button", {
        type: "button", class: "button big", dataset: { key: `why-${key}` }, onclick: () => this.answer("declined", t(`alert.why.${key}`)),
      }, t(`alert.why.${key}`))), own,
      h("button", { type: "button", class: "button quiet big", dataset: { key: "back" }, onclick: () => this.decline(false) },
        t("alert.back")));
  }

  decline(isDeclining) {
    this.declining = isDeclining;
    this.draw();
  }

  async answer(answer, reason = null) {
    const { id, incident_id: incidentId } = this.assignment;
    const buttons = this.holder.querySelectorAll("button");
    for (const button of buttons) button.disabled = true;
    const wish = { answer, incident_id: incidentId, ...(reason ? { reason } : {}) };
    await this.attempt(() => post(`/v1/assignments/${id}/answer`, wish));
    for (const button of buttons) button.disabled = false;
    await this.onAnswered();
  }

  tick() {
    for (const age of this.holder.querySelectorAll("[data-alerted]")) {
      age.textContent = ageText(secondsSince(age.dataset.alerted));
    }
  }
}
