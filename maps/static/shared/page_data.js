// Settings and words of the page, from its data blocks or from our own address.

function readBlock(id) {
  const block = document.getElementById(id);
  return block ? JSON.parse(block.textContent) : null;
}

export const settings = readBlock("map-settings") ?? {};

const words = readBlock("wording")
  ?? await (await fetch(`${settings.static ?? "/static"}/i18n/${settings.language ?? "ro"}.json`)).json();

/** Sentence of a key with its {placeholders} filled; a missing key shows itself. */
export function t(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

export function hasWord(key) {
  return key in words;
}

/** The text in the language of the page out of one that comes in both. */
export function inOurLanguage(texts) {
  return texts?.[settings.language] ?? texts?.ro ?? "";
}
