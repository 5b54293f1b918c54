// What this desk and the teams on the case write to each other.

import { forget, keepTyped } from "shared/typed_text.js";
import { get, post, rowsOf } from "shared/api_client.js";
import { h, icon, redraw } from "shared/dom.js";
import { messageList, unconfirmed } from "shared/message_list.js";
import { t } from "shared/page_data.js";

const LONGEST = 1000;

export class MessagesSection {
  constructor(context) {
    this.context = context;
    this.element = h("section", { class: "block", "aria-label": t("message.title"), hidden: true });
    document.addEventListener("visibilitychange", () => this.confirmRead());
    this.reset();
  }

  /** Another case: nothing of the old one is read, kept on the screen or sent. */
  reset() {
    this.row = null;
    this.messages = [];
    this.seenAt = null;
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  /** Keep in step with the teams of the case; a conversation that began is shown by itself. */
  show(incident) {
    const open = incident.assignments.filter(({ released_at: released }) => !released);
    const row = open.find(({ id }) => id === this.row?.id) ?? open.find(({ message_at: at }) => at);
    if (!row) {
      this.reset();
      return;
    }
    const isOther = row.id !== this.row?.id;
    this.row = row;
    if (isOther) this.draw();
    if (isOther || row.message_at !== this.seenAt) this.load();
  }

  /** Because somebody wants to write to that team. */
  open(id) {
    const row = this.context.incident()?.assignments.find((one) => one.id === id);
    if (!row) return;
    if (row.id !== this.row?.id) {
      this.row = row;
      this.messages = [];
      this.draw();
    }
    this.load();
    this.element.scrollIntoView({ block: "nearest" });
    this.element.querySelector("textarea")?.focus();
  }

  async load() {
    const { row } = this;
    this.seenAt = row.message_at;
    const rows = await this.context.attempt(() => get(`/v1/assignments/${row.id}/messages`));
    if (!rows || this.row?.id !== row.id) return;
    this.messages = rowsOf(rows);
    this.drawList();
    await this.confirm("delivered");
    await this.confirmRead();
  }

  /** Read is what was on a screen that somebody may see. */
  async confirmRead() {
    if (this.row && document.visibilityState === "visible") await this.confirm("read");
  }

  async confirm(receipt) {
    const { row } = this;
    const until = unconfirmed(this.messages, { fromTeam: false, receipt });
    if (!row || !until) return;
    const rows = await this.context.attempt(() => post(`/v1/assignments/${row.id}/messages/receipt`, { receipt, until }));
    if (rows && this.row?.id === row.id) this.messages = rowsOf(rows);
  }

  draw() {
    const { row } = this;
    const incident = this.context.incident();
    const text = h("textarea", { rows: 2, maxLength: LONGEST, required: true, "aria-label": t("message.text", { team: row.callsign }) });
    this.list = h("div", {});
    const form = h("form", { class: "message-form", onsubmit: (event) => this.send(event, incident.id, text) },
      h("label", { class: "field" }, text),
      h("button", { type: "submit", class: "button primary", dataset: { key: "send-message" } }, icon("arrow"), t("message.send")));
    this.key = `${incident.id}/message-${row.id}`;
    keepTyped(form, this.key);
    redraw(this.element, h("h3", {}, t("message.with", { team: row.callsign })), this.list, form);
    this.element.hidden = false;
    this.drawList();
  }

  drawList() {
    redraw(this.list, this.messages.length
      ? messageList(this.messages, { fromTeam: false, label: t("message.with", { team: this.row.callsign }) })
      : h("p", { class: "muted small" }, t("message.none")));
  }

  async send(event, incidentId, text) {
    event.preventDefault();
    const { row, key } = this;
    const button = event.currentTarget.querySelector("button");
    button.disabled = true;
    const wish = { text: text.value.trim(), incident_id: incidentId };
    const sent = await this.context.attempt(() => post(`/v1/assignments/${row.id}/messages`, wish));
    button.disabled = false;
    if (!sent) return;
    forget(key);
    text.value = "";
    if (this.row?.id === row.id) await this.load();
  }
}
