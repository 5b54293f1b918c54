// Closure requests in the console: what we are asked to close on our ground, and what we asked.

import { openForm, textField } from "console/inline_form.js";
import { extentText, kindOf, untilText } from "map/closure_layer.js";
import { get, post, rowsOf } from "shared/api_client.js";
import { clockTime, secondsSince } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { inOurLanguage, t } from "shared/page_data.js";

const REQUESTS = "/v1/closure-requests";
// Answers are shown until nobody can have missed them; the audit trail keeps them.
const SHOWN_S = 12 * 3600;
const LOOK = { pane: "closures", interactive: false, style: { className: "closure-sketch", weight: 6 } };

export class ClosureRequests {
  constructor(map, context) {
    this.map = map;
    this.context = context;
    this.rows = [];
    this.known = null;
    this.layer = L.layerGroup().addTo(map);
    this.slot = h("div", {});
    this.list = h("div", {});
    this.answered = h("div", {});
    this.fold = h("details", {}, h("summary", {}, t("closure.request.answered")), this.answered);
    this.element = h("div", { class: "closure-requests", hidden: true },
      h("h3", {}, t("closure.request.title")), this.slot, this.list, this.fold);
  }

  /** How many wait for our own answer. */
  get waitingForUs() {
    return this.rows.filter((row) => row.state === "waiting" && this.isAsked(row)).length;
  }

  isAsked(row) {
    return this.context.myCounties().includes(row.county);
  }

  isAsker(row) {
    return this.context.myCounties().includes(row.asked_from);
  }

  async load() {
    if (!this.context.may("close_roads")) return;
    const rows = await this.context.attempt(() => get(`${REQUESTS}?state=all`));
    if (!rows) return;
    this.rows = rowsOf(rows).filter((row) => row.state === "waiting"
      || secondsSince(row.ended_at ?? row.answered_at ?? row.asked_at) < SHOWN_S);
    this.tell();
    this.layer.clearLayers();
    this.element.hidden = this.rows.length === 0;
    const waiting = this.rows.filter(({ state }) => state === "waiting");
    const answered = this.rows.filter(({ state }) => state !== "waiting");
    for (const [list, some] of [[this.list, waiting], [this.answered, answered]]) {
      redraw(list, h("ul", { class: "rows" }, ...some.map((row) => this.row(row))));
    }
    this.fold.hidden = answered.length === 0;
  }

  /** Say what changed since we last looked: a request to us, an answer to ours. */
  tell() {
    const known = this.known;
    this.known = new Map(this.rows.map((row) => [row.id, row.state]));
    for (const row of known ? this.rows : []) {
      if (known.get(row.id) === row.state) continue;
      if (row.state === "waiting" && this.isAsked(row)) {
        this.context.notices.good(t("closure.request.came", { county: this.context.countyName(row.asked_from), reason: row.reason }));
      } else if (row.state !== "waiting" && row.state !== "withdrawn" && this.isAsker(row) && !this.isAsked(row)) {
        this.context.notices.good(this.outcome(row));
      }
    }
  }

  outcome(row) {
    const reason = row.state === "ended" ? row.end_reason : row.answer_reason;
    const said = t(`closure.request.state.${row.state}`, { county: this.context.countyName(row.county) });
    return reason ? `${said}: ${reason}` : said;
  }

  row(row) {
    const kind = kindOf(row);
    const by = { who: row.asked_by, county: this.context.countyName(row.asked_from), time: clockTime(row.asked_at) };
    const show = { key: `request-${row.id}` };
    return h("li", { class: "row closure-row", dataset: { request: row.id } },
      h("button", { type: "button", class: "closure-show", dataset: show, title: t("closure.show"), onclick: () => this.show(row) },
        h("span", { class: `closure-mark closure-mark--${kind}` }, icon(kind === "closed" ? "noentry" : "slow")),
        h("span", { class: "row-main" },
          h("strong", {}, row.reason),
          h("span", { class: "small" }, `${t(`closure.kind.${kind}`)} · ${untilText(row)}`),
          h("span", { class: "small muted" }, extentText(row.meant)),
          h("span", { class: "small" }, t("closure.request.by", by)),
          h("span", { class: `badge ${row.state === "waiting" ? "warn" : "plain"}` }, this.outcome(row)))),
      row.state === "waiting" ? this.answers(row) : null);
  }

  answers(row) {
    const button = (name, look, onclick) => h("button", {
      type: "button", class: `button ${look}`, dataset: { key: `${name}-${row.id}` }, onclick,
    }, t(`closure.request.${name}`));
    if (this.isAsked(row)) {
      return h("div", { class: "form-buttons" },
        button("accept", "primary", (event) => this.send(row, "accept", {}, event.currentTarget)),
        button("refuse", "", () => this.openRefusal(row)));
    }
    return h("div", { class: "form-buttons" },
      button("withdraw", "", (event) => this.send(row, "withdraw", {}, event.currentTarget)));
  }

  /** Above the list, which is drawn anew at every change, so that nothing typed is lost. */
  openRefusal(row) {
    openForm(this.slot, {
      title: t("closure.request.refuse.title", { county: this.context.countyName(row.asked_from), reason: row.reason }),
      fields: [["reason", textField(t("form.reason"), { required: true, maxLength: 500, autocomplete: "off" })]],
      label: t("closure.request.refuse"),
      send: (values) => this.send(row, "refuse", values),
    });
  }

  async send(row, answer, values, button = null) {
    if (button) button.disabled = true;
    const done = await this.context.attempt(() => post(`${REQUESTS}/${row.id}/${answer}`, values));
    if (button) button.disabled = false;
    if (done) this.context.notices.good(t(`closure.request.done.${answer}`));
    await this.context.reload();
    return done;
  }

  show(row) {
    this.layer.clearLayers();
    const shape = row.roads ?? row.area;
    if (!shape) return;
    const drawn = L.geoJSON(shape, LOOK).addTo(this.layer);
    this.map.fitBounds(drawn.getBounds().pad(0.6), { maxZoom: 16 });
  }

  clear() {
    this.layer.clearLayers();
    this.slot.replaceChildren();
  }
}

/** What of a drawing others would be asked for, before anybody sends it. */
export function askedNote(asked, countyName) {
  return asked.map(({ counties: [county], meant, warning }) => h("p", { class: "shortfall" }, icon("alert"),
    h("span", {}, t("closure.request.will_ask", { county: countyName(county), extent: extentText(meant) }),
      warning ? ` – ${inOurLanguage(warning)}` : "")));
}
