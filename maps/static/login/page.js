// Log in and go where the person wanted to be.

import { hasEnded, nextPage } from "shared/address.js";
import { post, Problem } from "shared/api_client.js";
import { identity } from "shared/identity.js";
import { t } from "shared/page_data.js";
import { switchLanguage, switchTheme } from "shared/preferences.js";

const form = document.querySelector("form");
const message = document.querySelector("[data-part=message]");
const submit = form.querySelector("[type=submit]");
const password = form.elements.namedItem("password");

function refuse(text) {
  message.textContent = text;
  message.hidden = false;
  password.setAttribute("aria-invalid", "true");
  password.select();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  submit.disabled = true;
  try {
    await post("/v1/sessions", { username: form.elements.namedItem("username").value.trim(), password: password.value });
    window.location.assign(nextPage(window.location));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    refuse(error.status === 401 ? t("login.wrong") : `${error.message} ${error.hint}`);
  } finally {
    submit.disabled = false;
  }
});

if (hasEnded(window.location)) {
  document.querySelector("[data-part=ended]").hidden = false;
  // Once is enough for all tabs of a browser.
  identity.addEventListener("news", () => window.location.assign(nextPage(window.location)));
}

document.querySelector("[data-part=show]").addEventListener("click", ({ currentTarget }) => {
  const shown = password.type === "text";
  password.type = shown ? "password" : "text";
  currentTarget.textContent = t(shown ? "login.show" : "login.hide");
});
document.querySelector("[data-part=theme]").addEventListener("click", switchTheme);
document.querySelector("[data-part=language]").addEventListener("click", switchLanguage);
document.documentElement.dataset.ready = "true";
