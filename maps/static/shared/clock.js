// Times in Romania's zone, ages against the server's clock.

import { t } from "shared/page_data.js";

const ZONE = "Europe/Bucharest";
const hourMinute = new Intl.DateTimeFormat("ro-RO", {
  hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: ZONE,
});
const hourMinuteSecond = new Intl.DateTimeFormat("ro-RO", {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: ZONE,
});
const dayMonthTime = new Intl.DateTimeFormat("ro-RO", {
  day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit",
  hourCycle: "h23", timeZone: ZONE,
});

let offsetMs = 0;
let frozenMs = null;

/** Learn the server's clock from a time it just sent. */
export function syncClock(serverTime) {
  const server = Date.parse(serverTime);
  if (Number.isFinite(server)) offsetMs = server - Date.now();
}

/** Stop the clock at one moment: a still picture does not age. */
export function freezeClock(time) {
  frozenMs = Date.parse(time);
}

/** The moment that a clock on a wall in Romania shows as `text` ("2026-03-14T22:00"). */
export function momentInRomania(text) {
  const wall = Date.parse(`${text}Z`);
  const parts = Object.fromEntries(dayMonthTime.formatToParts(new Date(wall)).map(({ type, value }) => [type, value]));
  const shown = Date.parse(`${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}Z`);
  return new Date(wall - (shown - wall)).toISOString();
}

export function nowMs() {
  return frozenMs ?? Date.now() + offsetMs;
}

export function secondsSince(time) {
  return Math.max(0, (nowMs() - Date.parse(time)) / 1000);
}

export function clockTime(time, { seconds = false } = {}) {
  return (seconds ? hourMinuteSecond : hourMinute).format(new Date(time));
}

export function fullTime(time) {
  return dayMonthTime.format(new Date(time));
}

/** "40 s", "3 min", "2 h 05 min", "4 days". */
export function ageText(seconds) {
  if (seconds < 90) return t("age.s", { n: Math.round(seconds) });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t("age.min", { n: minutes });
  if (minutes < 48 * 60) {
    return t("age.h", { n: Math.floor(minutes / 60), m: String(minutes % 60).padStart(2, "0") });
  }
  return t("age.d", { n: Math.floor(minutes / 1440) });
}

/** "acum 40 s" / "40 s ago". */
export function agoText(seconds) {
  return t("age.ago", { age: ageText(seconds) });
}

/** Let the ages inside go on; what reads the same is not written again. */
export function tickAges(holder) {
  for (const age of holder.querySelectorAll("[data-opened]")) {
    const text = ageText(secondsSince(age.dataset.opened));
    if (age.textContent !== text) age.textContent = text;
  }
}

export function percent(share) {
  if (share === null || share === undefined) return "?";
  const value = share * 100;
  const text = value > 99 && value < 100 ? "> 99" : value > 0 && value < 1 ? "< 1" : String(Math.round(value));
  return `${text} %`;
}
