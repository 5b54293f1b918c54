// What an event of the timeline is about, in a few words.

import { t } from "shared/page_data.js";

/** "B3-2 → B3-4" of a replacement; a second team is told as such; else the team, address or county. */
export function subjectOf({ kind, payload }) {
  if (!payload) return "";
  if (kind === "reassigned") return `${payload.released_callsign ?? "?"} → ${payload.callsign ?? "?"}`;
  if (kind === "assigned" && payload.nth > 1) return `${payload.callsign} (${t("teams.nth", { n: payload.nth })})`;
  return payload.callsign ?? payload.address ?? payload.to_county ?? payload.county ?? payload.to ?? "";
}
