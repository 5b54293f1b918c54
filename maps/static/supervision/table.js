// The centres as a list, the worst first: each count with since when the first of them waits.

import { ageText, secondsSince } from "shared/clock.js";
import { h, icon, KeyedList } from "shared/dom.js";
import { t } from "shared/page_data.js";
import { FIGURES, LEVEL_DRAWINGS } from "supervision/looks.js";

export class Table {
  constructor() {
    this.body = h("tbody", {});
    this.rows = new KeyedList(this.body, { keyOf: ({ county }) => county, saysOf: () => "", make: (row) => this.row(row) });
    const head = (text, about) => h("th", { scope: "col", title: about ?? text }, text);
    // Scrolled by keyboard too, where it is wider than the window.
    this.element = h("div", { class: "centres-list", tabIndex: 0, role: "region", "aria-label": t("centres.list") },
      h("table", { class: "centres-table" },
        h("thead", {}, h("tr", {}, head(t("centres.centre")),
          ...FIGURES.map(({ name }) => head(t(`centres.${name}`), t(`centres.${name}.about`))),
          head(t("centres.open"), t("centres.open.about")), head(t("centres.posts"), t("centres.posts.about")),
          head(t("centres.teams"), t("centres.teams.about")))),
        this.body));
  }

  show(centres) {
    this.rows.show(centres);
  }

  row(centre) {
    const { county, name, level, open_cases: open, teams } = centre;
    const quiet = (text, isNothing) => h("td", { class: isNothing ? "is-nothing" : "" }, text);
    return h("tr", { class: `centre centre--${level}`, dataset: { county, level } },
      h("th", { scope: "row" }, icon(LEVEL_DRAWINGS[level], t(`centres.level.${level}`)), " ", name),
      ...FIGURES.map((figure) => this.cell(figure, figure.read(centre))),
      h("td", { class: open.urgent + open.usual + open.can_wait ? "" : "is-nothing" },
        open.urgent ? h("strong", { class: "figure--alert" }, t("centres.open.urgent", { n: open.urgent }), " ") : null,
        String(open.usual + open.can_wait)),
      quiet(t("centres.posts.of", { taken: centre.posts_taken, people: centre.people_signed_in }), !centre.people_signed_in),
      quiet(t("centres.teams.of", { available: teams.available, shift: teams.on_shift }), !teams.on_shift));
  }

  cell({ look }, { count, since }) {
    if (!count) return h("td", { class: "is-nothing" }, "0");
    return h("td", { class: `figure--${look}` }, h("strong", {}, String(count)),
      since ? h("span", { class: "since", dataset: { opened: since } }, ageText(secondsSince(since))) : null);
  }
}
