// A call that was taken here and belongs to another county, or to none: whose it is, how its case
// stands there, and a field for what the caller still says. Nothing else can be done to it here.

import { sendWords } from "console/belief_section.js";
import { forget, keep, recall } from "shared/typed_text.js";
import { get } from "shared/api_client.js";
import { clockTime } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { INCIDENT_LOOKS } from "shared/looks.js";
import { t } from "shared/page_data.js";

const MOST_CHARACTERS = 1000;

export class ElsewherePanel {
  constructor(holder, context) {
    this.holder = holder;
    this.context = context;
    this.callId = null;
    this.facts = h("div", {});
    this.words = h("input", {
      name: "said-elsewhere", autocomplete: "off", required: true, maxLength: MOST_CHARACTERS,
      placeholder: t("belief.said.placeholder"), oninput: () => keep(this.key, [this.words.value]),
    });
    this.send = h("button", { type: "submit", class: "button primary" }, t("belief.said.send"));
    const form = h("form", { class: "belief-tools", onsubmit: (event) => this.say(event) },
      h("label", { class: "field" }, h("span", {}, t("belief.said")), this.words), h("div", { class: "form-buttons" }, this.send));
    this.tools = h("section", { class: "block", "aria-label": t("belief.said") }, form);
    this.hide();
  }

  get key() {
    return `call-${this.callId}/said-elsewhere`;
  }

  hide() {
    this.callId = null;
    this.holder.hidden = true;
    // Not only out of sight: there is one field for words on the page, the one of what is shown.
    this.holder.replaceChildren();
  }

  /** Show a call by where it stands (`/v1/calls/{id}/standing`). */
  show(standing) {
    if (standing.call_id !== this.callId) {
      this.callId = standing.call_id;
      this.words.value = recall(this.key)[0] ?? "";
    }
    this.holder.hidden = false;
    if (!this.tools.isConnected) this.holder.replaceChildren(this.facts, this.tools);
    const { county, incident_number: number, state } = standing;
    const name = county ? this.context.countyName(county) : null;
    redraw(this.facts,
      h("header", { class: "detail-head" },
        h("button", {
          type: "button", class: "button quiet back-button", dataset: { key: "back" }, onclick: () => this.context.onBack(),
        }, icon("left"), t("console.back")),
        h("div", { class: "detail-title" }, h("h2", { tabIndex: -1 }, number ?? t("unowned.title")),
          state ? h("span", { class: `state state--${state}` }, icon(INCIDENT_LOOKS[state]), t(`incident.state.${state}`)) : null)),
      h("section", { class: "block", "aria-label": t("console.owner") },
        h("h3", {}, t("console.owner")),
        h("p", {}, h("strong", {}, name ?? t("elsewhere.nobody"))),
        h("p", { class: "ask" }, icon(name ? "split" : "question"),
          h("span", {}, name ? t("elsewhere.owned", { county: name }) : t("console.ask.single"))),
        h("p", { class: "muted small" }, t("elsewhere.as_of", { time: clockTime(standing.at, { seconds: true }) })),
        h("button", { type: "button", class: "button", dataset: { key: "again" }, onclick: () => this.refresh() },
          icon("refresh"), t("elsewhere.refresh"))));
  }

  async refresh() {
    const { callId } = this;
    const standing = await this.context.attempt(() => get(`/v1/calls/${callId}/standing`));
    if (standing && callId === this.callId) this.context.onStanding(standing);
  }

  async say(event) {
    event.preventDefault();
    const { key, callId } = this;
    const words = this.words.value.trim();
    if (!words || !callId) return;
    this.send.disabled = true;
    if (await sendWords(this.context, callId, words)) {
      forget(key);
      if (callId === this.callId) {
        this.words.value = "";
        await this.refresh();
      }
    }
    this.send.disabled = false;
  }
}
