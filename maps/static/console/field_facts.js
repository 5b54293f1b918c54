// What has come of a team that was sent: its alert's receipts and its check-ins, as they are now.

import { ageText, clockTime, nowMs, secondsSince } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { t } from "shared/page_data.js";

const isPast = (moment) => Boolean(moment) && Date.parse(moment) <= nowMs();

/** Whether an alert has no answer although one was due. */
export function isUnanswered({ answer, answer_due_at: due, released_at: released, unanswered_at: raised }) {
  return !answer && !released && (Boolean(raised) || isPast(due));
}

/** Whether a check-in is due now. */
export function isCheckInDue({ check_in_due_at: due, released_at: released }) {
  return !released && isPast(due);
}

/** Seconds until a moment, never below zero. */
export function secondsUntil(moment) {
  return Math.max(0, (Date.parse(moment) - nowMs()) / 1000);
}

function receipts(row) {
  const at = (moment) => ({ time: clockTime(moment, { seconds: true }) });
  const step = (key, moment) => (moment ? h("span", {}, icon("check"), t(`alert.${key}`, at(moment))) : null);
  return h("div", { class: "field-line small muted" },
    step("sent", row.assigned_at), step("delivered", row.delivered_at), step("read", row.read_at),
    row.answer === "accepted" ? h("strong", { class: "good-text" }, icon("check"),
      t("alert.accepted", at(row.answered_at))) : null);
}

function waiting(row) {
  if (row.answer || !row.answer_due_at) return null;
  if (isUnanswered(row)) {
    return h("p", { class: "shortfall alert-text" }, icon("alert"), h("strong", {},
      t("alert.unanswered", { age: ageText(secondsSince(row.assigned_at)) })));
  }
  return h("p", { class: "small" }, icon("clock"), " ", t("alert.waits", { age: ageText(secondsUntil(row.answer_due_at)) }));
}

function checkIns(row) {
  if (row.check_in_every_s === 0) {
    return h("p", { class: "small muted" }, t("checkin.off", { reason: row.check_in_off_reason }));
  }
  if (!row.check_in_due_at) return null;
  const last = row.checked_in_at ? ` · ${t("checkin.last", { time: clockTime(row.checked_in_at) })}` : "";
  if (isCheckInDue(row)) {
    return h("p", { class: "shortfall alert-text" }, icon("alert"),
      h("strong", {}, t("checkin.overdue", { age: ageText(secondsSince(row.check_in_due_at)) }), last));
  }
  return h("p", { class: "small" }, icon("clock"), " ",
    t("checkin.next", { n: Math.round(row.check_in_every_s / 60), time: clockTime(row.check_in_due_at) }), last);
}

/** The lines of one team that was sent; `refresh()` of the element writes them anew as time goes on. */
export function fieldFacts(row) {
  const element = h("div", { class: "field-facts", dataset: { part: "field-facts" } });
  let said = null;
  element.refresh = () => {
    const lines = h("div", {}, ...[receipts(row), waiting(row), checkIns(row)].filter(Boolean));
    // Not while it reads the same: whoever marks the text keeps the mark.
    if (lines.textContent === said) return;
    said = lines.textContent;
    redraw(element, ...lines.children);
  };
  element.refresh();
  return element;
}

/** Let the lines inside a holder go on. */
export function tickFieldFacts(holder) {
  for (const element of holder.querySelectorAll("[data-part=field-facts]")) element.refresh();
}
