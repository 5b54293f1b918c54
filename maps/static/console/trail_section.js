// Who did and saw what of a case, for who supervises it; read when it is asked for, because it is noted.

import { get, rowsOf } from "shared/api_client.js";
import { clockTime, fullTime } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { hasWord, t } from "shared/page_data.js";

const KINDS = ["look", "event", "deed"];

export class TrailSection {
  constructor(context) {
    this.context = context;
    this.tools = h("div", { class: "trail-tools" });
    this.list = h("ol", { class: "trail-lines", "aria-label": t("trail.title") });
    this.details = h("details", { ontoggle: () => this.details.open && this.load() },
      h("summary", {}, t("trail.title")), this.tools, this.list);
    this.element = h("section", { class: "block trail", hidden: true }, this.details);
    this.reset();
  }

  /** Another case: closed, and nothing of the old one in it. */
  reset() {
    this.id = null;
    this.lines = [];
    this.kind = "";
    this.actor = "";
    this.details.open = false;
    this.tools.replaceChildren();
    this.list.replaceChildren();
  }

  show({ id }) {
    this.element.hidden = !this.context.may("supervise");
    this.id = id;
  }

  async load() {
    const { id } = this;
    if (!id) return;
    const lines = await this.context.attempt(() => get(`/v1/incidents/${id}/trail`));
    if (!lines || id !== this.id) return;
    this.lines = rowsOf(lines);
    this.draw();
  }

  draw() {
    const people = [...new Set(this.lines.map(({ actor }) => actor))].sort();
    redraw(this.tools,
      this.choice("kind", "trail.kind", KINDS.map((kind) => [kind, t(`trail.kind.${kind}`)])),
      this.choice("actor", "trail.actor", people.map((name) => [name, name])),
      h("button", { type: "button", class: "button", dataset: { key: "trail-again" }, onclick: () => this.load() },
        icon("refresh"), t("trail.again")),
      h("a", { class: "button", href: `/v1/audit/export?format=csv&incident_id=${this.id}`, download: "" }, t("trail.export")));
    const isWanted = ({ kind, actor }) => (!this.kind || kind === this.kind) && (!this.actor || actor === this.actor);
    const shown = this.lines.filter(isWanted);
    redraw(this.list, ...(shown.length ? shown.map((line) => this.line(line)) : [h("li", { class: "muted" }, t("trail.none"))]));
  }

  choice(name, label, options) {
    const select = h("select", { dataset: { key: `trail-${name}` }, onchange: (event) => {
      this[name] = event.target.value;
      this.draw();
    } }, h("option", { value: "" }, t("trail.all")), ...options.map(([value, text]) => h("option", { value }, text)));
    select.value = this[name];
    return h("label", { class: "field" }, h("span", {}, t(label)), select);
  }

  line({ kind, at, actor, role, action, seat, reason }) {
    const key = kind === "event" ? `timeline.${action}` : `trail.action.${action}`;
    const from = seat === "national" ? t("trail.national") : seat;
    const who = [actor, hasWord(`role.${role}`) ? t(`role.${role}`) : role, from].filter(Boolean).join(" · ");
    return h("li", { dataset: { kind } },
      h("time", { class: "number", dateTime: at, title: fullTime(at) }, clockTime(at, { seconds: true })),
      h("div", {}, h("strong", {}, hasWord(key) ? t(key) : action),
        h("span", { class: "muted" }, ` · ${who}`),
        reason ? h("p", { class: "reason" }, reason) : null));
  }
}
