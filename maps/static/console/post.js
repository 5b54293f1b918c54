// The post at which this browser stands: a name of its own, so that a claim is told from one elsewhere.

const POST = "dispatch119_post";

/** The name of this post; made once for this browser. */
export function postName() {
  const known = localStorage.getItem(POST);
  if (known) return known;
  const [number] = crypto.getRandomValues(new Uint16Array(1));
  const made = `post ${String(number).padStart(5, "0")}`;
  localStorage.setItem(POST, made);
  return made;
}
