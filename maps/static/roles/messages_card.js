// What the desk writes to the team, and answers at one tap.

import { get, post, rowsOf } from "shared/api_client.js";
import { h, icon, redraw } from "shared/dom.js";
import { messageList, unconfirmed } from "shared/message_list.js";
import { t } from "shared/page_data.js";

const REPLIES = ["ok", "ten", "call", "help"];
const LONGEST = 1000;

export class MessagesCard {
  constructor(holder, { attempt }) {
    Object.assign(this, { holder, attempt });
    document.addEventListener("visibilitychange", () => this.confirmRead());
    this.reset();
  }

  /** Nothing of a former case is on the screen, and nothing typed for it is sent. */
  reset() {
    this.assignment = null;
    this.messages = [];
    this.seenAt = null;
    this.holder.replaceChildren();
  }

  async show(assignment) {
    if (!assignment) {
      this.reset();
      return;
    }
    if (assignment.id !== this.assignment?.id) {
      this.reset();
      this.assignment = assignment;
      this.draw();
    }
    this.assignment = assignment;
    if (assignment.message_at !== this.seenAt) await this.load();
  }

  draw() {
    this.list = h("div", {});
    this.text = h("input", { maxLength: LONGEST, required: true, "aria-label": t("message.to_desk"), placeholder: t("message.to_desk") });
    redraw(this.holder, h("h3", {}, t("message.desk")), this.list,
      h("div", { class: "replies" }, ...REPLIES.map((key) => h("button", {
        type: "button", class: "button", dataset: { key: `reply-${key}` }, onclick: () => this.send(t(`message.reply.${key}`)),
      }, t(`message.reply.${key}`)))),
      h("form", { class: "message-form", onsubmit: (event) => this.submit(event) },
        h("label", { class: "field" }, this.text),
        h("button", { type: "submit", class: "button primary", dataset: { key: "send-message" } }, icon("arrow"), t("message.send"))));
  }

  submit(event) {
    event.preventDefault();
    this.send(this.text.value.trim(), true);
  }

  async load() {
    const { assignment } = this;
    const rows = await this.attempt(() => get(`/v1/assignments/${assignment.id}/messages`));
    if (!rows || this.assignment?.id !== assignment.id) return;
    this.seenAt = assignment.message_at;
    this.messages = rowsOf(rows);
    redraw(this.list, this.messages.length
      ? messageList(this.messages, { fromTeam: true, label: t("message.desk") })
      : h("p", { class: "muted small" }, t("message.none")));
    this.list.querySelector("li:last-child")?.scrollIntoView({ block: "nearest" });
    await this.confirm("delivered");
    await this.confirmRead();
  }

  async confirmRead() {
    if (this.assignment && document.visibilityState === "visible") await this.confirm("read");
  }

  async confirm(receipt) {
    const { assignment } = this;
    const until = unconfirmed(this.messages, { fromTeam: true, receipt });
    if (!assignment || !until) return;
    const rows = await this.attempt(() => post(`/v1/assignments/${assignment.id}/messages/receipt`, { receipt, until }));
    if (rows && this.assignment?.id === assignment.id) this.messages = rowsOf(rows);
  }

  async send(text, isTyped = false) {
    const { id, incident_id: incidentId } = this.assignment;
    if (!text) return;
    const sent = await this.attempt(() => post(`/v1/assignments/${id}/messages`, { text, incident_id: incidentId }));
    if (!sent || this.assignment?.id !== id) return;
    if (isTyped) this.text.value = "";
    await this.load();
  }
}
