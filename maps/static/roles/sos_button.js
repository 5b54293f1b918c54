// SOS: held for a second, or pressed twice; a pocket does neither. Sent again until it is taken.

import { get, post, Problem, rowsOf } from "shared/api_client.js";
import { clockTime } from "shared/clock.js";
import { h, icon } from "shared/dom.js";
import { t } from "shared/page_data.js";

const HOLD_MS = 1000;
const ARMED_MS = 6000;
const AGAIN_MS = 3000;

export class SosButton {
  constructor(holder, { me, lastFix, onSent }) {
    Object.assign(this, { me, lastFix, onSent });
    this.label = h("span", {});
    this.button = h("button", { type: "button", class: "button sos", dataset: { key: "sos" } }, icon("alert"), this.label);
    this.state = h("p", { class: "sos-state", role: "status" });
    holder.replaceChildren(this.button, this.state);
    this.button.addEventListener("pointerdown", () => this.hold());
    for (const kind of ["pointerup", "pointerleave", "pointercancel"]) this.button.addEventListener(kind, () => this.letGo());
    this.button.addEventListener("click", () => this.press());
    // A long press on a phone opens a menu otherwise.
    this.button.addEventListener("contextmenu", (event) => event.preventDefault());
    this.disarm();
  }

  hold() {
    this.holding = setTimeout(() => {
      this.wasHeld = true;
      this.send();
    }, HOLD_MS);
    this.button.classList.add("is-held");
  }

  letGo() {
    clearTimeout(this.holding);
    this.button.classList.remove("is-held");
  }

  press() {
    if (this.wasHeld) {
      this.wasHeld = false;
      return;
    }
    if (this.isArmed) {
      this.send();
      return;
    }
    this.isArmed = true;
    this.label.textContent = t("sos.again");
    this.button.classList.add("is-armed");
    this.disarming = setTimeout(() => this.disarm(), ARMED_MS);
  }

  disarm() {
    clearTimeout(this.disarming);
    this.isArmed = false;
    this.button.classList.remove("is-armed");
    this.label.textContent = t("sos.button");
  }

  /** With the place of the last fix, and without one: nothing is waited for. */
  async send() {
    this.disarm();
    if (this.isSending) return;
    this.isSending = true;
    this.state.textContent = t("sos.sending");
    try {
      await post(`/v1/teams/${this.me.team_id}/sos`, this.lastFix() ?? {});
      this.state.textContent = t("sos.sent");
      this.isSending = false;
      await this.onSent();
    } catch (error) {
      this.isSending = false;
      if (!(error instanceof Problem)) throw error;
      // Signed out: the page says so; else there is no network, and it is sent again until there is.
      this.state.textContent = t("sos.unsent");
      if (error.status !== 401 && error.status !== 403) setTimeout(() => this.send(), AGAIN_MS);
    }
  }

  /** How the alarms of this team stand: whether somebody looks after it. */
  async load(attempt) {
    const rows = await attempt(() => get("/v1/alarms"));
    if (!rows || this.isSending) return;
    const open = rowsOf(rows).find(({ kind }) => kind === "sos");
    this.button.classList.toggle("is-open", Boolean(open));
    if (!open) this.state.textContent = "";
    else {
      this.state.textContent = open.acknowledged_by
        ? t("sos.taken", { who: open.acknowledged_by, time: clockTime(open.acknowledged_at) }) : t("sos.sent");
    }
  }
}
