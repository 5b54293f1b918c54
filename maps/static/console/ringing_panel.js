// Calls that ring: whose each is, where it comes from, what to ask; and the form of the own one.
//
// A claim is the server's: of two posts one gets the call. What was claimed here is found again
// after a reload, and at another post by taking it over.

import { CallDraftForm } from "console/call_draft_form.js";
import { certaintyBadge, ownerShare, questionFor, runnerUpText } from "console/county_share.js";
import { postName } from "console/post.js";
import { get, post, rowsOf } from "shared/api_client.js";
import { ageText, clockTime, fullTime, percent, secondsSince } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { Newest } from "shared/newest.js";
import { inOurLanguage, t } from "shared/page_data.js";

const AGAIN_MS = 20000;
const WAITS = new Set(["ringing", "handed_back"]);

export class RingingPanel {
  constructor(holder, context) {
    this.newest = new Newest();
    this.context = context;
    this.holder = holder;
    this.post = postName();
    this.calls = [];
    this.list = h("ul", {});
    this.slot = h("div", { class: "call-slot" });
    holder.replaceChildren(this.list, this.slot);
    // Nobody announces that a call has become stale.
    setInterval(() => this.calls.length > 0 && this.load(), AGAIN_MS);
  }

  load() {
    return this.context.attempt(() => this.read());
  }

  async read() {
    const rows = await this.newest.of(() => get("/v1/calls/ringing"));
    if (rows) this.show(rowsOf(rows));
  }

  /** Those that nobody has, for the bar of what waits; handed back, it is a new arrival. */
  get waiting() {
    return this.calls.filter(({ state }) => WAITS.has(state)).map((call) => ({
      id: `${call.id}/${call.handed_back_at ?? ""}`,
      since: call.handed_back_at ?? call.rang_at,
      text: `${t("ringing.state.ringing")} · ${call.line}`,
      open: () => this.claim(call),
    }));
  }

  show(calls) {
    this.calls = calls;
    this.holder.hidden = calls.length === 0;
    redraw(this.list, ...calls.map((call) => this.row(call)));
    this.showForm();
    this.showAreas();
  }

  isMine({ claimed_by: who, claimed_post: at }) {
    return who === this.context.me() && at === this.post;
  }

  row(call) {
    const mine = this.isMine(call);
    const where = this.where(call);
    return h("li", { class: `ring ring--${call.state}${mine ? " ring--mine" : ""}`, dataset: { ringing: call.id } },
      h("span", { class: "ring-state" }, icon("phone"), h("strong", {}, this.stateText(call, mine))),
      h("span", { class: "number" },
        `${call.line} · ${call.caller ?? t("console.caller.hidden")} · ${ageText(secondsSince(call.rang_at))}`),
      where,
      h("span", { class: "form-buttons" }, ...this.buttons(call, mine)));
  }

  stateText(call, mine) {
    if (mine) return t(call.hung_up_at ? "ringing.mine.hung_up" : "ringing.mine");
    if (call.state === "claimed") return t("ringing.claimed", { who: call.claimed_by, post: call.claimed_post });
    if (call.state === "handed_back") return t("ringing.handed_back", { who: call.handed_back_by });
    return t(call.hung_up_at ? "ringing.hung_up" : `ringing.state.${call.state}`);
  }

  /** The county with its share, the runner-up and why; and what to ask first of all. */
  where({ location }) {
    if (!location) return h("span", { class: "ring-where muted" }, t("console.unlocated"));
    const { countyName } = this.context;
    const case_ = { ...location, county: location.owner };
    return h("span", { class: "ring-where" },
      h("span", {}, certaintyBadge(case_), " ",
        location.owner ? h("strong", {}, countyName(location.owner), " ", percent(ownerShare(case_))) : "",
        " ", h("span", { class: "card-runner-up" }, runnerUpText(case_, countyName))),
      h("span", { class: "muted small" }, inOurLanguage(location.reason)),
      location.ambiguous || !location.owner
        ? h("span", { class: "card-ask" }, icon("question"), h("span", {}, questionFor(case_, countyName))) : "");
  }

  buttons(call, mine) {
    const button = (name, onclick, look = "") =>
      h("button", { type: "button", class: `button ${look}`, dataset: { key: `${name}-${call.id}` }, onclick }, t(`ringing.${name}`));
    if (mine) {
      return [
        button("end", () => this.end(call), "primary"),
        button("misdial", () => this.misdial(call)),
        button("hand_back", () => this.handBack(call)),
      ];
    }
    if (call.state === "claimed") return [button("take_over", () => this.claim(call, call.claimed_by))];
    const claim = button("claim", () => this.claim(call), "primary");
    return call.state === "stale" ? [claim, button("no_answer", () => this.finish(call, "no_answer"))] : [claim];
  }

  async claim(call, insteadOf = null) {
    const wish = { post: this.post, ...(insteadOf ? { instead_of: insteadOf } : {}) };
    const done = await this.context.attempt(() => post(`/v1/calls/ringing/${call.id}/claim`, wish));
    await this.context.reload();
    if (done?.location?.area) this.zoomTo(done.location.area);
  }

  async handBack(call) {
    // The colleague goes on with what was typed.
    if (this.form && !await this.form.save()) return;
    await this.context.attempt(() => post(`/v1/calls/ringing/${call.id}/hand-back`));
    await this.context.reload();
  }

  /** What was typed goes into the case, whichever county has it; without one it is asked twice. */
  async end(call) {
    const { form } = this;
    const text = form && !form.isEmpty() ? form.asText() : "";
    const isLost = text && !call.location?.owner && !call.incident_id;
    if (isLost && this.asked !== call.id) {
      this.asked = call.id;
      const button = this.list.querySelector(`[data-key="end-${call.id}"]`);
      if (button) button.textContent = t("ringing.end.loses");
      return;
    }
    const done = await this.finish(call, "answered", text && !isLost ? text : null);
    if (done && call.incident_id) await this.context.onSelect(call.incident_id);
  }

  async misdial(call) {
    if (!await this.finish(call, "misdial")) return;
    if (call.incident_id) await this.context.act(`/v1/calls/${call.call_id}/misdial`, {}, t("unowned.misdial.done"));
  }

  async finish(call, outcome, note = null) {
    const wish = note ? { outcome, note } : { outcome };
    const done = await this.context.attempt(() => post(`/v1/calls/ringing/${call.id}/end`, wish));
    if (done) this.dropForm();
    await this.context.reload();
    return done;
  }

  /** The form of the own call stays as it is while the list above it changes. */
  async showForm() {
    const mine = this.calls.filter((call) => this.isMine(call))
      .sort((a, b) => Date.parse(b.claimed_at) - Date.parse(a.claimed_at))[0];
    if (mine?.id === this.formOf) return;
    this.dropForm();
    if (!mine) return;
    this.formOf = mine.id;
    this.form = new CallDraftForm(mine.call_id);
    const about = h("p", { class: "small" });
    this.slot.replaceChildren(about, this.form.element);
    await this.form.load();
    const whole = await this.context.attempt(() => get(`/v1/calls/ringing/${mine.id}`));
    if (whole) redraw(about, ...this.about(whole));
  }

  about({ caller, rang_at: rangAt, earlier }) {
    const told = earlier.map((call) => {
      const text = `${fullTime(call.started_at)} ${call.incident_number ?? t(call.is_misdial ? "action.misdial" : "unowned.title")}`;
      return call.incident_id
        ? h("button", { type: "button", class: "button quiet", onclick: () => this.context.onSelect(call.incident_id) }, text)
        : h("span", {}, `${text} `);
    });
    return [
      h("strong", { class: "number" }, caller ?? t("console.caller.hidden")), ` · ${clockTime(rangAt, { seconds: true })} · `,
      earlier.length ? t("ringing.earlier") : t("ringing.earlier.none"), " ", ...told,
    ];
  }

  dropForm() {
    this.form?.drop();
    this.form = null;
    this.formOf = null;
    this.asked = null;
    this.slot.replaceChildren();
  }

  showAreas() {
    this.layer?.remove();
    const areas = this.calls.filter((call) => call.location?.area && (WAITS.has(call.state) || this.isMine(call)));
    if (areas.length === 0) return;
    this.layer = window.L.geoJSON(areas.map(({ location }) => location.area), {
      pane: "areas",
      style: () => ({ className: "area area--open", weight: 2, fillOpacity: 0.1 }),
      pointToLayer: (_, at) => window.L.circleMarker(at, { pane: "areas", className: "area area--open", radius: 9 }),
    }).addTo(this.context.view.map);
  }

  zoomTo(area) {
    this.context.view.map.fitBounds(window.L.geoJSON(area).getBounds(), { maxZoom: 15, padding: [40, 40] });
  }
}
