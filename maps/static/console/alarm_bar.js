// Teams in danger, or silent: above everything, loud until somebody looks after each.

import { openForm, textField } from "console/inline_form.js";
import { get, post, rowsOf } from "shared/api_client.js";
import { ageText, clockTime, secondsSince } from "shared/clock.js";
import { h, icon, KeyedList } from "shared/dom.js";
import { Newest } from "shared/newest.js";
import { t } from "shared/page_data.js";

const AGAIN_MS = 2000;

export class AlarmBar {
  constructor(holder, { tone, attempt, may, countyName, onSelect, onPlace, say, onChange }) {
    Object.assign(this, { holder, tone, attempt, may, countyName, onSelect, onPlace, say, onChange });
    this.newest = new Newest();
    this.list = h("ul", { class: "alarm-rows" });
    this.slot = h("div", { class: "form-slot" });
    holder.replaceChildren(this.list, this.slot);
    this.rows = new KeyedList(this.list, {
      keyOf: ({ id }) => id, saysOf: (row) => JSON.stringify(row), make: (row) => this.row(row),
    });
    this.alarms = [];
    this.known = new Set();
    this.soundedAt = 0;
    this.ticking = setInterval(() => this.tick(), 1000);
  }

  stop() {
    clearInterval(this.ticking);
    this.alarms = [];
  }

  get isLoud() {
    return this.alarms.some(({ sounds }) => sounds);
  }

  load() {
    return this.attempt(() => this.read());
  }

  async read() {
    const rows = await this.newest.of(() => get("/v1/alarms"));
    if (!rows) return;
    this.alarms = rowsOf(rows);
    for (const alarm of this.alarms) {
      if (!this.known.has(alarm.id)) this.say(this.name(alarm));
      this.known.add(alarm.id);
    }
    // Not the moment of asking: what reads the same is not drawn anew under a finger.
    this.rows.show(this.alarms.map((alarm) => ({ ...alarm, at: null })));
    this.holder.hidden = this.alarms.length === 0;
    if (this.alarms.length === 0) this.slot.replaceChildren();
    this.onChange();
    this.tick();
  }

  name({ kind, callsign, county }) {
    return `${t(`alarm.${kind}`)}: ${callsign}, ${this.countyName(county)}`;
  }

  place({ place, fix_at: fixAt, accuracy_m: accuracy }) {
    if (!place) return h("span", {}, icon("question"), " ", t("alarm.no_place"));
    return h("span", {}, icon("pin"), " ", h("span", { dataset: { place: fixAt } }),
      accuracy === null ? "" : ` (± ${Math.round(accuracy)} m)`);
  }

  row(alarm) {
    const button = (key, kind, text, onclick) => h("button", {
      type: "button", class: `button ${kind}`, dataset: { key: `${key}-${alarm.id}` }, onclick,
    }, text);
    const mayAnswer = this.may("answer_alarms");
    return h("li", { class: `alarm alarm--${alarm.kind}${alarm.sounds ? " is-loud" : ""}`, dataset: { alarm: alarm.id } },
      icon("alert"), h("strong", { class: "alarm-name" }, this.name(alarm), alarm.times > 1 ? ` (× ${alarm.times})` : ""),
      h("span", { class: "number" }, h("span", { dataset: { raised: alarm.last_raised_at } })),
      this.place(alarm),
      alarm.acknowledged_by
        ? h("span", {}, icon("user"), " ",
          t("alarm.acknowledged", { who: alarm.acknowledged_by, time: clockTime(alarm.acknowledged_at) })) : null,
      h("span", { class: "form-buttons" },
        mayAnswer && alarm.sounds ? button("acknowledge", "danger", t("alarm.acknowledge"), () => this.acknowledge(alarm)) : null,
        alarm.incident_id
          ? button("alarm-case", "", t("alarm.case", { number: alarm.incident_number }), () => this.onSelect(alarm.incident_id)) : null,
        alarm.place ? button("alarm-place", "", t("alarm.show"), () => this.onPlace(alarm.place)) : null,
        mayAnswer ? button("settle", "", t("alarm.settle"), () => this.settle(alarm)) : null));
  }

  async acknowledge({ id }) {
    await this.attempt(() => post(`/v1/alarms/${id}/acknowledge`));
    await this.load();
  }

  settle(alarm) {
    openForm(this.slot, {
      title: `${t("alarm.settle")}: ${this.name(alarm)}`,
      fields: [["reason", textField(t("alarm.settle.reason"), { required: true, maxLength: 2000 })]],
      keep: `alarm-${alarm.id}/settle`,
      label: t("alarm.settle"),
      send: async (values) => {
        const done = await this.attempt(() => post(`/v1/alarms/${alarm.id}/settle`, values));
        await this.load();
        return done;
      },
    });
  }

  tick() {
    for (const age of this.holder.querySelectorAll("[data-raised]")) {
      age.textContent = t("age.ago", { age: ageText(secondsSince(age.dataset.raised)) });
    }
    for (const age of this.holder.querySelectorAll("[data-place]")) {
      age.textContent = t("alarm.place", { age: ageText(secondsSince(age.dataset.place)) });
    }
    if (this.isLoud && Date.now() - this.soundedAt >= AGAIN_MS) {
      this.soundedAt = Date.now();
      this.tone.play();
    }
  }
}
