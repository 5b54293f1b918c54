// What the caller says, in the case: the form of each of its calls, as it was saved last.

import { get, rowsOf } from "shared/api_client.js";
import { h, redraw } from "shared/dom.js";
import { t } from "shared/page_data.js";
import { toldElements, triageBadge } from "shared/told.js";

export class ToldSection {
  constructor() {
    this.element = h("section", { class: "block", "aria-label": t("told.title"), hidden: true });
    this.id = null;
    this.rows = [];
  }

  reset() {
    this.id = null;
    this.rows = [];
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  async load(incident) {
    this.id = incident.id;
    if (!incident.told_at) return;
    const rows = rowsOf(await get(`/v1/incidents/${incident.id}/told`));
    if (incident.id === this.id) this.show(incident, rows);
  }

  show(incident, rows) {
    this.rows = rows;
    const told = toldElements(rows);
    this.element.hidden = told.length === 0;
    redraw(this.element, h("div", { class: "block-head" }, h("h3", {}, t("told.title")), triageBadge(incident.triage)), ...told);
  }
}
