// The list of open incidents: urgency, number, owner and how sure, state, and two clocks.

import { CardClocks } from "console/card_clocks.js";
import { byUrgency, urgencyOf } from "console/case_clocks.js";
import { certaintyBadge, isElsewhere, ownerShare, questionFor, runnerUpText, shareBar } from "console/county_share.js";
import { percent } from "shared/clock.js";
import { h, icon, KeyedList } from "shared/dom.js";
import { INCIDENT_LOOKS } from "shared/looks.js";
import { t } from "shared/page_data.js";
import { Roving } from "shared/roving.js";
import { triageBadge } from "shared/told.js";

const NEW_FOR_MS = 15000;

export class QueuePanel {
  constructor(holder, { countyName, onSelect, onNew }) {
    this.list = holder.querySelector("[data-part=list]");
    this.count = holder.querySelector("[data-part=count]");
    this.countyName = countyName;
    this.onSelect = onSelect;
    this.onNew = onNew;
    this.incidents = [];
    this.selected = null;
    this.arrived = new Map();
    this.known = null;
    // The clocks of the cards that are drawn, by case: what one second has to look at.
    this.clocks = new Map();
    this.rows = new KeyedList(this.list, {
      keyOf: (row) => row?.id ?? "",
      saysOf: (row) => (row ? this.saysOf(row) : ""),
      make: (row) => (row ? this.card(row) : this.emptyNote()),
    });
    // One stop of the tab key for the whole list; the arrow keys walk it.
    this.cards = new Roving(this.list, () => [...this.list.querySelectorAll(":scope > li > button")]);
    setInterval(() => this.tick(), 1000);
  }

  show(incidents) {
    this.noticeNew(incidents);
    this.incidents = [...incidents].sort(byUrgency);
    this.draw();
  }

  /** Take in rows that changed; of the `ids` that were looked at, who is not among them is gone. */
  update(rows, ids) {
    if (ids.length) this.show([...this.incidents.filter(({ id }) => !ids.includes(id)), ...rows]);
  }

  noticeNew(incidents) {
    if (this.known) {
      for (const incident of incidents) {
        if (this.known.has(incident.id)) continue;
        this.arrived.set(incident.id, Date.now());
        this.onNew(incident);
      }
    }
    this.known = new Set(incidents.map(({ id }) => id));
  }

  find(id) {
    return this.incidents.find((incident) => incident.id === id) ?? null;
  }

  /** The case below (1) or above (-1) the chosen one; the first where none is chosen. */
  beside(step) {
    const at = this.incidents.findIndex(({ id }) => id === this.selected);
    return (at < 0 ? this.incidents[0] : this.incidents[at + step])?.id ?? null;
  }

  /** The chosen card, or the first one. */
  focus() {
    (this.list.querySelector('[aria-current="true"]') ?? this.list.querySelector("button"))?.focus();
  }

  select(id) {
    this.selected = id;
    this.draw();
  }

  draw() {
    const open = this.incidents.length;
    const ids = new Set(this.incidents.map(({ id }) => id));
    for (const id of this.clocks.keys()) if (!ids.has(id)) this.clocks.delete(id);
    this.count.textContent = t("console.queue.count", { n: open });
    this.rows.show(open ? this.incidents : [null]);
    this.cards.refresh();
  }

  isNew({ id }) {
    return Date.now() - (this.arrived.get(id) ?? 0) < NEW_FOR_MS;
  }

  /** All that a card is drawn from beside its row. */
  saysOf(incident) {
    return JSON.stringify([this.isNew(incident), this.selected === incident.id, this.countyName(incident.county)]);
  }

  emptyNote() {
    return h("li", { class: "queue-empty" }, icon("check"),
      h("strong", {}, t("console.queue.empty")), h("span", { class: "muted" }, t("console.queue.empty_hint")));
  }

  card(incident) {
    const share = ownerShare(incident);
    const name = this.countyName(incident.county);
    const clocks = new CardClocks(incident);
    this.clocks.set(incident.id, clocks);
    return h("li", {}, h("button", {
      type: "button",
      class: `card card--${incident.state}${this.isNew(incident) ? " is-new" : ""}`,
      "aria-current": this.selected === incident.id ? "true" : "false",
      dataset: { key: incident.id, incident: incident.number },
      onclick: () => this.onSelect(incident.id),
    },
    h("span", { class: "card-line" },
      h("span", { class: `state state--${incident.state}` }, icon(INCIDENT_LOOKS[incident.state]), t(`incident.state.${incident.state}`)),
      h("span", { class: `urgency urgency--${urgencyOf(incident)}` }, t(`urgency.${urgencyOf(incident)}`))),
    h("span", { class: "card-line" },
      h("strong", { class: "card-number" }, incident.number), certaintyBadge(incident)),
    triageBadge(incident.triage),
    clocks.element,
    h("span", { class: "card-line card-owner" },
      h("span", { class: "owner-name" }, name),
      share === null ? null : shareBar(share, t("console.owner.share", { county: name, share: percent(share) })),
      h("span", { class: "number share-figure" }, share === null ? "" : percent(share))),
    incident.closing
      ? h("span", { class: "card-closing" }, icon("check"), t("closing.card", { name: incident.closing.proposed_by }))
      : null,
    isElsewhere(incident)
      ? h("span", { class: "card-other" }, icon("split"),
        t("belief.other", { county: this.countyName(incident.belief_owner), share: percent(incident.belief_share) }))
      : null,
    incident.ambiguous && !isElsewhere(incident)
      ? h("span", { class: "card-runner-up" }, runnerUpText(incident, this.countyName))
      : null,
    incident.ambiguous && !isElsewhere(incident) && incident.state === "open"
      ? h("span", { class: "card-ask" }, icon("phone"), h("span", {}, questionFor(incident, this.countyName)))
      : null));
  }

  tick() {
    for (const clocks of this.clocks.values()) clocks.show();
    const old = [...this.arrived].filter(([, since]) => Date.now() - since > NEW_FOR_MS);
    for (const [id] of old) this.arrived.delete(id);
    if (old.length) this.draw();
  }
}
