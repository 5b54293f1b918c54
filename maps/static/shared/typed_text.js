// What somebody has typed and not sent: kept for this tab, for this person, case by case.

const PREFIX = "dispatch119_typed:";
const PERSON = "dispatch119_typed_by";

/** Another person at the same desk starts with nothing of the former one. */
export function typedBy(username) {
  if (sessionStorage.getItem(PERSON) !== username) forgetAll();
  sessionStorage.setItem(PERSON, username);
}

export function forgetAll() {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  }
}

export function forget(key) {
  sessionStorage.removeItem(PREFIX + key);
}

export function keep(key, values) {
  sessionStorage.setItem(PREFIX + key, JSON.stringify(values));
}

export function recall(key) {
  return JSON.parse(sessionStorage.getItem(PREFIX + key) ?? "[]");
}

const inputsOf = (form) => [...form.querySelectorAll("input, textarea, select")];

/**
 * Keep what is typed into a form under a key such as `<case>/note`, and put back what was.
 *
 * By place, because notes to tick have no name.
 */
export function keepTyped(form, key) {
  const kept = recall(key);
  inputsOf(form).forEach((input, place) => {
    const value = kept[place];
    if (value === undefined || value === null) return;
    if (typeof value === "boolean") input.checked = value && !input.disabled;
    else input.value = value;
  });
  const keepAll = () => keep(key, inputsOf(form).map((input) => (input.type === "checkbox" ? input.checked : input.value)));
  form.addEventListener("input", keepAll);
  form.addEventListener("change", keepAll);
}
