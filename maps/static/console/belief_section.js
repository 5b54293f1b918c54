// How the place of the caller became known: each report in its order, what contradicts what,
// what to ask, and a field for what the caller says.

import { isElsewhere } from "console/county_share.js";
import { forget, keep, recall } from "shared/typed_text.js";
import { postRaw } from "shared/api_client.js";
import { clockTime, fullTime, percent } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { hasWord, inOurLanguage, settings, t } from "shared/page_data.js";

const SOURCE_LOOKS = { number: "phone", caller: "user", network: "layers", device: "pin" };
const MOST_CHARACTERS = 1000;

/** Send what the caller says to a call; resolves to null when it is refused. */
export function sendWords(context, callId, words) {
  return context.act(`/v1/calls/${callId}/reports?format=spoken`, words, t("belief.said.done"),
    (path, body) => postRaw(path, body, "text/plain;charset=utf-8"));
}

export class BeliefSection {
  constructor(context) {
    this.context = context;
    this.banner = h("div", { role: "alert" });
    this.facts = h("div", { class: "belief-facts" });
    this.buildTools();
    this.element = h("section", { class: "block", "aria-label": t("belief.title") },
      h("h3", {}, t("belief.title")), this.facts, this.tools);
  }

  /** Built once: what somebody types outlives every fresh report. */
  buildTools() {
    const hint = t("belief.said.placeholder");
    this.words = h("input", {
      name: "said", autocomplete: "off", required: true, maxLength: MOST_CHARACTERS, placeholder: hint,
      oninput: () => this.incidentId && keep(this.key, [this.words.value]),
    });
    this.send = h("button", { type: "submit", class: "button" }, t("belief.said.send"));
    this.network = h("button", {
      type: "button", class: "button", title: t("belief.network.hint"), onclick: () => this.askNetwork(),
    }, icon("refresh"), t("belief.network"));
    this.tools = h("form", { class: "belief-tools", onsubmit: (event) => this.say(event) },
      h("label", { class: "field" }, h("span", {}, t("belief.said")), this.words),
      h("div", { class: "form-buttons" }, this.send, settings.network_location ? this.network : null));
  }

  /** Another incident: its words stand in its own field, and nothing can be sent before it is read. */
  reset() {
    this.callId = null;
    this.incidentId = null;
    this.words.value = "";
    this.banner.replaceChildren();
    this.facts.replaceChildren();
    this.context.showAside(null);
  }

  get key() {
    return `${this.incidentId}/said`;
  }

  show(incident) {
    const { belief } = incident;
    this.callId = belief?.call_id ?? null;
    if (this.incidentId !== incident.id) {
      this.incidentId = incident.id;
      this.words.value = recall(this.key)[0] ?? "";
    }
    this.element.hidden = !belief;
    this.tools.hidden = !this.context.may("take_calls") || incident.state === "closed";
    this.showBanner(incident);
    this.context.showAside(incident.state === "closed" ? null : belief?.conflict?.set_aside?.area ?? null);
    if (!belief) return;
    redraw(this.facts,
      belief.conflict ? this.conflict(belief.conflict) : null,
      belief.places.length ? this.places(belief) : null,
      ...this.troubles(belief.warnings),
      h("ol", { class: "belief-steps" }, ...belief.steps.map((step) => this.step(step))));
  }

  /** The machine says it; a person transfers. */
  showBanner(incident) {
    const { belief_owner: owner, belief_share: share } = incident;
    const differs = isElsewhere(incident) && incident.state !== "closed";
    const name = differs ? this.context.countyName(owner) : "";
    const bound = incident.assignments.some(({ released_at: released }) => !released);
    redraw(this.banner, differs ? h("div", { class: "belief-banner" }, icon("split"),
      h("div", { class: "row-main" },
        h("strong", {}, t("belief.other", { county: name, share: percent(share) })),
        h("span", { class: "small" }, t(bound ? "belief.other.bound" : "belief.other.hint"))),
      this.context.may("handle_incidents") && !bound
        ? h("button", {
          type: "button", class: "button primary", dataset: { key: "belief-transfer" }, onclick: () => this.context.transferTo(owner),
        }, t("belief.transfer", { county: name })) : null) : null);
  }

  conflict({ kept, set_aside: aside, reason }) {
    return h("div", { class: "belief-conflict" }, icon("alert"),
      h("div", { class: "row-main" }, h("strong", {}, t("belief.conflict")),
        ...this.contraries(this.areaName(kept), this.areaName(aside)),
        h("span", { class: "muted small" }, inOurLanguage(reason))));
  }

  /** Both areas by name; two of one name are told apart by the sentence below alone. */
  contraries(kept, aside) {
    return kept === aside ? [] : [
      h("span", {}, t("belief.conflict.kept", { area: kept })),
      h("span", {}, t("belief.conflict.aside", { area: aside })),
    ];
  }

  areaName({ owner, place }) {
    const county = owner ? this.context.countyName(owner) : t("belief.abroad");
    // A sector and the town that a county is named after say it already.
    return place && !place.includes(county) ? t("belief.area", { county, place }) : county;
  }

  places({ places, commune }) {
    const names = places.map(({ name, probability }) => (probability === null ? name : `${name} (${percent(probability)})`));
    // What is less likely than not is not the most likely place, only the likeliest of many.
    const isLikely = places[0].probability === null || places[0].probability >= 0.5;
    return h("p", { class: "belief-places" }, icon("pin"), h("span", {},
      t(isLikely ? "belief.places" : "belief.places.possible", { list: names.join(", ") }),
      commune ? h("span", { class: "muted" }, ` ${t("belief.commune", { commune: commune.uat })}`) : ""));
  }

  /** A server that was asked and did not answer; the other warnings are the reader's. */
  troubles(warnings) {
    return warnings.map(({ code }) => `belief.trouble.${code}`).filter(hasWord)
      .map((key) => h("p", { class: "small belief-trouble" }, icon("alert"), h("span", {}, t(key))));
  }

  step({ received_at: at, source, action, owner, format, said, reason }) {
    return h("li", { title: inOurLanguage(reason) },
      h("time", { class: "number", dateTime: at, title: fullTime(at) }, clockTime(at, { seconds: true })),
      h("div", {},
        h("div", { class: "belief-step" }, icon(SOURCE_LOOKS[source] ?? "note"),
          h("strong", {}, t(`belief.source.${source}`)), h("span", { class: "muted small" }, source === "caller" ? "" : format ?? ""),
          h("span", { class: "belief-owner" }, owner ? `→ ${this.context.countyName(owner)}` : "→ ?")),
        h("p", { class: "small muted" }, t(`belief.action.${action}`)),
        said ? h("p", { class: "reason" }, t("belief.quote", { words: said })) : null));
  }

  async say(event) {
    event.preventDefault();
    const words = this.words.value.trim();
    if (!words || !this.callId) return;
    const { key } = this;
    this.send.disabled = true;
    if (await sendWords(this.context, this.callId, words)) {
      forget(key);
      // The person may be at another case by now, with other words in the field.
      if (key === this.key) this.words.value = "";
    }
    this.send.disabled = false;
  }

  async askNetwork() {
    this.network.disabled = true;
    await this.context.act(`/v1/calls/${this.callId}/network-location`, {}, t("belief.network.done"));
    this.network.disabled = false;
  }
}
