// The lists beside the map: which there are for whom, and when each is read.

import { ABANDONED, get, rowsOf } from "shared/api_client.js";

// An offer is told as a change of the call that it may belong to; calls change often.
const OFFERS_MS = 500;
const AGAIN_MS = 3000;
// As many rows as the interface gives; whoever waits longest comes first and is never cut off.
const MOST = 1000;
// Which list each person has, by what they may do.
const NEEDS = {
  alarms: "hear_alarms", ringing: "read_calls", handovers: "handle_incidents", transfers: "handle_incidents",
  offers: "handle_incidents", aid: "hear_of_aid",
};
const TOLD_AS = { alarm: "alarms", ringing: "ringing", handover: "handovers", aid_request: "aid", transfer_offer: "transfers" };

export class Lists {
  /** Each of `panels` reads itself (`read`, which throws); `attempt` says what was refused. */
  constructor(panels, queue, { may, attempt, onShown }) {
    this.panels = panels;
    this.queue = queue;
    this.may = may;
    this.attempt = attempt;
    this.onShown = onShown;
  }

  /** All of them, whole: at first, and whenever changes may have been missed. */
  async read() {
    if (!this.may("read_incidents")) return;
    for (const [name, need] of Object.entries(NEEDS)) {
      if (this.may(need)) await this.panels[name].read();
    }
    if (this.may("read_calls")) {
      this.panels.unowned.show(rowsOf(await get(`/v1/calls?open_only=true&limit=${MOST}`)));
    }
    const rows = rowsOf(await get(`/v1/incidents?limit=${MOST}`));
    this.queue.show(rows.filter(({ state }) => state !== "closed"));
    this.onShown();
  }

  async load(name) {
    if (!this.may(NEEDS[name])) return;
    await this.attempt(() => this.readOrAgain(name));
    this.onShown();
  }

  /** A refusal is said once; an answer that was given up with its line is asked for again. */
  async readOrAgain(name) {
    try {
      await this.panels[name].read();
    } catch (error) {
      if (error.code !== ABANDONED) throw error;
      this.again ??= setTimeout(() => this.loadAgain(), AGAIN_MS);
    }
  }

  /** Something of this kind is another now. */
  changed(kind) {
    if (TOLD_AS[kind]) this.load(TOLD_AS[kind]);
    if (kind !== "call") return;
    this.offering ??= setTimeout(() => {
      this.offering = null;
      this.load("offers");
    }, OFFERS_MS);
  }

  loadAgain() {
    this.again = null;
    for (const name of Object.keys(NEEDS)) this.load(name);
  }

  stop() {
    clearTimeout(this.again);
    clearTimeout(this.offering);
  }
}
