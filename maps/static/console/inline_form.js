// A small form that opens where it is needed and never loses what was typed.

import { subjectOf } from "console/event_words.js";
import { forget, keepTyped } from "shared/typed_text.js";
import { clockTime } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { hasWord, t } from "shared/page_data.js";

/**
 * Open a form in `slot`; `fields` are [name, element]; `send(values, version)` may refuse.
 *
 * `keep` is the key under which the text outlives the form until it is sent or given up.
 * `seen` is the version of the case on the screen when the form opens. It stays the one that
 * is sent, however fresh the panel around the form, until the person has confirmed the changes.
 */
export function openForm(slot, { title, fields, send, label, danger = false, keep = null, seen = null }) {
  const opener = document.activeElement;
  const close = () => {
    const hadFocus = slot.contains(document.activeElement);
    slot.replaceChildren();
    if (hadFocus) goBack(opener, slot);
  };
  const giveUp = () => {
    if (keep) forget(keep);
    close();
  };
  let version = seen;
  const submit = h("button", { type: "submit", class: `button ${danger ? "danger" : "primary"}` }, label ?? t("form.confirm"));
  const changes = h("div", { role: "alert", dataset: { part: "changes" } });
  const form = h("form", { class: "inline-form", onsubmit: async (event) => {
    event.preventDefault();
    submit.disabled = true;
    const values = Object.fromEntries(fields.map(([name, field]) => [name, valueOf(field)]));
    const done = await send(values, version);
    submit.disabled = false;
    if (!done) return;
    if (keep) forget(keep);
    if (form.isConnected) close();
  } },
  h("h4", {}, title), ...fields.map(([, field]) => field), changes,
  h("div", { class: "form-buttons" }, submit,
    h("button", { type: "button", class: "button quiet", onclick: giveUp }, t("form.cancel"))));
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  });
  form.addEventListener("case-changed", ({ detail }) => {
    if (version === null || detail.version === version) return;
    const foreign = detail.events.filter((each) => each.version > version && each.actor !== detail.me);
    const confirm = () => {
      ({ version } = detail);
      changes.replaceChildren();
    };
    // What the person did meanwhile is no news to them.
    if (foreign.length === 0) confirm();
    else showChanges(changes, foreign, confirm, () => {
      confirm();
      form.requestSubmit(submit);
    });
  });
  if (keep) keepTyped(form, keep);
  slot.replaceChildren(form);
  form.scrollIntoView({ block: "nearest" });
  form.querySelector("input, select, textarea, button")?.focus();
  return form;
}

/** The focus goes to what had it before: to its successor where that was drawn anew, else to the case's name. */
function goBack(opener, slot) {
  const key = opener?.dataset?.key;
  const panel = slot.closest(".panel") ?? document;
  const heir = key ? panel.querySelector(`[data-key="${CSS.escape(key)}"]`) : null;
  const aim = opener?.isConnected && opener !== document.body ? opener : heir ?? panel.querySelector("h2[tabindex]");
  aim?.focus({ preventScroll: aim === opener });
}

/** Tell the forms inside `holder` which version their case has now, and what was done to it. */
export function tellForms(holder, detail) {
  for (const form of holder.querySelectorAll(".inline-form")) form.dispatchEvent(new CustomEvent("case-changed", { detail }));
}

function showChanges(holder, events, confirm, apply) {
  const name = ({ kind }) => (hasWord(`timeline.${kind}`) ? t(`timeline.${kind}`) : kind);
  redraw(holder, h("div", { class: "ask" }, icon("alert"), h("div", { class: "row-main" },
    h("strong", {}, t("form.changed")),
    ...events.map((event) => {
      const what = [name(event), subjectOf(event), event.actor].filter(Boolean).join(" · ");
      const words = event.reason ?? event.payload?.text;
      return h("span", {}, `${clockTime(event.at, { seconds: true })} ${what}`, words ? h("strong", {}, ` „${words}”`) : "");
    }),
    h("span", { class: "form-buttons" },
      h("button", { type: "button", class: "button", dataset: { key: "changes-seen" }, onclick: confirm }, t("form.changed.seen")),
      h("button", { type: "button", class: "button", dataset: { key: "changes-apply" }, onclick: apply }, t("form.changed.apply"))))));
}

/** A field that is more than one input says itself how it is read. */
function valueOf(field) {
  return field.readValue ? field.readValue() : field.querySelector("input, select, textarea").value.trim();
}

export function textField(label, { required = false, rows = 0, value = "", ...rest } = {}) {
  const input = rows ? h("textarea", { rows, required, value, ...rest }) : h("input", { required, value, ...rest });
  return h("label", { class: "field" },
    h("span", {}, label, required ? "" : h("span", { class: "muted" }, ` (${t("form.optional")})`)), input);
}

export function tickField(label, { disabled = false, hint = "" } = {}) {
  const input = h("input", { type: "checkbox", disabled });
  const field = h("label", { class: "tick" }, input, h("span", {}, label, hint ? h("span", { class: "muted small" }, ` (${hint})`) : ""));
  field.readValue = () => input.checked;
  return field;
}

export function choiceField(label, options) {
  return h("label", { class: "field" }, h("span", {}, label),
    h("select", { required: true }, h("option", { value: "" }, t("form.choose")),
      ...options.map(([value, text]) => h("option", { value }, text))));
}
