// Reports of other counties that may belong to a case of ours: nothing moves before we decide.

import { openForm, textField } from "console/inline_form.js";
import { get, rowsOf } from "shared/api_client.js";
import { ageText, clockTime, secondsSince } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { Newest } from "shared/newest.js";
import { t } from "shared/page_data.js";

export class OfferPanel {
  constructor(holder, context) {
    this.newest = new Newest();
    this.context = context;
    this.list = h("ul", { "aria-label": t("offer.title") });
    this.slot = h("div", { class: "form-slot" });
    holder.replaceChildren(this.list, this.slot);
  }

  load() {
    return this.context.attempt(() => this.read());
  }

  async read() {
    const rows = await this.newest.of(() => get("/v1/offered-reports"));
    if (rows) this.show(rowsOf(rows));
  }

  show(offers) {
    redraw(this.list, ...offers.map((offer) => this.card(offer)));
    if (offers.length === 0) this.slot.replaceChildren();
  }

  card(offer) {
    const { countyName, onSelect } = this.context;
    const from = offer.offered_from.map(countyName).join(", ");
    const button = (name, kind, onclick, ...content) =>
      h("button", { type: "button", class: `button ${kind}`, dataset: { key: `${name}-${offer.id}` }, onclick }, ...content);
    return h("li", { class: "card card--open", dataset: { offer: offer.id } },
      h("span", { class: "card-line" },
        h("span", { class: "state state--open" }, icon("question"), t("offer.title")),
        h("span", { class: "card-age number" }, ageText(secondsSince(offer.offered_at)))),
      h("strong", {}, t("offer.from", { county: from })),
      h("span", { class: "muted small" }, t("offer.who", { who: offer.offered_by, time: clockTime(offer.offered_at) })),
      h("span", {}, offer.owner ? t("offer.place", { county: countyName(offer.owner) }) : t("offer.no_place")),
      offer.incident_id
        ? button("case", "quiet", () => onSelect(offer.incident_id), t("offer.case", { number: offer.incident_number })) : null,
      h("span", { class: "form-buttons" },
        button("take-in", "primary", () => this.decide(offer, "take-in"), icon("check"), t("offer.take_in")),
        button("keep-apart", "", () => this.decide(offer, "keep-apart"), t("offer.keep_apart"))));
  }

  decide(offer, decision) {
    const name = decision.replace("-", "_");
    openForm(this.slot, {
      title: t(`offer.${name}`),
      fields: [["reason", textField(t("form.reason"), { maxLength: 2000 })]],
      keep: `offer-${offer.id}/${decision}`,
      send: ({ reason }) => this.context.act(
        `/v1/offered-reports/${offer.id}/${decision}`, reason ? { reason } : {}, t(`offer.${name}.done`)),
      label: t(`offer.${name}`),
    });
  }
}
