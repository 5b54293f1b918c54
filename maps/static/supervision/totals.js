// What waits in all centres together; the drawings of the tiles are explained by it.

import { h, icon, redraw } from "shared/dom.js";
import { t } from "shared/page_data.js";
import { FIGURES, openCases } from "supervision/looks.js";

export class Totals {
  constructor(holder) {
    this.holder = holder;
  }

  show({ centres, of_none: ofNone }) {
    const sum = (read) => centres.reduce((all, centre) => all + read(centre), 0);
    const none = ofNone ? ofNone.calls.count + ofNone.ringing.count + ofNone.missed.count : 0;
    redraw(this.holder,
      ...FIGURES.map(({ name, drawing, look, read }) =>
        this.total(drawing, t(`centres.${name}`), sum((centre) => read(centre).count), look)),
      this.total("note", t("centres.open"), sum(openCases), "plain"),
      // A call that no county answers for is in no row of the list.
      ofNone ? this.total("question", t("centres.of_none"), none, "alert") : null);
  }

  total(drawing, label, count, look) {
    return h("li", { class: `total ${count ? `figure--${look}` : "is-nothing"}` },
      icon(drawing), h("strong", { class: "number" }, String(count)), h("span", {}, label));
  }
}
