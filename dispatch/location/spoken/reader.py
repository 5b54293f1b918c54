"""
From the caller's own words to an area: "satul Odăile, comuna Otopeni".

Every place that a name can mean is weighed by the people who live there, by the other
names in the text (a commune or county that holds it, a town it is near) and, where
given, by a set of counties that the call came from. The answer is the ground of the best
one where that is sure, and otherwise of all that can be meant, as one area of several
parts; with the probability that the caller is there. Pure; a few milliseconds.
"""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from dispatch.errors import UnreadableReportError
from dispatch.location.base import FALLBACK_ENCODING, Envelope, Notes, clean_text, decode_text
from dispatch.location.spoken import asserted
from dispatch.location.spoken.area import circle_within, set_of, territory
from dispatch.location.spoken.mentions import (
    ANY,
    MARKERS,
    NEAR,
    TOWN,
    VILLAGE,
    Mention,
    find_mentions,
)
from dispatch.location.spoken.names import (
    COUNTY,
    LOCALITY,
    SECTOR,
    UAT,
    Gazetteer,
    NamedPlace,
    distance_m,
    load_gazetteer,
)
from dispatch.location.spoken.standing import Standing
from dispatch.model import LocationReport, Warning119
from geodata.areas.shapes import Shape
from geodata.points import LonLat
from geodata.said import said

MAX_CHARACTERS = 1_000
"""Two minutes of speech."""

GUESSED = "guessed_place"
"""Code of the warning that no place is named whole, only one that comes near."""

SURE = 0.8
"""Below this the caller has to be asked again."""

INSIDE = 0.95
"""Share of those who name a place and are on its ground."""

OTHER_COUNTY = 0.1
"""Weight of a place outside the counties that the call seems to come from."""

_ROLE_WEIGHTS = {
    LOCALITY: 1.0, VILLAGE: 1.0, SECTOR: 0.6, ANY: 0.6, TOWN: 0.5, UAT: 0.15, NEAR: 0.03,
    COUNTY: 0.003,
}  # fmt: skip
_LEVEL_WEIGHTS = {LOCALITY: 1.0, SECTOR: 1.0, UAT: 0.5, COUNTY: 0.01}
_MISSPELT = 0.89
_MOST_OF_A_GUESS = 0.6
_NEAR_M = 12_000.0
_ELSEWHERE = 1e-3
# Somebody who names a commune or county means a place in it, unless the name was
# misspelt or misread.
_WRONG = {UAT: 0.1, COUNTY: 0.01}
_MARKED = frozenset({LOCALITY, VILLAGE, UAT, TOWN, SECTOR})
_NEIGHBOUR_OF_MARKED = 0.1
_CITY_FROM = 25_000.0
_CITY_AS_VILLAGE = 0.1
_MOST_NAMES = 8
_MOST_PARTS = 40
_LEAST_MEANT = 0.005
_MOST_MEANT = 60
_MOST_AROUND = 25
_FEW_PEOPLE = 50.0


@dataclass(frozen=True, slots=True)
class SpokenCandidate:
    """A place that the words can mean, with the probability that they do."""

    label: str
    siruta: int | None
    counties: tuple[str, ...]
    center: LonLat
    radius_m: float
    probability: float
    is_territory: bool = False

    @property
    def area(self) -> Shape:
        """The ground of the place."""
        if self.is_territory:
            return territory(self.counties)
        return circle_within(self.center, self.radius_m, self.counties)


@dataclass(frozen=True, slots=True)
class SpokenPlace:
    """The report for the most probable place, and all candidates, the best first."""

    report: LocationReport
    candidates: tuple[SpokenCandidate, ...]


@dataclass(frozen=True, slots=True)
class HeardWords:
    """
    The names in a caller's words; which places they mean depends on what else is known.

    `warnings` are of the hearing alone, for instance of a text that was shortened.
    """

    mentions: tuple[Mention, ...]
    street: str
    abroad: tuple[tuple[str, Standing], ...] = ()
    warnings: tuple[Warning119, ...] = ()


class SpokenParser:
    """The reader for `--format spoken`: UTF-8 text as an operator types it."""

    name = "spoken"

    def recognises(self, head: str, content_type: str) -> bool:
        """Take text that says what kind of place it names; anything else is no report."""
        del content_type  # Every client that does not care sends text/plain.
        words = head.translate(_PUNCTUATION).split()
        return head[:1] not in "<{[" and any(word in _TELLING for word in words)

    def read(self, envelope: Envelope) -> LocationReport:
        """Read the words; raises `UnreadableReportError` (`no_place_named`)."""
        notes = Notes()
        report = read_words(decode_text(envelope.raw, notes)).report
        check_named(report)
        return replace(report, warnings=(*notes.all(), *report.warnings))


_PUNCTUATION = str.maketrans(",.;:!?", "      ")
_WITH_DIACRITICS = ("lângă", "oraș", "orașul", "orașului", "județ", "județul", "județului")
_TELLING = {*MARKERS} - {"com", "mun", "spre", "vecin"}
_TELLING |= {"strada", "str", "bulevardul", "bdul", "soseaua", "aleea", "rm", "tg", "jud"}
# The head of a message is decoded byte by byte, so other letters look like this there.
_TELLING |= {
    spelt.encode(encoding, errors="replace").decode("latin-1").lower()
    for word in _WITH_DIACRITICS
    for spelt in (word, word.replace("ș", "ş").replace("ț", "ţ"))
    for encoding in ("utf-8", FALLBACK_ENCODING)
}


def read_words(
    text: str,
    *,
    counties: Collection[str] = (),
    limit: int = 5,
    gazetteer: Gazetteer | None = None,
) -> SpokenPlace:
    """
    Find the place that a caller's words name.

    Parameters
    ----------
    text
        Any text; diacritics and small misspellings do not matter.
    counties
        Codes of the counties where the call probably comes from (a landline prefix, a
        cell); places elsewhere weigh a tenth. Empty: nothing is known.
    limit
        Most candidates to return.
    gazetteer
        The names; those of the country when None.

    Returns
    -------
    place
        With the ground of the best candidate, or of all where the best is not sure
        (`ambiguous_place`); without a shape and with `no_place_named` where none is named.
    """
    return place_words(hear_words(text, gazetteer=gazetteer), counties=counties, limit=limit)


def hear_words(text: str, *, gazetteer: Gazetteer | None = None) -> HeardWords:
    """Find the names in a caller's words, without saying which places they mean."""
    notes = Notes()
    if len(text) > MAX_CHARACTERS:
        notes.add("text_shortened", f"only the first {MAX_CHARACTERS} characters were read")
    found = find_mentions(text[:MAX_CHARACTERS], gazetteer or load_gazetteer())
    return HeardWords(tuple(found.mentions), found.street, found.abroad, notes.all())


def place_words(
    heard: HeardWords, *, counties: Collection[str] = (), limit: int = 5
) -> SpokenPlace:
    """Decide which place the names in a caller's words mean; `counties` as in `read_words`."""
    notes = Notes()
    notes.extend(heard.warnings)
    chosen = asserted.choose(heard.mentions, heard.abroad, likely=counties)
    mentions = chosen.mentions[:_MOST_NAMES]
    every = _ranked(mentions, frozenset(counties))
    extras = {"street": clean_text(heard.street, limit=80)} if heard.street else {}
    extras |= chosen.note(notes)
    if not every:
        notes.add("no_place_named", "no locality, commune or county is named; ask again")
        return SpokenPlace(_report(None, None, notes, extras), ())
    meant, every = _settle(mentions, every, frozenset(counties), notes)
    best, ranked = every[0], every[:limit]
    guessed = _note_spelling(mentions, best, notes) or chosen.is_unsure
    if len(meant) > 1:
        notes.add("ambiguous_place", f"the words can mean {len(meant)} places; ask which")
    for number, candidate in enumerate(ranked, 1):
        extras[f"candidate_{number}"] = f"{candidate.label} {candidate.probability:.2f}"
    total = math.fsum(candidate.probability for candidate in meant)
    most = _MOST_OF_A_GUESS if guessed else INSIDE
    confidence = max(0.01, round(min(most, INSIDE * total), 4))
    shape = set_of([candidate.area for candidate in meant])
    return SpokenPlace(_report(shape, confidence, notes, extras), tuple(ranked))


def check_named(report: LocationReport) -> None:
    """
    Refuse words that were taken for a location report and name no place.

    Raises
    ------
    UnreadableReportError
        `no_place_named`.
    """
    if report.shape is None:
        hint = said("ask for a town, a village or a county")
        raise UnreadableReportError("no_place_named", said("the words name no place"), hint)


def _settle(
    mentions: Sequence[Mention],
    every: list[SpokenCandidate],
    counties: frozenset[str],
    notes: Notes,
) -> tuple[list[SpokenCandidate], list[SpokenCandidate]]:
    """Return the candidates that are meant, and all in their order."""
    best = every[0]
    against = asserted.contradicting(mentions, best.counties)
    if against is not None:
        other = _candidate(against, best.probability)
        notes.add(asserted.CONTRADICTED, f"{best.label} does not lie in {against.label}; ask which")
        rest = [c for c in every[1:] if c.label != other.label]
        pair = [replace(c, probability=c.probability / 2.0) for c in (best, other)]
        return pair, pair + rest
    is_sure = best.probability >= SURE
    also = [p.label for p in asserted.sharing(mentions, best.label, counties)] if is_sure else []
    twins = [candidate for candidate in every if candidate.label in also]
    if twins:
        notes.add(
            asserted.SHARED, f"{1 + len(twins)} places share the name of {best.label}; ask which"
        )
        every = [best, *twins, *(c for c in every[1:] if c not in twins)]
        return [best, *twins], every
    if asserted.is_wide(mentions, best.label):
        notes.add(asserted.SHARED, f"{best.label} lies in several counties; ask which")
    return ([best] if len(every) == 1 or is_sure else _meant(every)), every


def _meant(every: list[SpokenCandidate]) -> list[SpokenCandidate]:
    """Return the best candidates until they hold the caller as surely as a single name does."""
    total, chosen = math.fsum(candidate.probability for candidate in every), 0.0
    found: list[SpokenCandidate] = []
    for candidate in every[:_MOST_PARTS]:
        if found and (chosen >= INSIDE * total or candidate.probability < _LEAST_MEANT):
            break
        found.append(candidate)
        chosen += candidate.probability
    return found


def _note_spelling(mentions: Sequence[Mention], best: SpokenCandidate, notes: Notes) -> bool:
    """Say where no name is whole; tell whether nothing named whole holds the place either."""
    whole = [
        (mention.role, place)
        for mention in mentions
        for place, quality in mention.places
        if quality > _MISSPELT
    ]
    if any(place.label == best.label for _, place in whole):
        return False
    notes.add("misspelt_place", f"no name is just like that; {best.label} comes nearest")
    if any(role != NEAR and set(best.counties) <= set(p.counties) for role, p in whole):
        return False
    notes.add(GUESSED, f"{best.label} is a guess from the sound of a name; ask")
    return True


def _report(
    shape: Shape | None, confidence: float | None, notes: Notes, extras: dict[str, str]
) -> LocationReport:
    # Doubt which place is meant does not shrink by drawing a larger circle around one.
    return LocationReport(
        "spoken",
        shape,
        confidence,
        pdf="unknown",
        source="CALLER",
        warnings=notes.all(),
        extras=extras,
    )


# ── weighing ──────────────────────────────────────────────────────────────────
def _ranked(mentions: Sequence[Mention], counties: frozenset[str]) -> list[SpokenCandidate]:
    weighed = [_weights(mention.places, counties) for mention in mentions]
    around = [_weights(mention.around, counties)[:_MOST_AROUND] for mention in mentions]
    scores: dict[NamedPlace, float] = {}
    qualities: dict[NamedPlace, float] = {}
    best_fit = 0.0
    is_marked = any(mention.role in _MARKED for mention in mentions)
    for i, mention in enumerate(mentions):
        others = [(mentions[j], around[j]) for j in range(len(mentions)) if j != i]
        quality_of = dict(mention.places)
        for place, weight in weighed[i][:_MOST_MEANT]:
            score = weight * _ROLE_WEIGHTS[mention.role] * _LEVEL_WEIGHTS[place.level]
            if mention.role == NEAR and is_marked:
                # In "comuna Vidra, lângă Giurgiu" the town only tells which Vidra is meant.
                score *= _NEIGHBOUR_OF_MARKED
            if mention.role == VILLAGE and place.population >= _CITY_FROM:
                score *= _CITY_AS_VILLAGE
            fit = _context(place, mention, others)
            best_fit = max(best_fit, fit)
            score *= fit
            scores[place] = scores.get(place, 0.0) + score
            qualities[place] = max(qualities.get(place, 0.0), quality_of[place])
    if best_fit <= _ELSEWHERE:
        # The names do not go together: one may be a quarter or a street of the other.
        scores = {place: s * math.sqrt(place.population + 1.0) for place, s in scores.items()}
    total = math.fsum(scores.values())
    if total <= 0.0:
        return []
    order = sorted(scores, key=lambda place: (-scores[place], place.label))
    return [_candidate(place, scores[place] / total * qualities[place]) for place in order]


def _candidate(place: NamedPlace, probability: float) -> SpokenCandidate:
    return SpokenCandidate(
        place.label,
        place.siruta,
        place.counties,
        place.center,
        place.radius_m,
        probability,
        place.level in {COUNTY, SECTOR} or len(place.counties) > 1,
    )


def _weights(
    places: Iterable[tuple[NamedPlace, float]], counties: frozenset[str]
) -> list[tuple[NamedPlace, float]]:
    """Return what a name can mean, by people and quality of the match; sums to 1."""
    raw: dict[NamedPlace, float] = {}
    for place, quality in places:
        here = 1.0 if not counties or counties.intersection(place.counties) else OTHER_COUNTY
        raw[place] = max(raw.get(place, 0.0), (place.population + _FEW_PEOPLE) * quality * here)
    total = math.fsum(raw.values())
    order = sorted(raw, key=lambda place: (-raw[place], place.label))
    return [(place, raw[place] / total) for place in order]


def _context(
    place: NamedPlace,
    mention: Mention,
    others: list[tuple[Mention, list[tuple[NamedPlace, float]]]],
) -> float:
    """Return how well a place goes with the other names of the text."""
    if not others:
        return 1.0
    # Of two names that go together, the smaller place is the one that is meant.
    fit = 1.0 / math.sqrt(1.0 + place.radius_m / 1000.0)
    for named, around in others:
        if named.name == mention.name:
            # The village and its commune of one name: people count once, not twice.
            fit *= 1.0 if any(other.holds(place) for other, _ in around) else _ELSEWHERE
            continue
        held = math.fsum(weight for other, weight in around if other.holds(place))
        near = math.fsum(
            weight * _nearness(place, other) for other, weight in around if not other.holds(place)
        )
        fit *= held + near * _WRONG.get(named.role, 1.0)
    return fit


def _nearness(place: NamedPlace, other: NamedPlace) -> float:
    if other.level in {COUNTY, SECTOR}:
        return _ELSEWHERE
    gap = max(0.0, distance_m(place.center, other.center) - place.radius_m - other.radius_m)
    return max(_ELSEWHERE, 0.5 * math.exp(-gap / _NEAR_M))
