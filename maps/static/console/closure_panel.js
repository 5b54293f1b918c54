// Closures of roads in the console: what is in force, drawing another, opening again.

import { askedNote, ClosureRequests } from "console/closure_requests.js";
import { ClosureSketch } from "console/closure_sketch.js";
import { extentText, kindOf, untilText } from "map/closure_layer.js";
import { closeWithEscape } from "map/controls.js";
import { CLOSURES, get, post, rowsOf } from "shared/api_client.js";
import { nowMs } from "shared/clock.js";
import { closeButton, h, icon, redraw, squareButton } from "shared/dom.js";
import { Newest } from "shared/newest.js";
import { inOurLanguage, t } from "shared/page_data.js";

const UNTIL_MIN = [30, 60, 120, 240, 720, 1440];
const OPEN_END = "open";
const SPEEDS = { closed: null, half: 0.5, quarter: 0.25 };

function choice(label, options, value) {
  return h("label", { class: "field" }, h("span", {}, label),
    h("select", {}, ...options.map(([name, text]) => h("option", { value: name, selected: name === value }, text))));
}

export class ClosurePanel {
  constructor(view, context) {
    this.newest = new Newest();
    this.view = view;
    this.context = context;
    this.sketch = new ClosureSketch(view.map);
    this.requests = new ClosureRequests(view.map, { ...context, reload: () => this.load() });
    this.list = h("div", {});
    this.known = null;
    this.form = h("div", {});
    this.tools = h("div", { class: "closure-tools", hidden: true },
      h("button", { type: "button", class: "button", onclick: () => this.draw("spot") }, icon("noentry"), t("closure.draw.spot.button")),
      h("button", { type: "button", class: "button", onclick: () => this.draw("area") }, icon("area"), t("closure.draw.area.button")));
    this.element = h("section", { class: "closure-panel", hidden: true, "aria-label": t("closure.title") },
      h("div", { class: "block-head" }, h("h2", {}, t("closure.title")),
        closeButton(t("problem.close"), () => this.toggle(false))),
      this.tools, this.form, this.requests.element, this.list);
    this.count = h("span", { class: "closure-count", hidden: true });
    this.button = squareButton("noentry", t("closure.title"), () => this.toggle());
    this.button.setAttribute("aria-expanded", "false");
    this.button.append(this.count);
    closeWithEscape(this.element, this.button, () => this.toggle(false));
    view.controls.stage.querySelector(".map-buttons").append(this.button);
    view.controls.stage.append(this.element);
  }

  async load() {
    const rows = await this.newest.of(() => this.context.attempt(() => get(CLOSURES)));
    if (!rows) return;
    this.view.closures.show(rowsOf(rows));
    this.tellForeign(this.view.closures.rows);
    this.tools.hidden = !this.context.may("close_roads") || this.form.hasChildNodes();
    await this.requests.load();
    this.showList();
  }

  isOurs(row) {
    return [row.county, ...row.counties].some((code) => this.context.myCounties().includes(code));
  }

  /** Another county closed roads on our ground since we last looked. */
  tellForeign(rows) {
    const known = this.known;
    this.known = new Set(rows.map((row) => row.id));
    for (const row of rows.filter((one) => known && !known.has(one.id))) {
      if (this.isOurs(row) && !this.context.myCounties().includes(row.county)) {
        this.context.notices.good(t("closure.on_our_ground", { county: row.county, reason: row.reason }));
      }
    }
  }

  toggle(open = this.element.hidden) {
    this.element.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    if (!open) {
      this.stopForm();
      this.requests.clear();
    }
    if (open && !this.view.controls.legend.hidden) this.view.controls.toggleLegend();
  }

  showList() {
    const { rows } = this.view.closures;
    const count = rows.length + this.requests.waitingForUs;
    this.count.textContent = String(count);
    this.count.hidden = count === 0;
    redraw(this.list,
      rows.length ? h("ul", { class: "rows" }, ...rows.map((row) => this.row(row)))
        : h("p", { class: "muted" }, t("closure.none")));
  }

  row(row) {
    const kind = kindOf(row);
    const mayEnd = this.context.may("close_roads") && this.isOurs(row);
    const show = { key: `show-${row.id}` };
    const zoomTo = () => this.view.closures.zoomTo(row.id);
    return h("li", { class: "row closure-row", dataset: { closure: row.id } },
      h("button", { type: "button", class: "closure-show", dataset: show, title: t("closure.show"), onclick: zoomTo },
        h("span", { class: `closure-mark closure-mark--${kind}` }, icon(kind === "closed" ? "noentry" : "slow")),
        h("span", { class: "row-main" },
          h("strong", {}, row.reason),
          h("span", { class: "small" }, `${t(`closure.kind.${kind}`)} · ${untilText(row)}`),
          h("span", { class: "small muted" }, `${extentText(row.meant)} · ${row.counties.join(", ")}`),
          row.warning ? h("span", { class: "small stale-text" }, icon("alert"), " ", inOurLanguage(row.warning)) : null,
          row.applied || row.state !== "active" ? null : h("span", { class: "badge warn" }, icon("clock"), t("closure.applying")),
          row.state === "upcoming" ? h("span", { class: "badge plain" }, icon("clock"), t("closure.upcoming")) : null)),
      mayEnd ? h("button", {
        type: "button", class: "button", dataset: { key: `end-${row.id}` },
        onclick: (event) => this.end(row, event.currentTarget),
      }, t("closure.end")) : null);
  }

  async end(row, button) {
    button.disabled = true;
    const done = await this.context.attempt(() => post(`/v1/road-closures/${row.id}/end`, {}));
    button.disabled = false;
    if (done) this.context.notices.good(t("closure.end.done", { reason: row.reason }));
    await this.load();
  }

  /** The panel steps aside while places are tapped. */
  async draw(mode) {
    this.stopForm();
    this.element.hidden = true;
    this.context.showTab("map");
    const shape = await this.sketch.take(mode);
    this.element.hidden = false;
    if (shape) await this.preview(shape);
  }

  async preview(shape) {
    const found = await this.context.attempt(() => post("/v1/closure-requests/preview", { ...shape, reason: "?" }));
    if (!found) {
      this.sketch.clear();
      return;
    }
    for (const { roads } of [found.own, ...found.asked].filter(Boolean)) this.sketch.showRoads(roads);
    this.openForm(shape, found);
  }

  openForm(shape, found) {
    const what = choice(t("closure.what"), Object.keys(SPEEDS).map((name) => [name, t(`closure.what.${name}`)]), "closed");
    const ends = [...UNTIL_MIN.map((n) => [String(n), this.duration(n)]), [OPEN_END, t("closure.until.open")]];
    const until = choice(t("closure.how_long"), ends, "120");
    const hint = t("closure.reason.hint");
    const reason = h("label", { class: "field" }, h("span", {}, t("form.reason")),
      h("input", { name: "reason", required: true, maxLength: 500, autocomplete: "off", placeholder: hint }));
    const submit = h("button", { type: "submit", class: "button primary" }, icon("noentry"),
      t(found.asked.length === 0 ? "closure.confirm" : found.own ? "closure.request.confirm_both" : "closure.request.confirm"));
    const form = h("form", { class: "inline-form closure-form", onsubmit: async (event) => {
      event.preventDefault();
      submit.disabled = true;
      const [factor, minutes] = [SPEEDS[what.querySelector("select").value], until.querySelector("select").value];
      await this.send({ ...shape, factor, reason: reason.querySelector("input").value.trim(),
        valid_until: minutes === OPEN_END ? null : new Date(nowMs() + Number(minutes) * 60000).toISOString() });
      submit.disabled = false;
    } },
    found.own ? h("p", {}, h("strong", {}, extentText(found.own.meant))) : null,
    found.own?.warning ? h("p", { class: "shortfall" }, icon("alert"), h("span", {}, inOurLanguage(found.own.warning))) : null,
    ...askedNote(found.asked, this.context.countyName),
    what, until, reason,
    h("div", { class: "form-buttons" }, submit,
      h("button", { type: "button", class: "button quiet", onclick: () => this.stopForm() }, t("form.cancel"))));
    form.addEventListener("keydown", (event) => event.key === "Escape" && this.stopForm());
    this.form.replaceChildren(form);
    this.tools.hidden = true;
    reason.querySelector("input").focus();
  }

  duration(minutes) {
    return minutes < 60 ? t("age.min", { n: minutes }) : t("closure.hours", { n: minutes / 60 });
  }

  async send(wish) {
    const done = await this.context.attempt(() => post("/v1/closure-requests", wish));
    if (!done) return;
    const { closure: made, requests } = done;
    if (made) {
      this.context.notices.good(t(made.factor === null ? "closure.done" : "closure.done_slowed", { extent: extentText(made.meant) }));
    }
    const counties = requests.map((row) => this.context.countyName(row.county)).join(", ");
    if (counties) this.context.notices.good(t("closure.request.sent", { counties }));
    this.stopForm();
    await this.load();
  }

  stopForm() {
    this.form.replaceChildren();
    this.sketch.clear();
    this.tools.hidden = !this.context.may("close_roads");
  }
}
