"""
Do a caller's own words settle the right county? Part of `make bench-county`.

Every sentence is heard alone, without the network. "Asks" is the county that is meant among
those shown and a question; "wrong and clear" is what must never happen.
"""

from collections import Counter
from dataclasses import dataclass

from benchmarks.spoken_judging import (
    ASKED,
    ASTRAY,
    CLAUSES,
    NOTHING,
    RIGHT,
    SAID,
    WRONG,
    judge,
    rows,
)
from dispatch.belief.hearing import Hearing
from dispatch.ground import load_ground


@dataclass(frozen=True, slots=True)
class Heard:
    """Verdicts of one set of sentences: how many, and of those that name a place."""

    name: str
    all: Counter[str]
    placed: Counter[str]

    @property
    def found(self) -> float:
        """Share of the sentences with a place of the caller whose county is right or asked for."""
        return (self.placed[RIGHT] + self.placed[ASKED]) / max(1, self.placed.total())

    def __str__(self) -> str:
        verdicts = "".join(f"{self.all[v]:>9}" for v in (RIGHT, ASKED, ASTRAY, NOTHING, WRONG))
        return f"{self.name:<36}{self.all.total():>10}{verdicts}{self.found:>12.1%}"


def run() -> tuple[Heard, ...]:
    """Hear every sentence, print the table and return it."""
    hearing = Hearing(load_ground())
    print("\nA caller's words alone (sentences of our own)")
    print(f"{'set':<36}{'sentences':>10}{'right':>9}{'asks':>9}{'astray':>9}{'nothing':>9}", end="")
    print(f"{'wrong':>9}{'place found':>12}")
    found = tuple(_hear(hearing, file, name) for file, name in CLAUSES.items())
    for row in found:
        print(row)
    return found


def _hear(hearing: Hearing, file: str, name: str) -> Heard:
    verdicts, placed = Counter[str](), Counter[str]()
    for words, meant in rows(SAID / file):
        verdict, _ = judge(hearing, words, meant)
        verdicts[verdict] += 1
        if meant.split()[0] not in {"-", "abroad"}:
            placed[verdict] += 1
    return Heard(name, verdicts, placed)
