// What is counted in a centre: its drawing, how bad it is, and where it stands on the grid.

// In the order in which somebody has to look: `since` is there where somebody waits.
export const FIGURES = [
  { name: "missed", drawing: "back", look: "alert", read: ({ missed }) => missed },
  { name: "past_time", drawing: "clock", look: "alert", read: ({ past_time: late }) => late },
  { name: "ringing", drawing: "phone", look: "warn", read: ({ ringing }) => ringing },
  { name: "without_team", drawing: "car", look: "warn", read: ({ without_team: waiting }) => waiting },
  { name: "handovers", drawing: "exit", look: "warn", read: ({ handovers }) => handovers },
  { name: "to_confirm", drawing: "check", look: "plain", read: ({ to_confirm: waiting }) => waiting },
  { name: "silent", drawing: "noentry", look: "plain", read: ({ teams }) => ({ count: teams.silent, since: null }) },
  { name: "ambiguous", drawing: "split", look: "plain", read: ({ ambiguous }) => ({ count: ambiguous, since: null }) },
];

export const LEVEL_DRAWINGS = { alarm: "alert", waiting: "clock", busy: "note", calm: "check" };

// The counties about where they lie: a row each, from the north; the sectors of Bucharest together.
const ROWS = [
  "-- SM MM -- SV BT -- -- --",
  "BH SJ CJ BN NT IS -- -- --",
  "AR AB MS HR BC VS -- -- --",
  "TM HD SB BV CV VN GL -- --",
  "CS GJ VL AG PH BZ BR TL --",
  "MH DJ OT DB B6 B1 B2 IL CT",
  "-- -- TR GR B5 B4 B3 IF CL",
];

/** Column and row of each county on the grid, from 1. */
export const GRID = new Map(ROWS.flatMap((row, down) => row.split(" ")
  .map((code, across) => [code, { column: across + 1, row: down + 1 }]).filter(([code]) => code !== "--")));

/** Open cases of all urgencies. */
export function openCases({ open_cases: open }) {
  return open.urgent + open.usual + open.can_wait;
}

/** Since when the first of all that waits for somebody in a centre does. */
export function waitsSince(centre) {
  const known = ["ringing", "missed", "without_team", "handovers", "past_time"].map((name) => centre[name].since).filter(Boolean);
  return known.sort((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null;
}
