// Closed cases, found again by their number or the caller's: to read, to note, to reopen.

import { get, rowsOf } from "shared/api_client.js";
import { clockTime, fullTime } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { t } from "shared/page_data.js";

const MOST_ROWS = 30;
const IS_TELEPHONE = /^\+?[\d ]{3,}$/;

export class ClosedPanel {
  constructor(holder, context) {
    this.context = context;
    this.wish = h("input", { type: "search", name: "closed-search", autocomplete: "off", placeholder: t("closed.placeholder") });
    this.list = h("ul", { class: "rows", "aria-label": t("closed.title") });
    const form = h("form", { class: "closed-search", role: "search", onsubmit: (event) => this.search(event) },
      h("label", { class: "field" }, h("span", {}, t("closed.search")), this.wish),
      h("div", { class: "form-buttons" }, h("button", { type: "submit", class: "button" }, t("closed.find"))));
    holder.replaceChildren(h("details", { class: "closed-cases" }, h("summary", {}, t("closed.title")), form, this.list));
  }

  /** A telephone number goes into a header: addresses end in logs. */
  async search(event) {
    event.preventDefault();
    const wish = this.wish.value.trim();
    const query = new URLSearchParams({ state: "closed", limit: MOST_ROWS });
    const byCaller = IS_TELEPHONE.test(wish);
    if (wish && !byCaller) query.set("number", wish);
    const more = byCaller ? { "X-Caller": wish } : {};
    const rows = await this.context.attempt(() => get(`/v1/incidents?${query}`, more));
    if (rows) this.show(rowsOf(rows));
  }

  show(rows) {
    redraw(this.list, ...(rows.length ? rows.map((row) => this.row(row)) : [h("li", { class: "muted" }, t("closed.none"))]));
  }

  row(row) {
    return h("li", {}, h("button", {
      type: "button", class: "card", dataset: { key: `closed-${row.id}`, closed: row.number }, onclick: () => this.context.onSelect(row.id),
    },
    h("span", { class: "card-line" }, h("strong", { class: "card-number" }, row.number),
      h("time", { class: "card-age number", dateTime: row.closed_at, title: fullTime(row.closed_at) }, clockTime(row.closed_at))),
    h("span", { class: "card-line" }, h("span", {}, icon("check"), " ", t(`resolution.${row.resolution}`)),
      h("span", { class: "muted" }, row.closed_by))));
  }
}
