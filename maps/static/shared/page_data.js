// Settings and words of the page, from its data blocks or from our own address.

// The order of a plural entry's forms, by CLDR's names; the catalogue on the server has the same.
const PLURAL_FORMS = { ro: ["one", "few", "other"], en: ["one", "other"] };

function readBlock(id) {
  const block = document.getElementById(id);
  return block ? JSON.parse(block.textContent) : null;
}

export const settings = readBlock("map-settings") ?? {};

export const language = settings.language ?? "ro";

const words = readBlock("wording") ?? await (await fetch(`/words/${language}.json`)).json();
const plurals = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language);

/**
 * Words of a key with their {places} filled; a missing key shows itself.
 *
 * Numbers are written as the language writes them. An entry with plural forms takes the form
 * of the value named `n`: 1 caz, 2 cazuri, 20 de cazuri.
 */
export function t(key, values = {}) {
  const entry = words[key] ?? key;
  const text = Array.isArray(entry) ? entry[PLURAL_FORMS[language].indexOf(plurals.select(values.n))] : entry;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? written(values[name]) : whole));
}

function written(value) {
  return typeof value === "number" ? numbers.format(value) : String(value);
}

export function hasWord(key) {
  return key in words;
}

/** The text in the language of the page out of one that comes in both. */
export function inOurLanguage(texts) {
  return texts?.[settings.language] ?? texts?.ro ?? "";
}
