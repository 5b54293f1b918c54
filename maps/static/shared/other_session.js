// Covers a page whose person is no longer the one signed in: nothing of theirs is left to read.

import { get, Problem } from "shared/api_client.js";
import { h, icon } from "shared/dom.js";
import { identity, isLost, person, tellTabs } from "shared/identity.js";
import { t } from "shared/page_data.js";

function cover(signedIn) {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  for (const shown of document.body.children) {
    if (shown.tagName === "SCRIPT") continue;
    shown.hidden = true;
    shown.inert = true;
  }
  document.title = t("session.other.title");
  const reload = h("button", { type: "button", class: "button primary big", onclick: () => window.location.reload() },
    icon("refresh"), t("session.other.reload"));
  document.body.append(h("main", { class: "other-session", role: "alert" },
    h("h1", {}, icon("user"), t("session.other.title")),
    h("p", {}, t("session.other.whose", { former: person.username, now: signedIn })),
    h("p", { class: "muted" }, t("session.other.stopped")),
    reload));
  reload.focus();
}

/** Ask whose session it is: the answer of the server counts, not what another tab says. */
async function look(onEnd) {
  try {
    await get("/v1/me");
    // The former person is back: what they typed is kept under their name.
    if (isLost()) window.location.reload();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401 && !isLost()) onEnd();
  }
}

/** Watch over whose page this is; `onEnd` is called when nobody is signed in any more. */
export function watchIdentity(onEnd) {
  identity.addEventListener("other", ({ detail }) => cover(detail.signedIn));
  identity.addEventListener("news", () => look(onEnd));
  // A page that the browser kept and shows again has missed everything.
  window.addEventListener("pageshow", ({ persisted }) => persisted && look(onEnd));
  tellTabs();
}
