// On the scene: one large button that says that all are well, and how long until it is due.

import { post } from "shared/api_client.js";
import { ageText, clockTime, nowMs } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { t } from "shared/page_data.js";

const SOON_S = 60;
const BUZZ_EVERY_MS = 15000;

export class CheckInCard {
  constructor(holder, { attempt, onDone }) {
    Object.assign(this, { holder, attempt, onDone });
    this.buzzedAt = 0;
    setInterval(() => this.tick(), 1000);
  }

  show(assignment) {
    this.assignment = assignment;
    if (!assignment?.check_in_due_at) {
      this.holder.replaceChildren();
      return;
    }
    this.left = h("span", { class: "number", role: "status" });
    this.button = h("button", { type: "button", class: "button big", dataset: { key: "check-in" }, onclick: () => this.confirm() },
      icon("check"), t("checkin.well"));
    const last = assignment.checked_in_at ? ` · ${t("checkin.last", { time: clockTime(assignment.checked_in_at) })}` : "";
    redraw(this.holder, h("h3", {}, t("checkin.title")), this.button, h("p", {}, this.left, h("span", { class: "muted" }, last)));
    this.tick();
  }

  async confirm() {
    const { id, incident_id: incidentId } = this.assignment;
    this.button.disabled = true;
    await this.attempt(() => post(`/v1/assignments/${id}/check-in`, { incident_id: incidentId }));
    await this.onDone();
    if (this.button) this.button.disabled = false;
  }

  tick() {
    const due = this.assignment?.check_in_due_at;
    if (!due || !this.left?.isConnected) return;
    const seconds = (Date.parse(due) - nowMs()) / 1000;
    const text = seconds > 0 ? t("checkin.in", { age: ageText(seconds) }) : t("checkin.late", { age: ageText(-seconds) });
    if (this.left.textContent !== text) this.left.textContent = text;
    this.button.classList.toggle("primary", seconds <= SOON_S && seconds > 0);
    this.button.classList.toggle("danger", seconds <= 0);
    if (seconds <= 0 && Date.now() - this.buzzedAt > BUZZ_EVERY_MS) {
      this.buzzedAt = Date.now();
      // A browser that nobody has touched refuses it, and says so in its console.
      if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([300, 150, 300]);
    }
  }
}
