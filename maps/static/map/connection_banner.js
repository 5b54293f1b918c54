// Says aloud when what is on the screen may be old.

import { ageText, clockTime, nowMs } from "shared/clock.js";
import { h, icon } from "shared/dom.js";
import { t } from "shared/page_data.js";

export class ConnectionBanner {
  constructor(stage, feed) {
    this.text = h("span", {});
    this.age = h("span", { class: "number" });
    this.banner = h("div", { class: "connection", role: "alert", hidden: true },
      icon("alert"), this.text, this.age,
      h("button", { type: "button", class: "button", onclick: () => feed.reconnect() }, t("live.retry")));
    stage.prepend(this.banner);
    feed.addEventListener("state", ({ detail }) => this.show(detail));
    setInterval(() => this.tick(), 1000);
  }

  show({ connected, lostAt }) {
    this.lostAt = connected ? null : lostAt;
    this.banner.hidden = connected;
    document.documentElement.classList.toggle("is-disconnected", !connected);
    if (!connected) this.text.textContent = t("live.lost", { time: clockTime(lostAt, { seconds: true }) });
    this.tick();
  }

  tick() {
    if (this.lostAt) this.age.textContent = t("live.age", { age: ageText((nowMs() - this.lostAt) / 1000) });
  }
}
