// What each status and state looks like: always a shape and a word beside the colour.

export const TEAM_LOOKS = {
  available: "check",
  assigned: "flag",
  en_route: "car",
  on_scene: "home",
  returning: "back",
  out_of_service: "bar",
};

export const INCIDENT_LOOKS = {
  open: "alert",
  assigned: "flag",
  en_route: "car",
  on_scene: "home",
  closed: "check",
};

export function cssColour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** "B3-2026-000017" -> "B3 #17": what people say on the phone, and unlike any team's callsign. */
export function shortNumber(number) {
  const parts = String(number ?? "").split("-");
  const last = parts.at(-1);
  return parts.length === 3 && /^\d+$/.test(last) ? `${parts[0]} #${Number(last)}` : String(number ?? "");
}

/** "București Sectorul 3" -> "Sectorul 3": on these maps nobody doubts which city. */
export function shortCounty(name) {
  return String(name).replace(/^(Municipiul )?Bucure[șş]ti[ ,-]+(?=Sector)/, "");
}
