// One stop of the tab key for a whole group; arrow keys go from one to the next inside it.

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export class Roving {
  /** `members()` gives the elements that can have the focus, in their order. */
  constructor(holder, members) {
    this.members = members;
    this.current = null;
    holder.addEventListener("keydown", (event) => this.walk(event), true);
    holder.addEventListener("focusin", ({ target }) => {
      const found = this.members().find((each) => each === target);
      if (found && found !== this.current) this.enter(found);
    });
  }

  enter(member) {
    this.current = member;
    this.refresh();
  }

  /** After the group has changed: exactly one of it can be reached with the tab key. */
  refresh() {
    const members = this.members();
    if (!members.includes(this.current)) {
      const focused = members.find((each) => each === document.activeElement);
      this.current = focused ?? members[0] ?? null;
    }
    for (const each of members) {
      const index = each === this.current ? 0 : -1;
      if (each.tabIndex !== index) each.tabIndex = index;
    }
  }

  walk(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const members = this.members();
    const at = members.indexOf(event.target);
    if (at < 0) return;
    const aim = { Home: 0, End: members.length - 1 }[event.key] ?? (event.key in STEPS ? at + STEPS[event.key] : null);
    if (aim === null) return;
    event.preventDefault();
    event.stopPropagation();
    members[Math.min(members.length - 1, Math.max(0, aim))].focus();
  }
}
