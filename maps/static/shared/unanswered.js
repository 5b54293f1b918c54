// Writes whose answer did not come: whoever sends the same again means the same one.

// After its deadline and some more, a first request is no longer being worked on.
const OVER_MS = 30000;

const waiting = new Map();

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What is meant: the version seen meanwhile and the moment of the press make no other wish of it. */
function intentOf(method, path, { json, body, more }) {
  const meant = json === undefined ? body ?? null : { ...json, expected_version: undefined, measured_at: undefined };
  return JSON.stringify([method, path, meant, more ?? null]);
}

function isOutcomeUnknown({ status, code }, sentAt) {
  // No answer at all, or one of a server in between.
  if (status === 0 || status >= 502) return true;
  return code === "outcome_unknown" && Date.now() - sentAt < OVER_MS;
}

/**
 * Send a write under a key; `send(what, key)` throws a problem when it is refused.
 *
 * After a lost answer the same wish goes out as it went the first time, under the same key: the
 * server gives the first answer if it was done, and does it if it was not.
 */
export async function sendOnce(method, path, what, send) {
  const intent = intentOf(method, path, what);
  const sent = waiting.get(intent) ?? { key: newKey(), what, at: Date.now() };
  waiting.set(intent, sent);
  try {
    const answer = await send(sent.what, sent.key);
    waiting.delete(intent);
    return answer;
  } catch (error) {
    if (!isOutcomeUnknown(error, sent.at)) waiting.delete(intent);
    throw error;
  }
}
