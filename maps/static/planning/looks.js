// What the planners' maps share: numbers, the panel, and the mark of a base.

import { h, icon } from "shared/dom.js";
import { settings, t } from "shared/page_data.js";
import { profileText } from "shared/speed_profile.js";

const LOCALE = settings.language === "en" ? "en-GB" : "ro-RO";

export function whole(value) {
  return new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 }).format(value);
}

export function short(value) {
  return new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 }).format(value);
}

/** A number of residents in words: "20 de locuitori". */
export function peopleText(count) {
  return t("planning.people_count", { n: Math.round(count) });
}

function localTime(at) {
  const look = { dateStyle: "medium", timeStyle: "short", timeZone: "Europe/Bucharest" };
  return new Intl.DateTimeFormat(LOCALE, look).format(new Date(at));
}

/** The panel beside the map: a title that folds, and what the map says in words. */
export function planningPanel(title, ...children) {
  return h("details", { class: "planning-panel", open: true },
    h("summary", {}, h("h1", {}, title)),
    h("div", { class: "planning-body" }, ...children));
}

/** When and by which speeds: never left to the reader. */
export function aboutTimes(at, profile) {
  return h("p", { class: "muted planning-note" }, t("planning.profile", { time: localTime(at), profile: profileText(profile) }));
}

export function warning(text) {
  return h("p", { class: "planning-warning" }, icon("alert"), h("span", {}, text));
}

export function baseMarker(place, name, text) {
  const look = L.divIcon({
    className: "base-anchor",
    iconSize: [0, 0],
    html: h("span", { class: "base-mark" },
      h("span", { class: "base-pin" }, icon("home")), name ? h("b", { class: "base-name" }, name) : ""),
  });
  const marker = L.marker([place[1], place[0]], { icon: look, title: name || text });
  return marker.bindTooltip(h("span", {}, text), { className: "tip", direction: "top", offset: [0, -14] });
}
