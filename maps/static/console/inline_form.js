// A small form that opens where it is needed and never loses what was typed.

import { h } from "shared/dom.js";
import { t } from "shared/page_data.js";

/** Open a form in `slot`; `fields` are [name, element]; `send(values)` may refuse. */
export function openForm(slot, { title, fields, send, label, danger = false }) {
  const close = () => slot.replaceChildren();
  const submit = h("button", { type: "submit", class: `button ${danger ? "danger" : "primary"}` }, label ?? t("form.confirm"));
  const form = h("form", { class: "inline-form", onsubmit: async (event) => {
    event.preventDefault();
    submit.disabled = true;
    const values = Object.fromEntries(fields.map(([name, field]) => [name, valueOf(field)]));
    const done = await send(values);
    submit.disabled = false;
    if (done) close();
  } },
  h("h4", {}, title), ...fields.map(([, field]) => field),
  h("div", { class: "form-buttons" }, submit,
    h("button", { type: "button", class: "button quiet", onclick: close }, t("form.cancel"))));
  form.addEventListener("keydown", (event) => event.key === "Escape" && close());
  slot.replaceChildren(form);
  form.scrollIntoView({ block: "nearest" });
  form.querySelector("input, select, textarea, button")?.focus();
  return form;
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
