// Hand-overs that 112 has not acknowledged: above the list, also when their incident is closed.

import { handoverButtons, isFailed, phoneNow, stateBadge, waitingText } from "console/handover_row.js";
import { get } from "shared/api_client.js";
import { ageText, secondsSince } from "shared/clock.js";
import { h, redraw } from "shared/dom.js";
import { Newest } from "shared/newest.js";
import { t } from "shared/page_data.js";

export class HandoverPanel {
  constructor(holder, context) {
    this.newest = new Newest();
    this.context = context;
    this.list = h("ul", { "aria-label": t("handover.title") });
    this.slot = h("div", { class: "form-slot" });
    holder.replaceChildren(this.list, this.slot);
  }

  load() {
    return this.context.attempt(() => this.read());
  }

  async read() {
    const rows = await this.newest.of(() => get("/v1/handovers"));
    if (rows) this.show(rows);
  }

  show(rows) {
    const urgent = [...rows].sort((a, b) => Number(isFailed(b)) - Number(isFailed(a)));
    redraw(this.list, ...urgent.map((row) => this.card(row)));
    if (rows.length === 0) this.slot.replaceChildren();
  }

  card(row) {
    return h("li", { class: `card handover-card${isFailed(row) ? " is-failed" : ""}`, dataset: { handover: row.id, state: row.state } },
      h("span", { class: "card-line" }, h("strong", {}, `112 · ${row.incident_number ?? row.county}`),
        h("span", { class: "card-age number" }, ageText(secondsSince(row.created_at)))),
      stateBadge(row), phoneNow(row), waitingText(row),
      isFailed(row) || row.state === "sent" ? handoverButtons(row, this.context, this.slot, { files: isFailed(row) }) : null);
  }
}
