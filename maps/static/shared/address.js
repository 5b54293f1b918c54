// What is open, in the address behind the "#": a reload and a new log-in come back to it.
//
// Only the id of a case and the name of a tab: what is behind the "#" is not sent, but it is
// in the history of the browser and in the address of the log-in page.

const CASE = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TAB = /^[a-z]+$/;

/** `{incident, tab}` of an address's "#case=…&tab=…"; null for what is missing or is none. */
export function readAddress(hash) {
  const values = new URLSearchParams(hash.replace(/^#/, ""));
  const valid = (name, pattern) => (pattern.test(values.get(name) ?? "") ? values.get(name) : null);
  return { incident: valid("case", CASE), tab: valid("tab", TAB) };
}

/** The same as text, with its "#"; empty when nothing is open. */
export function addressOf({ incident = null, tab = null }) {
  const values = new URLSearchParams();
  if (incident) values.set("case", incident);
  if (tab) values.set("tab", tab);
  return values.size > 0 ? `#${values}` : "";
}

/** Put it into the address; "back" leaves the page, as before. */
export function keepAddress(open) {
  const { pathname, search, hash } = window.location;
  const wanted = addressOf(open);
  if (wanted !== hash) window.history.replaceState(window.history.state, "", `${pathname}${search}${wanted}`);
}

/** The log-in of somebody whose session ended here, and who comes back to just this. */
export function loginAddress({ pathname, search, hash }) {
  return `/login?ended&next=${encodeURIComponent(`${pathname}${search}${hash}`)}`;
}

/** Whether somebody comes from there. */
export function hasEnded({ search }) {
  return new URLSearchParams(search).has("ended");
}

/**
 * The page to go to after the log-in: `next` of the address, or the start.
 *
 * Only a path of our own: "//host" and "https:" would lead away. A browser that was redirected here
 * keeps the "#" of the page it came from.
 */
export function nextPage({ search, hash }) {
  const wish = new URLSearchParams(search).get("next") ?? "/";
  const page = /^\/(?![/\\])/.test(wish) ? wish : "/";
  return page.includes("#") ? page : `${page}${hash}`;
}
