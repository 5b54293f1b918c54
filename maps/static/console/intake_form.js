// A call entered by hand: a place on the map with a radius, the caller's words, or the
// network's own message.

import { forget, keepTyped } from "shared/typed_text.js";
import { post, postRaw } from "shared/api_client.js";
import { nowMs, percent } from "shared/clock.js";
import { closeButton, h, icon } from "shared/dom.js";
import { t } from "shared/page_data.js";

const DEFAULT_RADIUS_M = 500;
const TYPED = "intake";

function guessType(text) {
  if (text.startsWith("<")) return "application/xml";
  return text.startsWith("{") ? "application/json" : "text/plain;charset=utf-8";
}

function numberField(input) {
  return h("label", { class: "field" },
    h("span", {}, t("intake.number"), h("span", { class: "muted" }, ` (${t("form.optional")})`)), input);
}

export class IntakeForm {
  constructor(dialog, context) {
    this.dialog = dialog;
    this.context = context;
    this.place = null;
    this.mode = "place";
    this.build();
  }

  build() {
    this.placeNote = h("p", { class: "muted", role: "status" });
    this.radius = h("input", {
      type: "number", name: "radius", min: 1, max: 100000, step: 1, value: DEFAULT_RADIUS_M, oninput: () => this.sketch(),
    });
    this.number = h("input", { type: "tel", name: "number", autocomplete: "off", placeholder: t("intake.number.placeholder") });
    this.words = h("textarea", { name: "words", rows: 3, maxLength: 1000, placeholder: t("belief.said.placeholder") });
    this.wordsNumber = h("input", { type: "tel", name: "words-number", autocomplete: "off", placeholder: t("intake.number.placeholder") });
    this.message = h("textarea", { name: "message", rows: 9, spellcheck: false });
    this.submit = h("button", { type: "submit", class: "button primary" }, icon("check"), t("intake.send"));
    this.parts = {
      place: h("div", { class: "stack" },
        h("button", { type: "button", class: "button", onclick: () => this.pick() }, icon("pin"), t("intake.pick")),
        this.placeNote,
        h("label", { class: "field" }, h("span", {}, t("intake.radius")), this.radius),
        numberField(this.number)),
      words: h("div", { class: "stack" },
        h("label", { class: "field" }, h("span", {}, t("belief.said")), this.words),
        numberField(this.wordsNumber)),
      message: h("label", { class: "field" }, h("span", {}, t("intake.message")), this.message),
    };
    this.tabs = Object.keys(this.parts).map((mode) => h("button", {
      type: "button", class: "button tab", dataset: { mode }, onclick: () => this.switchTo(mode),
    }, t(`intake.mode.${mode}`)));
    this.form = h("form", { class: "stack", onsubmit: (event) => this.send(event) },
      h("div", { class: "block-head" }, h("h2", {}, t("intake.title")),
        closeButton(t("form.cancel"), () => this.giveUp())),
      h("div", { class: "tabs", role: "group" }, ...this.tabs),
      ...Object.values(this.parts),
      h("div", { class: "form-buttons" }, this.submit,
        h("button", { type: "button", class: "button quiet", onclick: () => this.giveUp() }, t("form.cancel"))));
    this.dialog.replaceChildren(this.form);
    this.dialog.addEventListener("close", () => {
      this.context.view.sketchCircle(null);
      this.context.notices.moveInto(document.body);
    });
    // A key pressed by mistake loses no call: only "cancel" gives it up.
    this.dialog.addEventListener("keydown", (event) => event.key === "Escape" && this.hasText() && event.preventDefault());
    this.dialog.addEventListener("cancel", () => setTimeout(() => this.dialog.open || this.goBack()));
    this.switchTo("place");
  }

  open() {
    // Not before somebody opens it: by then it is known whose text was kept.
    if (!this.isKept) keepTyped(this.form, TYPED);
    this.isKept = true;
    // A place is picked with the dialog away: the focus goes back to what opened it first.
    this.opener ??= document.activeElement;
    this.dialog.showModal();
    this.context.notices.moveInto(this.dialog);
    this.sketch();
  }

  close() {
    this.dialog.close();
  }

  hasText() {
    return Boolean(this.place) || [this.number, this.wordsNumber, this.words, this.message].some(({ value }) => value.trim());
  }

  /** The next call starts empty: number, place and radius belong to the caller of this one. */
  empty() {
    this.place = null;
    this.placeNote.textContent = "";
    for (const input of [this.number, this.wordsNumber, this.words, this.message]) input.value = "";
    this.radius.value = DEFAULT_RADIUS_M;
    this.switchTo("place");
    forget(TYPED);
  }

  giveUp() {
    this.empty();
    this.close();
    this.goBack();
  }

  goBack() {
    this.opener?.focus({ preventScroll: true });
    this.opener = null;
  }

  switchTo(mode) {
    this.mode = mode;
    for (const [name, part] of Object.entries(this.parts)) part.hidden = name !== mode;
    for (const tab of this.tabs) tab.setAttribute("aria-pressed", String(tab.dataset.mode === mode));
  }

  /** The dialog steps aside while a place is picked, and keeps what was typed. */
  async pick() {
    this.dialog.close();
    this.context.showTab("map");
    const latlng = await this.context.view.pickPlace();
    if (latlng) this.place = latlng;
    this.open();
  }

  sketch() {
    if (!this.place) return;
    this.placeNote.textContent = t("intake.picked", { lat: this.place.lat.toFixed(5), lon: this.place.lng.toFixed(5) });
    this.context.view.sketchCircle(this.place, Number(this.radius.value) || 1);
  }

  async send(event) {
    event.preventDefault();
    if (this.mode === "place" && !this.place) {
      this.placeNote.textContent = t("intake.place.required");
      return;
    }
    this.submit.disabled = true;
    const ways = { place: () => this.sendPlace(), words: () => this.sendWords(), message: () => this.sendMessage() };
    const done = await this.context.attempt(ways[this.mode]);
    this.submit.disabled = false;
    // What was refused stays, with the reason beside it.
    if (done) this.finish(done);
  }

  sendPlace() {
    return post("/v1/location-reports", {
      shape: {
        type: "Circle",
        center: [Number(this.place.lng.toFixed(6)), Number(this.place.lat.toFixed(6))],
        radius_m: Number(this.radius.value),
      },
      confidence: 0.95,
      caller: this.number.value.trim() || null,
      measured_at: new Date(nowMs()).toISOString(),
      source: "operator",
    });
  }

  /** The number goes into a header: addresses end in logs. */
  sendWords() {
    const number = this.wordsNumber.value.trim();
    return postRaw("/v1/location-reports?format=spoken", this.words.value.trim(), "text/plain;charset=utf-8",
      number ? { "X-Caller": number } : {});
  }

  sendMessage() {
    const text = this.message.value.trim();
    return postRaw("/v1/location-reports", text, guessType(text));
  }

  finish(answer) {
    const owner = (answer.counties ?? []).find(({ code }) => code === answer.owner);
    this.giveUp();
    this.context.onCall(answer, t("intake.done", {
      county: answer.owner ? this.context.countyName(answer.owner) : "?",
      share: percent(owner?.population_share ?? owner?.rfc7459 ?? null),
    }));
  }
}
