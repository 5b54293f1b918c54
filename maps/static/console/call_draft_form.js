// The structured form of a call: saved on the server every few seconds, and it says so.
//
// Whoever opens the call again, here or elsewhere, finds what was saved last. Of two who write at
// once neither is overwritten: the second is asked which text holds.

import { get, Problem, put } from "shared/api_client.js";
import { clockTime } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { t } from "shared/page_data.js";

const SAVE_MS = 3000;
const TRIAGE = ["immediate_danger", "urgent", "can_be_planned", "only_support"];
const TEXTS = ["who", "what", "where", "risks"];
const LONGEST = 4000;
// What a triage asks for is the button in colour; the others stay within reach.
const STEPS = ["112", "psychologists", "county", "missing"];
const ASKED = { immediate_danger: "112", only_support: "psychologists" };

export class CallDraftForm {
  constructor(callId, { onStep, onSaid }) {
    this.path = `/v1/calls/${callId}/draft`;
    this.version = 0;
    this.isDirty = false;
    this.state = h("span", { class: "draft-state small number", role: "status", dataset: { part: "draft-state" } });
    this.conflict = h("div", { role: "alert" });
    this.triage = TRIAGE.map((name) => h("input", { type: "radio", name: `triage-${callId}`, value: name }));
    this.texts = Object.fromEntries(TEXTS.map((name) => [name, h("textarea", { rows: 2, maxLength: LONGEST, name })]));
    this.steps = STEPS.map((name) => h("button", {
      type: "button", class: "button", dataset: { key: `step-${name}`, step: name }, onclick: () => onStep(name),
    }, t(`draft.step.${name}`)));
    this.said = h("button", {
      type: "button", class: "button quiet", dataset: { key: "said-where" }, onclick: () => onSaid(this.texts.where.value.trim()),
    }, t("draft.said"));
    this.element = h("form", { class: "call-form", onsubmit: (event) => event.preventDefault() },
      this.state, this.conflict,
      h("div", { class: "call-lead" }, h("fieldset", { class: "call-triage" }, h("legend", {}, t("draft.triage")),
        ...this.triage.map((input) => h("label", { class: `triage triage--${input.value}` }, input, t(`triage.${input.value}`)))),
      h("div", { class: "form-buttons call-steps" }, ...this.steps)),
      h("div", { class: "call-texts" },
        ...TEXTS.map((name) => h("div", { class: `call-text call-text--${name}` },
          h("label", { class: "field" }, h("span", {}, t(`draft.${name}`)), this.texts[name]), name === "where" ? this.said : ""))));
    this.element.addEventListener("input", () => this.changed());
    // A page that goes away saves what it can; the rest is three seconds old at most.
    this.onHide = () => document.visibilityState === "hidden" && this.save();
    document.addEventListener("visibilitychange", this.onHide);
    this.enable(false);
  }

  async load() {
    try {
      this.show(await get(this.path));
    } catch (error) {
      this.failed(error);
      if (error.status !== 404 && error.status !== 409) this.again = setTimeout(() => this.load(), SAVE_MS);
    }
  }

  show({ version, form, saved_at: at, saved_by: by }) {
    this.version = version;
    this.isDirty = false;
    for (const input of this.triage) input.checked = input.value === form.triage;
    for (const name of TEXTS) this.texts[name].value = form[name];
    this.showSteps();
    this.enable(true);
    if (version > 0) this.saved(at, by);
    else this.say(t("draft.empty"));
  }

  values() {
    const texts = Object.fromEntries(TEXTS.map((name) => [name, this.texts[name].value.trim()]));
    return { triage: this.triage.find(({ checked }) => checked)?.value ?? null, ...texts };
  }

  isEmpty() {
    return Object.values(this.values()).every((value) => !value);
  }

  /** What was typed as lines of text, for a note of the case. */
  asText() {
    const { triage, ...texts } = this.values();
    const lines = TEXTS.filter((name) => texts[name]).map((name) => `${t(`draft.${name}`)}: ${texts[name]}`);
    return [...(triage ? [`${t("draft.triage")}: ${t(`triage.${triage}`)}`] : []), ...lines].join("\n");
  }

  changed() {
    this.isDirty = true;
    this.showSteps();
    this.say(t("draft.unsaved"));
    this.pending ??= setTimeout(() => this.save(), SAVE_MS);
  }

  showSteps() {
    const asked = ASKED[this.values().triage];
    for (const button of this.steps) {
      button.classList.toggle("danger", button.dataset.step === asked && asked === "112");
      button.classList.toggle("primary", button.dataset.step === asked && asked !== "112");
    }
  }

  /** Save what is typed now; true when the server has it. One saving at a time, the newest text last. */
  async save() {
    clearTimeout(this.pending);
    this.pending = null;
    await this.saving;
    if (!this.isDirty) return true;
    if (this.isAsking) return false;
    this.saving = this.send();
    const done = await this.saving;
    this.saving = null;
    return done;
  }

  async send() {
    this.isDirty = false;
    try {
      const { version, saved_at: at, saved_by: by } = await put(this.path, { expected_version: this.version, ...this.values() });
      this.version = version;
      if (!this.isDirty) this.saved(at, by);
      return true;
    } catch (error) {
      this.isDirty = true;
      this.failed(error);
      if (error.code === "version_conflict") await this.ask();
      else if (error.code !== "call_closed" && error.status !== 404) this.pending ??= setTimeout(() => this.save(), SAVE_MS);
      return false;
    }
  }

  /** Somebody else has saved meanwhile: the person says which text holds. */
  async ask() {
    this.isAsking = true;
    try {
      const theirs = await get(this.path);
      const decide = (work) => () => {
        this.isAsking = false;
        this.conflict.replaceChildren();
        work();
      };
      redraw(this.conflict, h("div", { class: "ask" }, icon("alert"), h("div", { class: "row-main" },
        h("strong", {}, t("draft.conflict", { who: theirs.saved_by, at: clockTime(theirs.saved_at, { seconds: true }) })),
        h("span", { class: "form-buttons" },
          h("button", { type: "button", class: "button", onclick: decide(() => this.show(theirs)) }, t("draft.take_theirs")),
          h("button", { type: "button", class: "button", onclick: decide(() => {
            this.version = theirs.version;
            this.save();
          }) }, t("draft.keep_mine"))))));
    } catch (error) {
      this.isAsking = false;
      this.failed(error);
      this.pending ??= setTimeout(() => this.save(), SAVE_MS);
    }
  }

  failed(error) {
    if (!(error instanceof Problem)) throw error;
    this.say(t("draft.failed", { why: error.message }), true);
  }

  saved(at, by) {
    this.say(t("draft.saved", { at: clockTime(at, { seconds: true }), who: by }));
  }

  say(text, isWrong = false) {
    this.state.classList.toggle("is-wrong", isWrong);
    this.state.textContent = text;
  }

  enable(isOn) {
    for (const field of [...this.triage, ...this.steps, this.said, ...Object.values(this.texts)]) field.disabled = !isOn;
  }

  /** The call is no longer ours: nothing more is saved. */
  drop() {
    clearTimeout(this.pending);
    clearTimeout(this.again);
    document.removeEventListener("visibilitychange", this.onHide);
    this.isDirty = false;
  }
}
