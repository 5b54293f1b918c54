// Single keys for what is done all night, with a list of them; who is disturbed by them turns them off.

import { closeButton, h, redraw } from "shared/dom.js";
import { t } from "shared/page_data.js";

const OFF = "dispatch119_keys_off";
const WRITTEN_IN = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

export class Shortcuts {
  /** `keys` are [letter, key of its sentence, what it does]. */
  constructor(button, keys) {
    this.keys = new Map(keys.map(([letter, name, act]) => [letter, { name, act }]));
    this.dialog = h("dialog", { class: "keys", "aria-label": t("keys.title") });
    document.body.append(this.dialog);
    this.build();
    button.addEventListener("click", () => this.dialog.showModal());
    document.addEventListener("keydown", (event) => this.press(event));
  }

  build() {
    const box = h("input", { type: "checkbox", checked: !this.isOff(), onchange: () => {
      localStorage.setItem(OFF, box.checked ? "" : "1");
    } });
    const line = (letter, name) => [h("dt", {}, h("kbd", {}, letter)), h("dd", {}, t(name))];
    redraw(this.dialog,
      h("div", { class: "block-head" }, h("h2", {}, t("keys.title")), closeButton(t("problem.close"), () => this.dialog.close())),
      h("label", { class: "layer-switch" }, box, t("keys.on")),
      h("p", { class: "muted small" }, t("keys.note")),
      h("dl", {}, ...[...this.keys].flatMap(([letter, { name }]) => line(letter.toUpperCase(), name)),
        ...line("?", "keys.help"), ...line("Esc", "keys.escape")));
  }

  isOff() {
    return localStorage.getItem(OFF) === "1";
  }

  press(event) {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.repeat || this.isOff()) return;
    // A key that is typed is text, and an open dialog has its own work.
    if (event.target.closest?.(WRITTEN_IN) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") {
      event.preventDefault();
      this.dialog.showModal();
      return;
    }
    const found = this.keys.get(event.key.toLowerCase());
    if (!found) return;
    event.preventDefault();
    found.act();
  }
}
