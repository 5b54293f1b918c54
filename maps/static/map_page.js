// The live map alone on a page, fed by the server or by an embedded moment.

import { CLOSURE_CHANGES, CLOSURES, get, Problem, rowsOf } from "./api_client.js";
import { ConnectionBanner } from "./connection_banner.js";
import { LiveFeed } from "./live_feed.js";
import { MapView } from "./map_view.js";
import { settings } from "./page_data.js";

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

function goLive() {
  loadClosures();
  const feed = new LiveFeed(settings);
  new ConnectionBanner(document.querySelector(".map-stage"), feed);
  feed.addEventListener("features", ({ detail }) => view.show(detail));
  feed.addEventListener("positions", ({ detail }) => view.move(detail));
  feed.addEventListener("change", ({ detail }) => CLOSURE_CHANGES.has(detail.kind) && loadClosures());
  feed.addEventListener("session", () => window.location.assign("/login?next=/map"));
  feed.start();
}

await view.loadGround();
if (settings.embedded) view.show(settings.embedded.features);
else goLive();
document.documentElement.dataset.ready = "true";
