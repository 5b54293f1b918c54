// Requests to our own interface; every refusal arrives as one kind of error.

import { identityHeaders, loseTo } from "shared/identity.js";
import { language, t } from "shared/page_data.js";
import { hearServerTime, serverMomentIn } from "shared/server_time.js";
import { sendOnce } from "shared/unanswered.js";

const ANSWER_MS = 20000;
// A server that is there says so at once; one that is very busy is given longer now and then.
const THERE_MS = [1000, 1000, 1000, 5000];

let readings = new AbortController();

/** Wait for no answer any more to what was only asked: the line that it went into is dead. */
export function abandonReadings() {
  readings.abort();
  readings = new AbortController();
}

/** Whether the server answers at all; `looks` is how often in a row this was asked before. */
export async function isServerThere(looks = 0) {
  try {
    const signal = AbortSignal.timeout(THERE_MS[looks % THERE_MS.length]);
    return (await fetch("/health/live", { cache: "no-store", signal })).ok;
  } catch {
    return false;
  }
}

/** The code of a reading that was given up, which the page says as a whole: it has lost the server. */
export const ABANDONED = "abandoned";

/** A problem (RFC 9457): a sentence, a hint and a stable code. */
export class Problem extends Error {
  constructor({ status = 0, code = "", detail, title, hint = "", ...rest }) {
    super(detail || title || t("problem.generic"));
    Object.assign(this, { status, code, hint, rest });
  }
}

async function readProblem(answer) {
  try {
    const body = await answer.json();
    return new Problem({ ...body, status: answer.status });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return new Problem({ status: answer.status });
  }
}

/** Whoever asked shows the problem; that the page is another's concerns the whole page. */
function told(problem) {
  if (problem.code === "other_session") loseTo(problem.rest.signed_in);
  return problem;
}

async function request(method, path, { json, body, type, more = {} } = {}) {
  // Refusals come in the language of the page, whatever the browser itself is set to.
  const headers = {
    Accept: "application/json", "Accept-Language": language, "X-Requested-With": "dispatch119", ...identityHeaders(), ...more,
  };
  if (json !== undefined) headers["Content-Type"] = "application/json";
  else if (body !== undefined) headers["Content-Type"] = type ?? "text/plain;charset=utf-8";
  // Whoever waited in vain does something else; the server must not do it later all the same.
  const isReading = method === "GET";
  const notAfter = isReading ? null : serverMomentIn(ANSWER_MS);
  if (notAfter) headers["Not-After"] = notAfter;
  const askedMs = Date.now();
  const inTime = AbortSignal.timeout(ANSWER_MS);
  const signal = isReading ? AbortSignal.any([inTime, readings.signal]) : inTime;
  try {
    const answer = await fetch(path, { method, headers, body: json === undefined ? body : JSON.stringify(json), signal });
    hearServerTime(answer, askedMs);
    if (!answer.ok) throw told(await readProblem(answer));
    return answer.status === 204 ? null : await answer.json();
  } catch (error) {
    // The body may stop coming as well as the answer.
    if (error.name === "TimeoutError") {
      throw new Problem({ code: "no_answer", detail: t("problem.silent"), hint: t("problem.silent.hint") });
    }
    if (error.name === "AbortError") throw new Problem({ code: ABANDONED, detail: t("problem.network") });
    if (!(error instanceof TypeError)) throw error;
    throw new Problem({ code: "network", detail: t("problem.network"), hint: t("problem.network.hint") });
  }
}

function write(method, path, what) {
  return sendOnce(method, path, what, (first, key) =>
    request(method, path, { ...first, more: { ...first.more, "Idempotency-Key": key } }));
}

export const get = (path, more) => request("GET", path, { more });
export const post = (path, json = {}) => write("POST", path, { json });
/** A question whose words must not stand in an address; asked again it is the same. */
export const ask = (path, json) => request("POST", path, { json });
export const postRaw = (path, body, type, more) => write("POST", path, { body, type, more });
/** Put one state in place of another: sent again it is the same, so it needs no key. */
export const put = (path, json) => request("PUT", path, { json });
export const remove = (path) => write("DELETE", path, {});

/** Closures in force and to come, and the changes after which they are asked for again. */
export const CLOSURES = "/v1/road-closures?state=standing";
export const CLOSURE_CHANGES = new Set(["closure", "closure_request", "roads", "reconnected"]);

/** The rows of a list, whether it comes bare or in an envelope. */
export function rowsOf(answer) {
  return Array.isArray(answer) ? answer : answer.items ?? [];
}
