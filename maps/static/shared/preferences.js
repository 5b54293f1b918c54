// Theme and language that a person chose, kept in cookies so that the server knows them too.

import { settings } from "shared/page_data.js";

function remember(name, value) {
  document.cookie = `dispatch119_${name}=${value};path=/;max-age=31536000;samesite=lax`;
}

export function switchTheme() {
  const root = document.documentElement;
  root.dataset.theme = root.dataset.theme === "light" ? "dark" : "light";
  remember("theme", root.dataset.theme);
  document.dispatchEvent(new CustomEvent("theme"));
}

export function switchLanguage() {
  const other = settings.language === "en" ? "ro" : "en";
  remember("language", other);
  const address = new URL(window.location.href);
  address.searchParams.set("lang", other);
  window.location.assign(address);
}
