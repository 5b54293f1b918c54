// Cases, open and closed, by what is known of them: page by page, to read, to note, to reopen.

import { choiceField } from "console/inline_form.js";
import { ask } from "shared/api_client.js";
import { fullTime, momentInRomania } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { INCIDENT_LOOKS } from "shared/looks.js";
import { t } from "shared/page_data.js";

const SEARCH = "/v1/incidents/search";
const PAGE = 30;
const IS_TELEPHONE = /^\+?[\d ]{3,}$/;
const OPEN = ["open", "assigned", "en_route", "on_scene"];
const DAY_MS = 24 * 3600 * 1000;

export class SearchPanel {
  constructor(holder, context) {
    this.context = context;
    this.asked = 0;
    // Not `textField`: that each of them may stay empty goes without saying.
    const field = (key, rest = {}) => h("label", { class: "field" }, h("span", {}, t(`search.${key}`)),
      h("input", { type: "search", name: `search-${key}`, autocomplete: "off", maxLength: 200, ...rest }));
    this.fields = {
      number: field("number", { placeholder: t("search.number.placeholder"), maxLength: 40 }),
      words: field("words"),
      place: field("place"),
      team: field("team", { maxLength: 40 }),
      since: field("since", { type: "date" }),
      until: field("until", { type: "date" }),
    };
    this.state = choiceField(t("search.state"), [["open", t("search.state.open")], ["closed", t("search.state.closed")]]);
    const choice = this.state.querySelector("select");
    choice.required = false;
    choice.options[0].textContent = t("search.state.all");
    this.note = h("p", { class: "muted small", role: "status" });
    this.list = h("ul", { class: "rows", "aria-label": t("search.found") });
    this.more = h("button", {
      type: "button", class: "button", hidden: true, dataset: { key: "search-more" }, onclick: () => this.find(this.next),
    }, t("search.more"));
    const form = h("form", { class: "search-form", role: "search", onsubmit: (event) => this.search(event) },
      ...Object.values(this.fields), this.state,
      h("div", { class: "form-buttons" },
        h("button", { type: "submit", class: "button primary" }, t("search.find")),
        h("button", { type: "reset", class: "button quiet", onclick: () => this.clear() }, t("search.clear"))));
    holder.replaceChildren(h("details", { class: "search-cases" },
      h("summary", {}, t("search.title")), form, this.note, this.list, this.more));
  }

  valueOf(name) {
    return this.fields[name].querySelector("input").value.trim();
  }

  /** What is wished, as it is asked: in the body, because addresses end in logs. */
  wish() {
    const wish = {};
    const number = this.valueOf("number");
    if (number) wish[IS_TELEPHONE.test(number) ? "caller" : "number"] = number;
    for (const name of ["words", "place", "team"]) {
      if (this.valueOf(name)) wish[name] = this.valueOf(name);
    }
    const state = this.state.querySelector("select").value;
    if (state) wish.states = state === "open" ? OPEN : ["closed"];
    const [since, until] = [this.valueOf("since"), this.valueOf("until")];
    if (since) wish.opened_from = momentInRomania(`${since}T00:00`);
    // The last day is in it.
    if (until) {
      const next = new Date(Date.parse(`${until}T00:00Z`) + DAY_MS).toISOString().slice(0, 10);
      wish.opened_before = momentInRomania(`${next}T00:00`);
    }
    return wish;
  }

  search(event) {
    event.preventDefault();
    this.wished = this.wish();
    this.rows = [];
    return this.find(null);
  }

  clear() {
    this.asked += 1;
    this.rows = [];
    this.more.hidden = true;
    this.list.replaceChildren();
    this.note.textContent = "";
  }

  /** The first page, or the one after a mark; of two searches the later one is shown. */
  async find(after) {
    this.asked += 1;
    const turn = this.asked;
    this.note.textContent = t("console.loading");
    const wish = { ...this.wished, limit: PAGE, ...(after ? { after } : {}) };
    const page = await this.context.attempt(() => ask(SEARCH, wish));
    if (turn !== this.asked) return;
    this.note.textContent = "";
    if (!page) return;
    this.rows.push(...page.cases);
    this.next = page.next;
    this.more.hidden = !page.next;
    const count = page.next ? "search.count.more" : "search.count";
    this.note.textContent = this.rows.length ? t(count, { n: this.rows.length }) : t("search.none");
    redraw(this.list, ...this.rows.map((row) => this.row(row)));
  }

  row(row) {
    const where = [this.context.countyName(row.county), row.place].filter(Boolean).join(" · ");
    return h("li", {}, h("button", {
      type: "button", class: `card card--${row.state}`, dataset: { key: `found-${row.id}`, found: row.number },
      onclick: () => this.context.onSelect(row.id),
    },
    h("span", { class: "card-line" }, h("strong", { class: "card-number" }, row.number),
      h("time", { class: "card-age number", dateTime: row.opened_at }, fullTime(row.opened_at))),
    h("span", { class: "card-line" },
      h("span", { class: `state state--${row.state}` }, icon(INCIDENT_LOOKS[row.state] ?? "check"),
        t(row.resolution ? `resolution.${row.resolution}` : `incident.state.${row.state}`)),
      h("span", { class: "muted" }, row.teams.join(", "))),
    h("span", { class: "muted" }, where),
    row.excerpt ? h("span", { class: "reason" }, `„${row.excerpt}”`) : null));
  }
}
