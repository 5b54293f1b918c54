// Who else has the case on the screen: a light heartbeat while it is shown, and a line that names them.

import { Problem, put, remove } from "shared/api_client.js";
import { h, icon, redraw } from "shared/dom.js";
import { t } from "shared/page_data.js";

const BEAT_MS = 10000;

export class PresenceLine {
  /** `isWriting()` tells whether a form of the case is open. */
  constructor({ isWriting }) {
    this.isWriting = isWriting;
    this.element = h("p", { class: "presence", role: "status", hidden: true });
    setInterval(() => this.beat(), BEAT_MS);
    document.addEventListener("visibilitychange", () => this.beat());
  }

  /** Another case, or none: whoever was named belongs to the old one. */
  follow(id) {
    if (id === this.id) return;
    const { id: old } = this;
    this.id = id;
    this.show([]);
    if (old) this.quietly(() => remove(`/v1/incidents/${old}/presence`));
    this.beat();
  }

  async beat() {
    const { id } = this;
    // A page that nobody looks at works on nothing.
    if (!id || document.hidden) return;
    const others = await this.quietly(() => put(`/v1/incidents/${id}/presence`, { is_writing: this.isWriting() }));
    if (id === this.id && others) this.show(others);
  }

  /** A heartbeat that is lost is no news to the person; the next one comes. */
  async quietly(ask) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return null;
    }
  }

  show(others) {
    const says = JSON.stringify(others.map(({ actor, is_writing: writes }) => [actor, writes]));
    if (says === this.says) return;
    this.says = says;
    this.element.hidden = others.length === 0;
    redraw(this.element, others.length ? icon("user") : null, h("span", {}, ...others.map(({ actor, is_writing: writes }, i) =>
      h("span", {}, i ? ", " : "", t(writes ? "presence.writes" : "presence.here", { person: actor })))));
  }
}
