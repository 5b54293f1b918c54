// The live map alone on a page, fed by the server or by an embedded moment.

import { ConnectionBanner } from "map/connection_banner.js";
import { LiveFeed } from "map/live_feed.js";
import { MapView } from "map/view.js";
import { loginAddress } from "shared/address.js";
import { CLOSURE_CHANGES, CLOSURES, get, Problem, rowsOf } from "shared/api_client.js";
import { identity } from "shared/identity.js";
import { watchIdentity } from "shared/other_session.js";
import { settings } from "shared/page_data.js";

const view = new MapView(window.live_map);
view.controls.addPageButtons();
window.dispatch119 = { view };

async function loadClosures() {
  try {
    view.closures.show(rowsOf(await get(CLOSURES)));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.warn(error.message);
  }
}

const toLogin = () => window.location.assign(loginAddress(window.location));

/** Settled when the first picture is drawn, or could not be. */
function goLive() {
  loadClosures();
  const feed = new LiveFeed(settings);
  new ConnectionBanner(document.querySelector(".map-stage"), feed);
  feed.addEventListener("features", ({ detail }) => view.show(detail));
  feed.addEventListener("changed", ({ detail }) => view.update(detail.map, detail.looked_at));
  feed.addEventListener("positions", ({ detail }) => view.move(detail));
  feed.addEventListener("change", ({ detail }) => CLOSURE_CHANGES.has(detail.kind) && loadClosures());
  feed.addEventListener("session", toLogin);
  identity.addEventListener("other", () => feed.stop());
  watchIdentity(toLogin);
  return feed.start();
}

await view.loadGround();
if (settings.embedded) view.show(settings.embedded.features);
else await goLive();
document.documentElement.dataset.ready = "true";
