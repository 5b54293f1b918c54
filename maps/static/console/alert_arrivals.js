// What the field tells of teams that were sent and do not go: for the bar of arrivals.

import { isCheckInDue, isUnanswered } from "console/field_facts.js";
import { t } from "shared/page_data.js";

/** One entry for each alert without an answer, each late check-in and each case left by a team. */
export function alertArrivals(incidents, onIncident) {
  const isField = true;
  return incidents.flatMap((incident) => {
    const { id, number, assignments, declined_by: declined, state } = incident;
    const open = () => onIncident(id);
    const late = assignments.filter(isUnanswered).map((row) => ({
      id: `unanswered-${row.id}`,
      since: row.answer_due_at,
      text: t("alert.arrival.unanswered", { team: row.callsign, number }),
      isField,
      open,
    }));
    const due = assignments.filter(isCheckInDue).map((row) => ({
      id: `due-${row.id}-${row.check_in_due_at}`,
      since: row.check_in_due_at,
      text: t("checkin.arrival", { team: row.callsign, number }),
      isField,
      open,
    }));
    const left = state === "open" && declined?.length ? [{
      id: `declined-${id}-${declined.length}`, since: incident.opened_at, text: t("alert.arrival.declined", { number }), isField, open,
    }] : [];
    return [...late, ...due, ...left];
  });
}
