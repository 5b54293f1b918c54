// Keeps the counts of all centres in step: the one stream says when, the counts are then asked for.

import { LiveFeed } from "map/live_feed.js";

// Under steady traffic the counts are read once in so long, and never put off by it.
const GATHER_MS = 1000;
// Waiting gets longer and teams fall silent without anybody telling of it.
const AGAIN_MS = 15000;

/** Events of `LiveFeed`; "features" brings the answer of /v1/centres. */
export class OverviewFeed extends LiveFeed {
  constructor({ centres, stream }) {
    super({ features: centres, stream, changed: null });
  }

  start() {
    setInterval(() => this.stopped || this.readEverything(), AGAIN_MS);
    return super.start();
  }

  /** Whatever it was about, numbers of some centre may be others now. */
  changed(change) {
    this.tell("change", change);
    this.changes.addEverything();
    this.readIn(GATHER_MS);
  }

  /** The stream begins with the map, which is not shown here: it only says that it is alive. */
  accept(answer) {
    if (answer.centres) super.accept(answer);
    else this.readEverything();
  }
}
