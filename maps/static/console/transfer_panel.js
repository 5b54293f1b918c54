// Cases between two counties: those that another offers to us, ours that wait, and those that came back.
//
// A case stays its county's until the other accepts. Whoever waits too long is in alarm colour on
// both desks, and in the bar of what has arrived.

import { openForm, textField } from "console/inline_form.js";
import { get, rowsOf } from "shared/api_client.js";
import { ageText, nowMs, secondsSince } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { Newest } from "shared/newest.js";
import { t } from "shared/page_data.js";
import { triageBadge } from "shared/told.js";

const TICK_MS = 1000;
const isLate = ({ decision, due_at: due }) => !decision && nowMs() > Date.parse(due);

export class TransferPanel {
  constructor(holder, context) {
    this.newest = new Newest();
    this.context = context;
    this.offers = [];
    this.list = h("ul", { "aria-label": t("transfer.title") });
    this.slot = h("div", { class: "form-slot" });
    holder.replaceChildren(this.list, this.slot);
    setInterval(() => this.tick(), TICK_MS);
  }

  load() {
    return this.context.attempt(() => this.read());
  }

  async read() {
    const rows = await this.newest.of(() => get("/v1/transfer-offers"));
    if (rows) this.show(rowsOf(rows));
  }

  show(offers) {
    this.offers = offers;
    redraw(this.list, ...offers.map((offer) => this.card(offer)));
    if (!offers.some(({ id }) => id === this.returning)) this.slot.replaceChildren();
  }

  isTo(offer) {
    return !offer.decision && this.context.myCounties().includes(offer.county_to);
  }

  isFrom(offer) {
    return this.context.myCounties().includes(offer.county_from);
  }

  /** The case is offered to us and not ours yet: it is read here, and nothing else. */
  isIncoming(incidentId) {
    return this.offers.some((offer) => offer.incident_id === incidentId && this.isTo(offer) && !this.isFrom(offer));
  }

  /** What of this has to be taken by somebody: what is offered, what is late, what came back. */
  get waiting() {
    const { countyName, onSelect } = this.context;
    const row = (offer, kind, since, text) => ({
      id: `${kind}/${offer.id}`, since, text: `${offer.incident_number ?? ""} · ${text}`, open: () => onSelect(offer.incident_id),
    });
    return this.offers.flatMap((offer) => {
      if (offer.decision) {
        return [row(offer, "returned", offer.decided_at,
          t("transfer.returned", { county: countyName(offer.county_to), reason: offer.decision_reason }))];
      }
      const incoming = t("transfer.incoming", { county: countyName(offer.county_from) });
      const late = `${t("transfer.late")} · ${t("transfer.outgoing", { county: countyName(offer.county_to) })}`;
      return [
        ...(this.isTo(offer) ? [row(offer, "offered", offer.offered_at, incoming)] : []),
        ...(this.isFrom(offer) && isLate(offer) ? [row(offer, "late", offer.offered_at, late)] : []),
      ];
    });
  }

  text(offer) {
    const { countyName } = this.context;
    if (offer.decision) return t("transfer.returned", { county: countyName(offer.county_to), reason: offer.decision_reason });
    return this.isTo(offer) ? t("transfer.incoming", { county: countyName(offer.county_from) })
      : t("transfer.outgoing", { county: countyName(offer.county_to) });
  }

  card(offer) {
    return h("li", { class: "card card--open transfer", dataset: { transfer: offer.id, due: offer.due_at } },
      h("span", { class: "card-line" },
        h("strong", { class: "card-number" }, offer.incident_number ?? ""),
        h("span", { class: "card-age number", dataset: { opened: offer.decided_at ?? offer.offered_at } },
          ageText(secondsSince(offer.decided_at ?? offer.offered_at)))),
      triageBadge(offer.triage),
      h("strong", {}, this.text(offer)),
      offer.decision ? null : h("span", { class: "transfer-late" }, icon("alert"), t("transfer.late")),
      offer.decision ? null : h("span", { class: "muted small" }, `„${offer.reason}” · ${offer.offered_by}`),
      h("span", { class: "form-buttons" }, ...this.buttons(offer)));
  }

  buttons(offer) {
    const button = (name, onclick, look = "") => h("button", {
      type: "button", class: `button ${look}`, dataset: { key: `transfer-${name}-${offer.id}` }, onclick,
    }, t(`transfer.${name}`));
    return [
      ...(this.isTo(offer) ? [
        button("accept", () => this.accept(offer), "primary"),
        button("return", () => this.giveBack(offer)),
      ] : []),
      ...(this.isFrom(offer) && !offer.decision ? [button("withdraw", () => this.withdraw(offer))] : []),
      button("open", () => this.context.onSelect(offer.incident_id), "quiet"),
    ];
  }

  async accept(offer) {
    const wish = { expected_version: offer.incident_version };
    const done = await this.context.act(`/v1/transfer-offers/${offer.id}/accept`, wish, t("transfer.accept.done"));
    await this.load();
    if (done) await this.context.onSelect(offer.incident_id);
  }

  giveBack(offer) {
    this.returning = offer.id;
    openForm(this.slot, {
      title: `${t("transfer.return")}: ${offer.incident_number}`,
      fields: [["reason", textField(t("form.reason"), { required: true, maxLength: 2000 })]],
      keep: `transfer-${offer.id}/return`,
      label: t("transfer.return"),
      send: async ({ reason }) => {
        const done = t("transfer.return.done", { county: this.context.countyName(offer.county_from) });
        const answer = await this.context.act(`/v1/transfer-offers/${offer.id}/return`, { reason }, done);
        await this.load();
        return answer;
      },
    });
  }

  async withdraw(offer) {
    await this.context.act(`/v1/transfer-offers/${offer.id}/withdraw`, {}, t("transfer.withdraw.done"));
    await this.load();
  }

  tick() {
    for (const card of this.list.querySelectorAll("[data-due]")) {
      const offer = this.offers.find(({ id }) => id === card.dataset.transfer);
      const late = Boolean(offer) && isLate(offer);
      if (late !== card.classList.contains("is-late")) this.context.onLate();
      card.classList.toggle("is-late", late);
      const age = card.querySelector("[data-opened]");
      age.textContent = ageText(secondsSince(age.dataset.opened));
    }
  }
}
