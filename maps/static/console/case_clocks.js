// The two clocks of a case: since it was opened, and since the step that is due. Times in ms, limits in minutes.

const LEVELS = ["calm", "watch", "late"];
const MINUTE_MS = 60000;
const URGENCIES = [1, 2, 3];

/** Urgency first; then who waits for a team before who has one; then who has waited longest. */
export function byUrgency(a, b) {
  return urgencyOf(a) - urgencyOf(b)
    || Number(a.state !== "open") - Number(b.state !== "open")
    || Date.parse(a.opened_at) - Date.parse(b.opened_at)
    || String(a.number ?? "").localeCompare(String(b.number ?? ""));
}

export function urgencyOf({ priority }) {
  return URGENCIES.includes(priority) ? priority : 2;
}

/** "calm", "watch" or "late": how a step stands that began (or was due) `ms` ago. */
export function levelOf(ms, [watch, late]) {
  const minutes = ms / MINUTE_MS;
  return LEVELS[minutes >= late ? 2 : minutes >= watch ? 1 : 0];
}

/**
 * What is due next of one bound team: { step, team, ms, level, at }.
 *
 * `ms` is how long the step has lasted; of a drive with a promise how far it is past it (negative before).
 */
function teamStep(row, now, limitsOf) {
  const team = row.callsign ?? "?";
  const step = (name, since, limits) => {
    const ms = now - Date.parse(since);
    return { step: name, team, ms, level: limits ? levelOf(ms, limits) : "calm", at: since };
  };
  if (row.on_scene_at) return step("on_scene", row.on_scene_at, limitsOf("on_scene"));
  if (!row.en_route_at) return step("not_departed", row.assigned_at, limitsOf("not_departed"));
  if (!row.eta_at) return step("driving_blind", row.en_route_at, null);
  const isPast = now >= Date.parse(row.eta_at);
  return step(isPast ? "past_eta" : "driving", row.eta_at, isPast ? limitsOf("past_eta") : null);
}

/** The step that somebody should look at first: the latest level, then the longest. */
function mostPressing(steps) {
  return steps.reduce((worst, each) => {
    const higher = LEVELS.indexOf(each.level) - LEVELS.indexOf(worst.level);
    return higher > 0 || (higher === 0 && each.ms > worst.ms) ? each : worst;
  });
}

/**
 * Both clocks of a case at `now`: { opened: { ms, level, at }, due: { step, team, ms, level, at } }.
 *
 * `limits` is the table of the page's settings: { step: [[watch, late] of urgency 1, 2, 3] }.
 */
export function clocksOf(incident, now, limits) {
  const limitsOf = (step) => limits[step][urgencyOf(incident) - 1];
  const bound = (incident.assignments ?? []).filter(({ released_at: released }) => !released);
  const opened = now - Date.parse(incident.opened_at);
  // Once somebody is with the child, the step at the door is what counts.
  const isReached = bound.some(({ on_scene_at: reached }) => reached);
  const since = incident.waiting_since ?? incident.opened_at;
  const waited = now - Date.parse(since);
  const due = bound.length
    ? mostPressing(bound.map((row) => teamStep(row, now, limitsOf)))
    : { step: "no_team", team: null, ms: waited, level: levelOf(waited, limitsOf("no_team")), at: since };
  return {
    opened: { ms: opened, level: isReached ? "calm" : levelOf(opened, limitsOf("opened")), at: incident.opened_at },
    due,
  };
}
