// An administrator's own page: whether all is well, who may sign in, and new teams. No case of anybody.

import { choiceField, openForm, textField } from "console/inline_form.js";
import { countTable } from "roles/county_counts.js";
import { get, post, rowsOf } from "shared/api_client.js";
import { h, icon, redraw } from "shared/dom.js";
import { hasWord, t } from "shared/page_data.js";

const ROLES = ["operator", "dispatcher", "team", "planner", "supervisor", "administrator"];
const HEALTH_EVERY_MS = 30000;
const codesOf = (text) => text.toUpperCase().split(/[\s,;]+/).filter(Boolean);

export class AdministratorPanel {
  constructor(holder, context) {
    this.context = context;
    this.health = h("section", { "aria-label": t("rolepage.health") });
    this.accounts = h("section", { "aria-label": t("rolepage.accounts") });
    this.slot = h("div", { class: "form-slot" });
    this.counts = h("section", { "aria-label": t("rolepage.counts") });
    holder.replaceChildren(this.health,
      h("section", { class: "form-buttons" },
        h("button", { type: "button", class: "button primary", onclick: () => this.newAccount() },
          icon("user"), t("rolepage.accounts.new")),
        h("button", { type: "button", class: "button", onclick: () => this.newTeam() }, icon("car"), t("rolepage.teams.new"))),
      this.slot, this.accounts, this.counts);
    this.watching = setInterval(() => this.loadHealth(), HEALTH_EVERY_MS);
  }

  stop() {
    clearInterval(this.watching);
  }

  async load() {
    await this.loadHealth();
    await this.loadAccounts();
  }

  showFeatures(features) {
    redraw(this.counts, h("h3", {}, t("rolepage.counts")), countTable(features, this.context.countyName));
  }

  /** What is not well is an answer as well (503), so it is not asked like everything else. */
  async loadHealth() {
    let checks = null;
    try {
      ({ checks } = await (await fetch("/health/ready")).json());
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    }
    redraw(this.health, h("h2", {}, t("rolepage.health")), checks === null
      ? h("p", { class: "shortfall" }, icon("alert"), h("span", {}, t("problem.network")))
      : h("ul", { class: "rows" }, ...Object.entries(checks).map(([name, isWell]) => h("li", { dataset: { check: name } },
        h("span", { class: `badge ${isWell ? "good" : "alert"}` }, icon(isWell ? "check" : "alert"),
          t(isWell ? "rolepage.health.well" : "rolepage.health.ill")), " ",
        hasWord(`rolepage.health.${name}`) ? t(`rolepage.health.${name}`) : name))));
  }

  async loadAccounts() {
    const rows = await this.context.attempt(() => get("/v1/accounts"));
    if (!rows) return;
    redraw(this.accounts, h("h3", {}, t("rolepage.accounts")),
      h("ul", {}, ...rowsOf(rows).map((account) => this.account(account))));
  }

  account({ username, role, counties, active }) {
    const button = (name, text, onclick) => h("button", {
      type: "button", class: "button quiet", dataset: { key: `${name}-${username}` }, "aria-label": `${text}: ${username}`, onclick,
    }, text);
    const isMe = username === this.context.me.username;
    const facts = [t(`role.${role}`), this.countiesText(counties), active ? null : t("rolepage.accounts.off")];
    return h("li", { class: `account${active ? "" : " is-off"}`, dataset: { account: username } },
      h("div", { class: "row-main" }, h("strong", {}, username),
        h("div", { class: "muted small" }, facts.filter(Boolean).join(" · "))),
      button("password", t("rolepage.accounts.password"), () => this.newPassword(username)),
      isMe ? null : button("active", t(active ? "rolepage.accounts.disable" : "rolepage.accounts.enable"),
        () => this.setActive(username, !active)));
  }

  countiesText(codes) {
    return codes.length > 4 ? t("console.counties.some", { n: codes.length }) : codes.map(this.context.countyName).join(", ");
  }

  newAccount() {
    openForm(this.slot, {
      title: t("rolepage.accounts.new"),
      fields: [
        ["username", textField(t("login.username"), { required: true, minLength: 2, maxLength: 100, autocomplete: "off" })],
        ["password", this.passwordField()],
        ["role", choiceField(t("rolepage.accounts.role"), ROLES.map((role) => [role, t(`role.${role}`)]))],
        ["counties", textField(t("rolepage.accounts.counties"), { placeholder: "B3, IF", autocomplete: "off" })],
        ["team_id", textField(t("rolepage.accounts.team"), { autocomplete: "off" })],
      ],
      send: ({ counties, team_id: team, ...values }) => {
        const wish = { ...values, counties: codesOf(counties), ...(team ? { team_id: team } : {}) };
        return this.done("/v1/accounts", wish, t("rolepage.accounts.made", { name: values.username }));
      },
    });
  }

  newTeam() {
    openForm(this.slot, {
      title: t("rolepage.teams.new"),
      fields: [
        ["callsign", textField(t("rolepage.teams.callsign"), { required: true, maxLength: 40, autocomplete: "off" })],
        ["county", choiceField(t("action.county"), this.context.counties())],
        ["staffing", textField(t("rolepage.teams.staffing"), { required: true, type: "number", min: 0, max: 20, value: "2" })],
      ],
      send: async ({ staffing, ...values }) => {
        const made = await this.context.attempt(() => post("/v1/teams", { ...values, staffing: Number(staffing) }));
        // Its account needs the id, which nobody else shows.
        if (made) this.context.notices.good(t("rolepage.teams.made", { name: made.callsign, id: made.id }));
        return made;
      },
    });
  }

  newPassword(username) {
    openForm(this.slot, {
      title: `${t("rolepage.accounts.password")}: ${username}`,
      fields: [["password", this.passwordField()]],
      send: (values) => this.done(`/v1/accounts/${encodeURIComponent(username)}/password`, values,
        t("rolepage.accounts.password.done", { name: username })),
    });
  }

  /** Not kept in the tab while it is typed, unlike everything else that is: it is a password. */
  passwordField() {
    return textField(t("login.password"), { required: true, type: "password", autocomplete: "new-password", maxLength: 500 });
  }

  setActive(username, active) {
    return this.done(`/v1/accounts/${encodeURIComponent(username)}/active`, { active },
      t(active ? "rolepage.accounts.enabled" : "rolepage.accounts.disabled", { name: username }));
  }

  async done(path, values, text) {
    const answer = await this.context.attempt(() => post(path, values));
    if (answer) this.context.notices.good(text);
    await this.loadAccounts();
    return answer;
  }
}
