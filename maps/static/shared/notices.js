// Short messages: what worked, what did not and what to do about it.

import { closeButton, h, icon } from "shared/dom.js";
import { t } from "shared/page_data.js";

const GOOD_MS = 6000;
const UNDO_MS = 60000;

const HEADLINES = {
  team_already_assigned: (problem) => {
    const who = problem.rest.assigned_by;
    return who ? t("problem.team_taken", { who }) : t("problem.team_taken.unknown");
  },
  version_conflict: () => t("problem.conflict"),
  team_already_here: ({ rest }) => t("problem.team_here", { who: rest.assigned_by }),
  network: () => t("problem.network"),
};
const HINTS = {
  team_already_assigned: "problem.team_taken.hint",
  version_conflict: "problem.conflict.hint",
  team_already_here: "problem.team_here.hint",
};

function headlineOf(problem) {
  if (HEADLINES[problem.code]) return HEADLINES[problem.code](problem);
  if (problem.status === 401) return t("problem.session");
  return problem.message;
}

export class Notices {
  constructor(holder, speaker) {
    this.holder = holder;
    this.speaker = speaker;
  }

  /** Read aloud without showing. */
  say(text) {
    this.speaker.textContent = text;
  }

  good(text) {
    const note = this.put("good", "check", h("strong", {}, text));
    setTimeout(() => note.remove(), GOOD_MS);
  }

  /** What was done, and a button that takes it back for as long as it is shown. */
  undoable(text, label, undo) {
    const button = h("button", { type: "button", class: "button", onclick: () => {
      note.remove();
      undo();
    } }, label);
    const note = this.put("good", "check", h("strong", {}, text), button);
    setTimeout(() => note.remove(), UNDO_MS);
  }

  /** An open dialog covers the page, so the messages move into it and back. */
  moveInto(parent) {
    parent.append(this.holder);
  }

  problem(problem) {
    const headline = headlineOf(problem);
    const detail = headline === problem.message ? null : problem.message;
    const hint = HINTS[problem.code] ? t(HINTS[problem.code]) : problem.hint;
    const isDone = problem.code === "team_already_here";
    const note = this.put(isDone ? "good" : "alert", isDone ? "check" : "alert",
      h("strong", {}, headline),
      hint ? h("span", {}, hint) : null,
      detail && !HINTS[problem.code] ? h("span", { class: "muted" }, detail) : null,
      problem.code ? h("small", { class: "muted" }, t("problem.reference", { code: problem.code })) : null);
    note.querySelector("button").focus();
  }

  put(kind, drawing, ...content) {
    const note = h("div", { class: `notice notice--${kind}`, role: kind === "alert" ? "alert" : "status" },
      icon(drawing), h("div", { class: "notice-text" }, ...content.filter(Boolean)),
      closeButton(t("problem.close"), () => note.remove()));
    this.holder.append(note);
    while (this.holder.children.length > 4) this.holder.firstChild.remove();
    return note;
  }
}
