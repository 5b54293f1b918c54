// The post at which this browser stands: chosen in the bar, else a name of its own, so that a claim
// is told from one elsewhere and a colleague reads who has it where.

import { h } from "shared/dom.js";
import { t } from "shared/page_data.js";

const POST = "dispatch119_post";

const MOST = 9;
const NUMBERED = /^post ([1-9])$/;

/** How a post is called in the language of the page; one without a number as it was stored. */
export function postText(name) {
  const [, n] = NUMBERED.exec(name ?? "") ?? [];
  return n ? t("post.n", { n }) : name;
}

/** Let the person say at which post they sit; `onChange` is told the new name. */
export function choosePost(select, onChange) {
  const known = NUMBERED.exec(postName())?.[1] ?? "";
  select.replaceChildren(h("option", { value: "" }, t("post.none")),
    ...Array.from({ length: MOST }, (_, at) => h("option", { value: String(at + 1) }, t("post.n", { n: at + 1 }))));
  select.value = known;
  select.addEventListener("change", () => {
    if (select.value) localStorage.setItem(POST, `post ${select.value}`);
    else localStorage.removeItem(POST);
    onChange(postName());
  });
}

/** The name of this post; made once for this browser where nobody has chosen one. */
export function postName() {
  const known = localStorage.getItem(POST);
  if (known) return known;
  const [number] = crypto.getRandomValues(new Uint16Array(1));
  const made = `post ${String(number).padStart(5, "0")}`;
  localStorage.setItem(POST, made);
  return made;
}
