// What the stream told of and nobody has read yet: few ids, or everything.

const KINDS = ["incident", "team", "call", "assignment"];
// Beyond it a list is shorter to read than its changes are to name.
const MOST = 100;
// What a change of these kinds touches is asked for by whoever shows it.
const ELSEWHERE = new Set(["closure", "closure_request", "roads", "handover", "ringing", "alarm", "aid_request"]);

export class Changes {
  constructor() {
    this.clear();
  }

  clear() {
    this.everything = false;
    this.ids = new Map(KINDS.map((kind) => [kind, new Set()]));
  }

  /** Take in one `change` of the stream. Who is not told which thing it was reads everything. */
  add({ kind, id }) {
    if (this.ids.has(kind) && id) this.ids.get(kind).add(id);
    else if (!ELSEWHERE.has(kind)) this.everything = true;
    if (this.count() > MOST) this.everything = true;
  }

  addEverything() {
    this.everything = true;
  }

  count() {
    return [...this.ids.values()].reduce((sum, ids) => sum + ids.size, 0);
  }

  isEmpty() {
    return !this.everything && this.count() === 0;
  }

  /** Hand over what has gathered, and start anew: what comes while it is read is read next. */
  take() {
    const { everything } = this;
    const query = new URLSearchParams([...this.ids].flatMap(([kind, ids]) => [...ids].map((id) => [kind, id])));
    this.clear();
    return { everything, query };
  }
}
