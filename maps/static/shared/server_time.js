// The server's wall clock as this page knows it: a computer's own clock may be minutes off.

const EXACT_MS = 2000;

let offsetMs = null;

/**
 * Learn from an answer that was asked for at `askedMs` and whose headers came at `cameMs`.
 *
 * The server told the time somewhere between; an answer that took long tells little, and is
 * used only where nothing better is known.
 */
export function hearServerTime(answer, askedMs, cameMs = Date.now()) {
  const told = Date.parse(answer.headers.get("Server-Time"));
  if (!Number.isFinite(told)) return;
  if (offsetMs === null || cameMs - askedMs < EXACT_MS) offsetMs = told - (askedMs + cameMs) / 2;
}

/** The moment in so many ms as text, by the server's clock; null while that is not known. */
export function serverMomentIn(ms) {
  return offsetMs === null ? null : new Date(Date.now() + offsetMs + ms).toISOString();
}
