// What every page of somebody who is signed in has: its person, its tabs, its chip, its refusals, its end.

import { keepAddress, loginAddress, readAddress } from "shared/address.js";
import { ABANDONED, Problem, remove } from "shared/api_client.js";
import { identity, person, tellTabs } from "shared/identity.js";
import { Notices } from "shared/notices.js";
import { watchIdentity } from "shared/other_session.js";
import { t } from "shared/page_data.js";
import { switchLanguage, switchTheme } from "shared/preferences.js";
import { forgetAll, typedBy } from "shared/typed_text.js";

export const part = (name) => document.querySelector(`[data-part="${name}"]`);

export class SignedInPage {
  /** `view` is the page's map, `feed` what keeps it fresh. */
  constructor(view, feed) {
    this.view = view;
    this.feed = feed;
    this.notices = new Notices(part("notices"), part("speaker"));
  }

  /** Before anything is read or put back: what a former person typed is not for this one. */
  open() {
    typedBy(person.username);
    watchIdentity(() => this.toLogin());
    identity.addEventListener("other", () => this.stop());
    part("theme").addEventListener("click", switchTheme);
    part("language").addEventListener("click", switchLanguage);
    part("logout").addEventListener("click", () => this.logout());
    for (const tab of document.querySelectorAll("button[data-tab]")) {
      tab.addEventListener("click", () => this.showTab(tab.dataset.tab));
    }
    this.feed.addEventListener("session", () => this.toLogin());
    this.feed.addEventListener("state", ({ detail }) => this.showConnection(detail));
  }

  showConnection({ connected, restored }) {
    const chip = part("connection");
    chip.className = `badge ${connected ? "good" : "alert"}`;
    chip.textContent = t(connected ? "live.on" : "live.connecting");
    if (restored) this.notices.good(t("live.restored"));
  }

  showTab(name) {
    document.body.dataset.tab = name;
    for (const tab of document.querySelectorAll("button[data-tab]")) {
      if (tab.dataset.tab === name) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
    this.view.resized();
    this.keepPlace();
  }

  /** What is open is in the address; `open` says more than the tab. */
  keepPlace(open = {}) {
    keepAddress({ tab: document.body.dataset.tab, ...open });
  }

  /** `{incident, tab}` that the address says. */
  get place() {
    return readAddress(window.location.hash);
  }

  countyName(code) {
    return this.view.countyNames.get(code) ?? code;
  }

  /** `[code, name]` of all counties, in the order of their names. */
  counties() {
    return [...this.view.countyNames].sort((a, b) => a[1].localeCompare(b[1], "ro"));
  }

  /** Do something that may be refused: the refusal is shown, the answer returned. */
  async attempt(work) {
    try {
      return (await work()) ?? true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 401) this.toLogin();
      // The whole page says that it is another's, or has lost the server; and nothing else of it.
      if (!["other_session", ABANDONED].includes(error.code)) this.notices.problem(error);
      return null;
    }
  }

  /** For good: of somebody who is not signed in nothing is asked for, shown or sounded. */
  stop() {
    this.feed.stop();
  }

  async logout() {
    this.stop();
    forgetAll();
    await this.attempt(() => remove("/v1/sessions"));
    tellTabs({ isOver: true });
    window.location.assign("/login");
  }

  toLogin() {
    // The first one to notice; what is typed stays in this tab, and the address says what was open.
    this.stop();
    window.location.assign(loginAddress(window.location));
  }
}
