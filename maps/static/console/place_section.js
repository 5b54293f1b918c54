// Where a case is, as a person confirms it: searched for, pinned on the map, typed; and taken back.

import { readCoordinates, writeCoordinates } from "console/coordinates.js";
import { openForm, textField } from "console/inline_form.js";
import { PlaceFinder, withCounty } from "console/place_finder.js";
import { PlacePin } from "map/place_pin.js";
import { get, Problem } from "shared/api_client.js";
import { clockTime, fullTime } from "shared/clock.js";
import { h, icon, redraw } from "shared/dom.js";
import { t } from "shared/page_data.js";

const PAUSE_MS = 250;
// An address that was found belongs to its street; a pin that went farther is somewhere else.
const SAME_STREET_M = 1000;
const atOf = (place) => (place ? { lat: place.lat, lng: place.lon } : null);

export class PlaceSection {
  constructor(context) {
    this.context = context;
    this.button = h("button", {
      type: "button", class: "button small-button", dataset: { key: "place" }, onclick: () => this.open(),
    }, icon("pin"), t("place.confirm"));
    this.line = h("div", { class: "place-line" });
    this.slot = h("div", { class: "form-slot" });
    this.element = h("section", { class: "place-block", "aria-label": t("place.title") }, this.line, this.slot);
    this.pin = new PlacePin(context.view.map, {
      onMove: (at) => this.taken(at),
      onLeave: () => this.slot.querySelector("input")?.focus(),
    });
    // However the form goes: sent, given up, or cleared away with its case.
    new MutationObserver(() => this.slot.childElementCount || this.pin.stop()).observe(this.slot, { childList: true });
  }

  /** Another case: neither pin nor text of the old one. */
  reset() {
    this.slot.replaceChildren();
    this.line.replaceChildren();
    this.pin.stop();
  }

  show(incident) {
    const { confirmed } = incident;
    const mayChange = this.context.may("handle_incidents") && incident.state !== "closed";
    this.button.hidden = !mayChange || Boolean(confirmed);
    redraw(this.line, confirmed ? h("p", { class: "confirmed" }, icon("pin"), h("span", {},
      h("strong", {}, confirmed.address ?? writeCoordinates(atOf(confirmed.place))),
      h("span", { class: "muted", title: fullTime(confirmed.at) },
        ` · ${t("place.confirmed_by", { person: confirmed.by, time: clockTime(confirmed.at) })}`))) : null,
    confirmed && mayChange ? h("span", { class: "row-buttons" },
      h("button", { type: "button", class: "button small-button", dataset: { key: "place-change" }, onclick: () => this.open() },
        t("place.change")),
      h("button", { type: "button", class: "button small-button", dataset: { key: "place-withdraw" }, onclick: () => this.askWithdraw() },
        t("place.withdraw"))) : null);
  }

  askWithdraw() {
    const { id, version } = this.context.incident();
    openForm(this.slot, {
      title: t("place.withdraw.title"),
      fields: [["reason", textField(t("form.reason"), { required: true, maxLength: 2000 })]],
      label: t("place.withdraw"),
      keep: `${id}/place-withdraw`,
      seen: version,
      send: (values, seen) => this.context.act(`/v1/incidents/${id}/place/withdraw`, { ...values, expected_version: seen },
        t("action.done.place_withdrawn")),
    });
  }

  open() {
    const incident = this.context.incident();
    this.incident = incident;
    this.found = null;
    this.finder = new PlaceFinder({
      countyName: this.context.countyName,
      where: () => ({ county: incident.county, place: this.at() ?? atOf(incident.center) }),
      onPick: (row, leftOut) => this.picked(row, leftOut),
    });
    this.coordinates = textField(t("place.coordinates"), {
      required: true, placeholder: "44.432100, 26.101200", oninput: () => this.typed(),
    });
    this.address = textField(t("place.address"), { maxLength: 300 });
    this.addressOf = null;
    this.guard = this.makeGuard();
    openForm(this.slot, {
      title: t("place.title"),
      fields: [["q", this.finder.element], ["coordinates", this.coordinates], ["guard", this.guard], ["address", this.address]],
      label: t("place.send"),
      keep: `${incident.id}/place`,
      seen: incident.version,
      send: (values, version) => this.send(incident, values, version),
    });
    const input = this.inputOf(this.coordinates);
    const start = incident.confirmed?.place ?? incident.center;
    if (!input.value && start) input.value = writeCoordinates(atOf(start));
    const address = this.inputOf(this.address);
    if (!address.value && incident.confirmed?.address) this.giveAddress(incident.confirmed.address, atOf(incident.confirmed.place));
    this.pin.start();
    const at = this.at();
    if (at) this.pin.show(at);
    this.lookSoon();
  }

  inputOf(field) {
    return field.querySelector("input");
  }

  at() {
    return readCoordinates(this.inputOf(this.coordinates).value);
  }

  /** A place on the map: a click, the end of a drag, a step. */
  taken(at) {
    const input = this.inputOf(this.coordinates);
    input.value = writeCoordinates(at);
    input.dispatchEvent(new Event("change", { bubbles: true }));
    this.complain("");
    this.keepAddressNear(at);
    this.lookSoon();
  }

  giveAddress(text, at) {
    this.inputOf(this.address).value = text;
    this.addressOf = { text, at };
  }

  /** What a person wrote stays; an address that came with another place does not. */
  keepAddressNear(at) {
    const input = this.inputOf(this.address);
    const { text, at: of } = this.addressOf ?? {};
    if (!of || input.value !== text || this.context.view.map.distance(of, at) <= SAME_STREET_M) return;
    input.value = "";
    this.addressOf = null;
  }

  typed() {
    const at = this.at();
    this.complain(at || !this.inputOf(this.coordinates).value ? "" : t("place.coordinates.wrong"));
    if (!at) return;
    this.pin.show(at);
    this.keepAddressNear(at);
    this.lookSoon();
  }

  complain(text) {
    this.inputOf(this.coordinates).setCustomValidity(text);
  }

  picked(row, leftOut) {
    const at = atOf(row.place);
    this.finder.input.value = row.name;
    this.giveAddress([row.name, leftOut].filter(Boolean).join(" "), at);
    this.pin.show(at, { follow: true });
    this.taken(at);
    // The street is known, the house is not: from here the arrow keys move the pin.
    this.pin.focus();
  }

  /** What is there, and whose ground it is; of overlapping questions only the last counts. */
  lookSoon() {
    clearTimeout(this.timer);
    const at = this.at();
    if (!at) return;
    this.timer = setTimeout(async () => {
      try {
        const found = await get(`/v1/places/at?lon=${at.lng}&lat=${at.lat}`);
        const now = this.at();
        if (this.slot.childElementCount && now?.lat === at.lat && now.lng === at.lng) this.showGuard(found);
      } catch (error) {
        // The server looks again when the place is sent.
        if (!(error instanceof Problem)) throw error;
      }
    }, PAUSE_MS);
  }

  makeGuard() {
    this.said = h("p", { class: "small", role: "status", dataset: { part: "place-at" } });
    this.warning = h("div", { class: "ask", role: "alert", hidden: true });
    this.stay = h("input", { type: "checkbox" });
    this.reason = h("input", { maxLength: 2000 });
    const field = h("div", {}, this.said, this.warning);
    field.readValue = () => (this.abroad() && this.stay.checked ? { abroad: this.abroad(), reason: this.reason.value.trim() } : {});
    return field;
  }

  abroad() {
    const county = this.found?.county;
    return county && county !== this.incident.county ? county : null;
  }

  showGuard(found) {
    const former = this.abroad();
    this.found = found;
    const name = this.context.countyName;
    this.said.textContent = found.county
      ? [found.street, ...withCounty(found.locality, name(found.county))].filter(Boolean).join(" · ") : t("place.abroad");
    const county = this.abroad();
    this.warning.hidden = !county;
    if (!county) {
      // A place of one's own needs no reason.
      this.reason.required = this.stay.required = this.stay.checked = false;
      return;
    }
    if (county === former && this.warning.childElementCount) return;
    this.stay.checked = false;
    this.stay.required = this.reason.required = true;
    redraw(this.warning, icon("alert"), h("div", { class: "row-main" },
      h("strong", {}, t("place.other_county", { county: name(county), owner: name(this.incident.county) })),
      h("button", { type: "button", class: "button", dataset: { key: "place-transfer" }, onclick: () => this.transfer(county) },
        icon("arrow"), t("place.transfer", { county: name(county) })),
      h("label", { class: "tick" }, this.stay, h("span", {}, t("place.stays", { county: name(county) }))),
      h("label", { class: "field" }, h("span", {}, t("place.stays.reason")), this.reason)));
  }

  transfer(county) {
    this.slot.replaceChildren();
    this.context.transferTo(county);
  }

  send(incident, values, version) {
    const at = readCoordinates(values.coordinates);
    if (!at) {
      this.complain(t("place.coordinates.wrong"));
      this.inputOf(this.coordinates).reportValidity();
      return null;
    }
    return this.context.act(`/v1/incidents/${incident.id}/place`, {
      lon: at.lng, lat: at.lat, address: values.address || null, ...values.guard, expected_version: version,
    }, t("action.done.place_confirmed"));
  }
}
