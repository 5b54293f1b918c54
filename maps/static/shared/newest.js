// An older answer must not come after a newer one: of readings that overlap, the last one counts.

export class Newest {
  constructor() {
    this.turn = 0;
  }

  /** What `work` brings; null where another reading has begun meanwhile. */
  async of(work) {
    this.turn += 1;
    const { turn } = this;
    const answer = await work();
    return turn === this.turn ? answer : null;
  }
}
