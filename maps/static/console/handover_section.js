// The hand-overs to 112 and the missing-child drafts of one incident, kept live.

import { handoverButtons, handoverLog, isFailed, phoneNow, stateBadge, waitingText } from "console/handover_row.js";
import { get } from "shared/api_client.js";
import { clockTime } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { t } from "shared/page_data.js";

const RELOAD_MS = 150;

export class HandoverSection {
  constructor(context) {
    this.context = context;
    this.handovers = h("section", { class: "block", "aria-label": t("handover.title"), hidden: true });
    this.drafts = h("section", { class: "block", "aria-label": t("draft.title"), hidden: true });
    this.slot = h("div", { class: "form-slot" });
    this.element = h("div", {}, this.handovers, this.slot, this.drafts);
    context.feed.addEventListener("change", ({ detail }) => detail.kind === "handover" && this.reloadSoon());
  }

  /** Another incident: what was open or typed belongs to the old one. */
  reset() {
    this.id = null;
    this.slot.replaceChildren();
    this.handovers.hidden = true;
    this.drafts.hidden = true;
  }

  reloadSoon() {
    clearTimeout(this.pending);
    this.pending = setTimeout(() => this.id && this.context.attempt(() => this.load(this.id)), RELOAD_MS);
  }

  async load(id) {
    this.id = id;
    if (!this.context.may("handle_incidents")) return;
    const [handovers, drafts] = await Promise.all([
      get(`/v1/incidents/${id}/handovers`), get(`/v1/incidents/${id}/missing-child-drafts`),
    ]);
    if (id !== this.id) return;
    this.showHandovers(handovers);
    this.showDrafts(drafts);
  }

  showHandovers(rows) {
    const opened = new Set([...this.handovers.querySelectorAll("details[open]")].map((one) => one.closest("li").dataset.handover));
    this.handovers.hidden = rows.length === 0;
    redraw(this.handovers, h("h3", {}, t("handover.title")),
      h("ul", { class: "rows" }, ...rows.map((row) => this.row(row, opened.has(row.id)))));
  }

  row(row, isOpen) {
    const log = handoverLog(row);
    log.open = isOpen;
    const reference = row.reference ?? row.settled_reference;
    return h("li", { class: `row handover${isFailed(row) ? " is-failed" : ""}`, dataset: { handover: row.id, state: row.state } },
      h("div", { class: "row-main" },
        h("div", { class: "row-facts" }, stateBadge(row),
          h("span", { class: "muted number" }, clockTime(row.created_at, { seconds: true })),
          h("span", { class: "muted" }, row.created_by)),
        phoneNow(row),
        h("p", {}, row.danger),
        reference ? h("strong", { class: "number" }, t("handover.reference", { reference })) : null,
        waitingText(row),
        handoverButtons(row, this.context, this.slot),
        log));
  }

  showDrafts(rows) {
    this.drafts.hidden = rows.length === 0;
    redraw(this.drafts, h("h3", {}, t("draft.title")),
      h("ul", { class: "rows" }, ...rows.map((row) => h("li", { class: "row", dataset: { draft: row.id } }, icon("user"),
        h("div", { class: "row-main" }, h("strong", {}, row.name),
          h("span", { class: "muted number" }, `${t("draft.version", { n: row.version })} · ${clockTime(row.made_at)} · ${row.made_by}`)),
        h("a", { class: "button", href: `/v1/missing-child-drafts/${row.id}/cap`, download: "" }, t("draft.cap"))))));
  }
}
