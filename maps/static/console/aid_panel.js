// Teams asked of neighbour centres, and by them: on both desks, each with the time that is left.

import { openForm, textField } from "console/inline_form.js";
import { secondsUntil } from "console/field_facts.js";
import { get, post, rowsOf } from "shared/api_client.js";
import { ageText } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { Newest } from "shared/newest.js";
import { t } from "shared/page_data.js";

const KEPT = "dispatch119_aid_seen";

export class AidPanel {
  constructor(holder, context) {
    this.context = context;
    this.newest = new Newest();
    this.list = h("ul", { "aria-label": t("aid.title") });
    this.slot = h("div", { class: "form-slot" });
    holder.replaceChildren(this.list, this.slot);
    this.requests = [];
    this.seen = new Set(JSON.parse(sessionStorage.getItem(KEPT) ?? "[]"));
    setInterval(() => this.tick(), 1000);
  }

  load() {
    return this.context.attempt(() => this.read());
  }

  async read() {
    const rows = await this.newest.of(() => get("/v1/aid-requests"));
    if (!rows) return;
    this.requests = rowsOf(rows);
    this.draw();
  }

  isAsked({ team_county: county }) {
    return this.context.myCounties().includes(county);
  }

  isAsker({ county }) {
    return this.context.myCounties().includes(county);
  }

  /** What waits for an answer of this centre, for the bar of arrivals. */
  get waiting() {
    return this.requests.filter((row) => row.waits && this.isAsked(row) && !this.isAsker(row)).map((row) => ({
      id: `aid-${row.id}`, since: row.asked_at, isField: true, open: () => this.focus(row.id),
      text: t("aid.asked", { county: this.context.countyName(row.county), team: row.callsign }),
    }));
  }

  focus(id) {
    this.context.onBack();
    this.list.querySelector(`[data-key="accept-${CSS.escape(id)}"]`)?.focus();
  }

  draw() {
    // An answer is for who asked, until they have seen it.
    const isNews = (row) => row.answer && row.answer !== "withdrawn" && this.isAsker(row) && !this.seen.has(row.id);
    const shown = this.requests.filter((row) => row.waits || isNews(row));
    redraw(this.list, ...shown.map((row) => this.card(row)));
    if (!shown.some(({ id }) => id === this.formOf)) this.slot.replaceChildren();
    this.tick();
  }

  card(row) {
    const { countyName, onSelect, may } = this.context;
    const asker = this.isAsker(row);
    const button = (key, kind, text, onclick) => h("button", {
      type: "button", class: `button ${kind}`, dataset: { key: `${key}-${row.id}` }, onclick,
    }, text);
    const names = { team: row.callsign, county: countyName(asker ? row.team_county : row.county) };
    const bad = row.answer === "refused" || row.answer === "lapsed";
    return h("li", { class: `card card--${row.waits ? "open" : bad ? "open" : "assigned"}`, dataset: { aid: row.id } },
      h("span", { class: "card-line" },
        h("span", { class: "state state--open" }, icon("split"), t("aid.title")),
        row.waits ? h("span", { class: "card-age number", dataset: { expires: row.expires_at } }) : null),
      h("strong", {}, t(asker ? "aid.mine" : "aid.asked", names)),
      row.travel_s === null ? null : h("span", {}, icon("car"), " ", this.distance(row)),
      asker ? null : h("span", { class: "small" }, t("aid.urgency", { n: row.priority })),
      row.answer
        ? h("span", {}, t(`aid.was.${row.answer}`, { who: row.answered_by }), row.answer_reason ? ` „${row.answer_reason}”` : "") : null,
      h("span", { class: "form-buttons" },
        asker && row.incident_id ? button("aid-case", "quiet", row.incident_number, () => onSelect(row.incident_id)) : null,
        row.waits && !asker && may("ask_for_aid") ? [
          button("accept", "primary", t("aid.accept"), () => this.answer(row, "accept", t("aid.accepted.done", names))),
          button("refuse", "", t("aid.refuse"), () => this.refuse(row, names)),
          row.area ? button("area", "quiet", t("aid.show"), () => this.context.showAside(row.area)) : null] : null,
        row.waits && asker && may("ask_for_aid")
          ? button("withdraw", "", t("aid.withdraw"), () => this.answer(row, "withdraw", t("aid.withdrawn.done", names))) : null,
        row.answer ? button("aid-seen", "quiet", t("aid.seen"), () => this.hide(row.id)) : null));
  }

  distance({ travel_s: seconds, distance_m: metres }) {
    const n = Math.max(1, Math.round(seconds / 60));
    if (metres === null) return t("aid.minutes", { n });
    return t("aid.distance", { n, km: (metres / 1000).toFixed(1).replace(".", t("aid.decimal")) });
  }

  hide(id) {
    this.seen.add(id);
    sessionStorage.setItem(KEPT, JSON.stringify([...this.seen].slice(-200)));
    this.draw();
  }

  async answer({ id }, what, done) {
    await this.context.act(`/v1/aid-requests/${id}/${what}`, {}, done, post);
    this.context.showAside(null);
    await this.load();
  }

  refuse(row, names) {
    this.formOf = row.id;
    openForm(this.slot, {
      title: t("aid.refuse.label", names),
      fields: [["reason", textField(t("form.reason"), { required: true, maxLength: 500 })]],
      keep: `aid-${row.id}/refuse`,
      label: t("aid.refuse"),
      send: async (values) => {
        const answer = await this.context.act(`/v1/aid-requests/${row.id}/refuse`, values, t("aid.refused.done", names));
        this.context.showAside(null);
        await this.load();
        return answer;
      },
    });
  }

  tick() {
    for (const left of this.list.querySelectorAll("[data-expires]")) {
      const seconds = secondsUntil(left.dataset.expires);
      left.textContent = seconds > 0 ? t("aid.left", { age: ageText(seconds) }) : t("aid.over");
    }
  }
}
