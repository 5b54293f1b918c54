// The name of a speed profile in the language of the page.
//
// Names are kept with the road index and with every ETA as English text, for example
// "Bucharest hours 06-09, 19 rides; outside big cities 78% of the limit, unchecked".

import { hasWord, t } from "shared/page_data.js";

const BAND = /^(.+?)(, refitted)? (\d\d-\d\d)(?: of ([A-Za-z+-]+))?, (\d+) rides$/;
const COUNTRY = /^outside big cities (\d+)% of the limit, unchecked$/;

function nameText(name) {
  const key = `speeds.name.${name.toLowerCase().replaceAll(" ", "_")}`;
  return hasWord(key) ? t(key) : name;
}

function daysText(days) {
  return days.replace(/[A-Za-z]+/g, (day) => t(`speeds.day.${day.toLowerCase()}`));
}

function partText(part) {
  const country = COUNTRY.exec(part);
  if (country) return t("speeds.country", { share: country[1] });
  const band = BAND.exec(part);
  if (!band) return nameText(part);
  const [, name, refitted, hours, days, rides] = band;
  const named = refitted ? t("speeds.refitted", { name: nameText(name) }) : nameText(name);
  const when = days ? t("speeds.hours_of_days", { hours, days: daysText(days) }) : hours;
  return t("speeds.band", { name: named, when, n: Number(rides) });
}

/** A profile's name as people read it; what is unknown stays as it is. */
export function profileText(profile) {
  return profile.split("; ").map(partText).join("; ");
}
