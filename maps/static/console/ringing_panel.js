// Calls that ring: whose each is, where it comes from, what to ask; and the form of the own one.
//
// A claim is the server's: of two posts one gets the call. What was claimed here is found again
// after a reload, and at another post by taking it over.

import { CallDraftForm } from "console/call_draft_form.js";
import { sendWords } from "console/belief_section.js";
import { certaintyBadge, ownerShare, questionFor, runnerUpText } from "console/county_share.js";
import { choiceField, openForm, textField } from "console/inline_form.js";
import { postName, postText } from "console/post.js";
import { get, post, rowsOf } from "shared/api_client.js";
import { ageText, clockTime, fullTime, percent, secondsSince } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { Newest } from "shared/newest.js";
import { inOurLanguage, t } from "shared/page_data.js";
import { triageBadge } from "shared/told.js";

const AGAIN_MS = 20000;
const KM_M = 1000;
const WAITS = new Set(["ringing", "handed_back"]);

const kilometres = new Intl.NumberFormat(document.documentElement.lang || "ro", { maximumFractionDigits: 1 });
const metres = (m) => (m < KM_M ? `${Math.round(m / 10) * 10} m` : `${kilometres.format(m / KM_M)} km`);

export class RingingPanel {
  constructor(holder, context) {
    this.newest = new Newest();
    this.context = context;
    this.holder = holder;
    this.post = postName();
    this.calls = [];
    this.list = h("ul", {});
    this.slot = h("div", { class: "call-slot" });
    this.caseSlot = h("div", { class: "form-slot" });
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
    // The own call stands first; the others scroll under it and push nothing down.
    this.calls = [...calls].sort((a, b) => this.isMine(b) - this.isMine(a));
    this.holder.hidden = calls.length === 0;
    redraw(this.list, ...this.calls.map((call) => this.row(call)));
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
    if (call.state === "claimed") return t("ringing.claimed", { who: call.claimed_by, post: postText(call.claimed_post) });
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

  /** Another post was chosen: the own calls go along, so that no form is lost on the way. */
  async movedTo(name) {
    const mine = this.calls.filter((call) => this.isMine(call));
    this.post = name;
    for (const call of mine) await this.claim(call, call.claimed_by);
    if (mine.length === 0) await this.load();
  }

  current(id) {
    return this.calls.find((call) => call.id === id);
  }

  /** Save, and go on with the case of this very call; what was typed is in the form that opens. */
  async step(id, name) {
    const { form } = this;
    if (!form || !await form.save()) return;
    const call = this.current(id);
    if (!call || this.form !== form) return;
    if (call.incident_id) await this.context.step(call.incident_id, name, form.values());
    else this.askForCase(call);
  }

  /** What the caller says of the place becomes a report of the call; one that only rings begins with it. */
  async say(id, words) {
    const call = this.current(id);
    if (!call || !words) return;
    await this.form?.save();
    await sendWords(this.context, call.call_id, words);
    await this.context.reload();
  }

  /** No case yet: with a location it can be opened by hand, without one the place is asked first. */
  askForCase(call, then = async () => true) {
    if (call.location?.owner) {
      this.caseSlot.replaceChildren(h("p", { class: "ask", role: "alert" }, icon("split"), h("span", {}, t("ringing.elsewhere"))));
      return;
    }
    const told = h("p", { class: "ask", role: "alert" }, icon("question"), h("span", {}, t("ringing.no_case")));
    if (!call.location) {
      this.caseSlot.replaceChildren(told);
      return;
    }
    const form = openForm(this.caseSlot, {
      title: t("ringing.open_case"),
      fields: [
        ["county", choiceField(t("action.county"), this.context.counties())],
        ["reason", textField(t("form.reason"), { required: true, maxLength: 2000 })],
      ],
      label: t("ringing.open_case"),
      send: async (values) => {
        const done = await this.context.act(`/v1/calls/${call.call_id}/open`, values, t("ringing.open_case.done"));
        await this.context.reload();
        return done && await then();
      },
    });
    form.querySelector("h4").after(told);
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
      this.askForCase(call, () => this.finish(call, "answered", text));
      const button = this.list.querySelector(`[data-key="end-${call.id}"]`);
      if (button) button.textContent = t("ringing.end.loses");
      return;
    }
    const done = await this.finish(call, "answered", text && !isLost ? text : null);
    if (done && call.incident_id) await this.context.onSelect(call.incident_id);
  }

  /** The key for it: of the call whose form is open here, and of no other. */
  misdialMine() {
    const mine = this.current(this.formOf);
    if (mine) this.misdial(mine);
  }

  /** One key, and it can be taken back; with a team bound the case itself asks first. */
  async misdial(call) {
    const seen = call.incident_id
      ? this.context.caseOf(call.incident_id) ?? await this.context.attempt(() => get(`/v1/incidents/${call.incident_id}`)) : null;
    if (call.incident_id && !seen) return;
    if (seen?.assignments.some(({ released_at: released }) => !released)) {
      await this.context.step(seen.id, "misdial", {});
      return;
    }
    if (!await this.finish(call, "misdial") || !seen) return;
    if (seen.call_count === 1) await this.context.misdial(seen, seen.version);
    else await this.context.act(`/v1/calls/${call.call_id}/misdial`, { expected_version: seen.version }, t("unowned.misdial.done"));
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
    if (mine?.id === this.formOf) {
      if (mine) await this.showAbout();
      return;
    }
    this.dropForm();
    if (!mine) return;
    this.formOf = mine.id;
    this.form = new CallDraftForm(mine.call_id, {
      onStep: (name) => this.step(mine.id, name), onSaid: (words) => this.say(mine.id, words),
    });
    this.told = h("div", { class: "small call-about" });
    this.slot.replaceChildren(this.told, this.caseSlot, this.form.element);
    await this.form.load();
    await this.showAbout();
  }

  /** Earlier calls of the number and cases near the place; again when the place is known better. */
  async showAbout() {
    const { formOf: id, told } = this;
    const mine = this.current(id);
    if (!mine) return;
    const says = JSON.stringify([id, mine.location?.area, mine.incident_id]);
    if (says === this.aboutSays) return;
    this.aboutSays = says;
    const whole = await this.context.attempt(() => get(`/v1/calls/ringing/${id}`));
    if (whole && id === this.formOf) redraw(told, h("p", {}, ...this.about(whole)), ...this.near(whole));
    else if (!whole) this.aboutSays = null;
  }

  near({ near }) {
    if (near.length === 0) return [];
    return [h("p", { class: "call-near" }, t("ringing.near"), " ", ...near.map((one) => h("button", {
      type: "button", class: "button quiet", dataset: { key: `near-${one.id}` }, onclick: () => this.context.onSelect(one.id),
    }, `${one.number} · ${t(`incident.state.${one.state}`)} · ${metres(one.distance_m)}`,
    one.in_area ? `, ${t("ringing.near.in_area")}` : "", " ", triageBadge(one.triage))))];
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
    this.aboutSays = null;
    this.caseSlot.replaceChildren();
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
