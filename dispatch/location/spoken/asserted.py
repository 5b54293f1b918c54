"""
Which of the places in a caller's words can be where the caller is, and which are not.

A place that is denied, left, a destination or somebody else's never decides; it is shown.
What several places share, or two names contradict, is asked.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from dispatch.location.base import Notes, clean_text
from dispatch.location.spoken.abroad import TWINS
from dispatch.location.spoken.mentions import NEAR, TOWN, Mention
from dispatch.location.spoken.names import COUNTY, SECTOR, UAT, NamedPlace
from dispatch.location.spoken.standing import CODES, EXTRAS, NOT_HERE, UNSURE, Standing

CONTRADICTED = "county_contradicted"
"""Code: the county that is named does not hold the place that is named."""

SHARED = "shared_name"
"""Code: the name, or the part of the country, lies in several counties."""

UNSURE_PLACE = "unsure_place"
"""Code: the place may be somebody else's, or only where the caller was born."""

ABROAD = "abroad"
"""Code: the caller says that they are in another country."""

_SHARED_FROM = 0.015
_MOST_TWINS = 12
_MISSPELT = 0.89
_LEAST_TWIN = 500.0
_LEAST_TOWN = 5_000.0
_PRESENT = (Standing.OPEN, Standing.HERE)
_SENTENCES = {
    Standing.DENIED: "the caller says that they are not in {places}",
    Standing.LEFT: "the caller speaks of {places} as left or past",
    Standing.BOUND: "the caller speaks of {places} as where they go or want to go",
    Standing.OTHER: "the caller speaks of {places} as where somebody else is",
}


@dataclass(frozen=True, slots=True)
class Asserted:
    """The names that count, those that do not, and the places abroad that do."""

    mentions: tuple[Mention, ...]
    aside: tuple[Mention, ...]
    abroad: tuple[str, ...]
    is_unsure: bool = False

    def note(self, notes: Notes) -> dict[str, str]:
        """Warn of places where the caller is not; return them by what is said of them."""
        extras: dict[str, str] = {}
        if self.abroad:
            names = clean_text(", ".join(name.title() for name in self.abroad), limit=80)
            notes.add(ABROAD, f"no place in Romania: the caller says {names}")
            extras[ABROAD] = names
        for standing in NOT_HERE:
            labels = [_label(m) for m in self.aside if m.standing is standing]
            if labels:
                names = clean_text("; ".join(dict.fromkeys(labels)), limit=200)
                notes.add(CODES[standing], _SENTENCES[standing].format(places=names))
                extras[EXTRAS[standing]] = names
        if self.is_unsure:
            notes.add(UNSURE_PLACE, "it is not sure that the caller is in the place named; ask")
        return extras


def _label(mention: Mention) -> str:
    place = max(mention.places, key=lambda pair: pair[0].population)[0]
    return place.label if "(" in place.label else f"{place.label} ({', '.join(place.counties)})"


def choose(
    mentions: Sequence[Mention],
    abroad: Sequence[tuple[str, Standing]],
    *,
    likely: Collection[str] = (),
) -> Asserted:
    """
    Choose the names that can say where the caller is.

    Parameters
    ----------
    likely
        Codes of the counties that other reports speak for, empty where there is nothing
        else. Alone, a place that is only perhaps meant is asked for; otherwise it moves
        nothing, unless it is one of which others are told and lies in such a county.
    """
    is_alone = not likely
    aside = tuple(m for m in mentions if m.standing in NOT_HERE)
    beyond = tuple(name for name, s in abroad if s in {*_PRESENT, Standing.ORIGIN})
    present = [m for m in mentions if m.standing in _PRESENT]
    present = present or [m for m in mentions if _is_borne_out(m, likely)]
    is_here = any(m.standing is Standing.HERE for m in present)
    here_beyond = any(s is Standing.HERE for _, s in abroad)
    if beyond and (here_beyond or not is_here):
        return Asserted((), aside, beyond)
    if present:
        from_ = [m for m in mentions if m.standing is Standing.ORIGIN and _holds_one(m, present)]
        is_twin = is_alone and all(mention.name in TWINS for mention in present)
        return Asserted((*present, *from_), aside, (), is_unsure=is_twin)
    origin = tuple(m for m in mentions if m.standing is Standing.ORIGIN)
    unsure = tuple(m for m in mentions if m.standing in UNSURE) if is_alone else ()
    return Asserted(origin or unsure, aside, (), is_unsure=bool(unsure and not origin))


def _is_borne_out(mention: Mention, likely: Collection[str]) -> bool:
    counties = {code for place, _ in mention.places for code in place.counties}
    return mention.standing is Standing.TOLD and not counties.isdisjoint(likely)


def _holds_one(mention: Mention, present: Sequence[Mention]) -> bool:
    inner = [place for other in present for place, _ in other.places]
    return any(outer.holds(place) for outer, _ in mention.places for place in inner)


def contradicting(mentions: Sequence[Mention], counties: Collection[str]) -> NamedPlace | None:
    """Return the county that is named as one and does not hold the best place, if there is any."""
    for mention in mentions:
        if mention.role not in {COUNTY, SECTOR}:
            continue
        place = mention.places[0][0]
        if mention.places[0][1] >= 1.0 and not set(counties) & set(place.counties):
            return place
    return None


def sharing(
    mentions: Sequence[Mention], label: str, likely: Collection[str]
) -> tuple[NamedPlace, ...]:
    """
    Return the places of other counties that bear the name of the best one as well.

    Only where no other name tells them apart; hamlets beside a city do not count.
    """
    names = {mention.name for mention in mentions if mention.role != NEAR}
    if len(names) != 1 or len({m.name for m in mentions}) != 1:
        return ()
    places = {place for m in mentions for place, quality in m.places if quality > _MISSPELT}
    best = next((place for place in places if place.label == label), None)
    if best is None or best.level in {COUNTY, SECTOR}:
        return ()
    is_town = any(mention.role == TOWN for mention in mentions)
    least = _LEAST_TOWN if is_town else _LEAST_TWIN
    others = [
        place
        for place in places
        if place.level not in {COUNTY, SECTOR}
        and not set(place.counties) & set(best.counties)
        and (not likely or set(likely) & set(place.counties))
        and place.population >= least
    ]
    if sum(p.population for p in others if p.level != UAT) < _SHARED_FROM * best.population:
        return ()
    return tuple(sorted(others, key=lambda place: -place.population)[:_MOST_TWINS])


def is_wide(mentions: Sequence[Mention], label: str) -> bool:
    """Tell whether the best place is a part of the country with several counties."""
    places = [place for mention in mentions for place, _ in mention.places]
    return any(p.label == label and p.is_countryside and len(p.counties) > 1 for p in places)
