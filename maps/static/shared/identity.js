// Whose page this is. A browser has one session for all its tabs: once somebody else has signed
// in with it, this page asks for nothing more and shows nothing of its person any more.

import { settings } from "shared/page_data.js";

/** `{account, username}` of the person the page was drawn for; null on pages of nobody. */
export const person = settings.drawn_for ?? null;

/** Events: "other" ({signedIn}: whose session it is), once; "news": another tab says that it changed. */
export const identity = new EventTarget();

const tabs = new BroadcastChannel("dispatch119_session");
let lost = false;

/** The header by which every request says for whom its page was drawn. */
export function identityHeaders() {
  return person ? { "Drawn-For": person.account } : {};
}

/** The same in an address, where no header can be sent. */
export function addressed(url) {
  if (!person) return url;
  return `${url}${url.includes("?") ? "&" : "?"}drawn_for=${encodeURIComponent(person.account)}`;
}

/** Whether this page has lost its person to somebody else. */
export function isLost() {
  return lost;
}

/** The server says that this page is not of the person who is signed in. */
export function loseTo(signedIn) {
  if (lost || !person) return;
  lost = true;
  identity.dispatchEvent(new CustomEvent("other", { detail: { signedIn } }));
}

/** Tell the other tabs of this browser whose session it has now: this page's person's, or nobody's. */
export function tellTabs({ isOver = false } = {}) {
  tabs.postMessage(isOver ? null : person?.account ?? null);
}

tabs.addEventListener("message", ({ data }) => {
  // A tab of the same person changes nothing, unless this page waits for just that; so does the log-in page.
  if (person ? data !== person.account || lost : data !== null) identity.dispatchEvent(new CustomEvent("news"));
});
