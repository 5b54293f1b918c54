"""Says what each report did to a belief, and why; decides nothing."""

from collections.abc import Sequence

from dispatch.belief.model import Conflict, SourceRank, StepAction
from dispatch.jurisdiction.words import Text, county_name
from dispatch.words.catalogue import Catalogue, both, in_each
from geodata.territories.counties import Counties


def step(action: StepAction, rank: SourceRank, owner: str | None, counties: Counties) -> Text:
    """Explain one step."""

    def sentence(words: Catalogue) -> str:
        what, source = words.word(f"belief.step.{action}"), _source(rank, words)
        if owner is None:
            return words.word("belief.step.unowned", what=what, source=source)
        county = county_name(owner, counties, words)
        return words.word("belief.step.owned", what=what, source=source, county=county)

    return in_each(sentence)


def conflict(
    owners: tuple[str | None, str | None],
    ranks: tuple[SourceRank, SourceRank],
    counties: Counties,
    *,
    apart_m: float,
) -> Text:
    """Explain a conflict: what is kept, what is set aside; `apart_m` between their middles."""

    def sentence(words: Catalogue) -> str:
        sources = {
            "kept_source": _source(ranks[0], words),
            "aside_source": _source(ranks[1], words),
        }
        kept, aside = (_ground(code, counties, words) for code in owners)
        # The same county on both sides: the conflict is about the place in it.
        if owners[0] is not None and owners[0] == owners[1]:
            km = words.fixed(apart_m / 1000, 1)
            return words.word("belief.conflict.within", km=km, county=kept, **sources)
        return words.word("belief.conflict.between", kept=kept, aside=aside, **sources)

    return in_each(sentence)


def conflict_question(found: Conflict) -> Text:
    """Return what to ask when two areas contradict each other."""
    has_moved = found.kept_owner == found.set_aside_owner
    return both(f"belief.question.{'moved' if has_moved else 'locality'}")


def guess_question(place: str | None) -> Text:
    """Return what to ask when words only come near to the name of a place (None: unnamed)."""
    if place is None:
        return both("belief.question.locality")

    def sentence(words: Catalogue) -> str:
        first = words.word("jurisdiction.question.first", place=place)
        return f"{first} {words.word('belief.question.locality')}"

    return in_each(sentence)


def which_question(places: Sequence[str]) -> Text:
    """Return what to ask when several places can be meant."""
    return in_each(lambda words: words.word("belief.question.which", places="; ".join(places)))


def _source(rank: SourceRank, words: Catalogue) -> str:
    return words.word(f"belief.rank.{rank.name.lower()}")


def _ground(code: str | None, counties: Counties, words: Catalogue) -> str:
    return county_name(code, counties, words) if code else words.word("belief.abroad")
