"""
From the caller's own words to an area: "satul Odăile, comuna Otopeni".

Every place that a name can mean is weighed by the people who live there, by the other
names in the text (a commune or county that holds it, a town it is near) and, where
given, by a set of counties that the call came from. The answer is the circle around the
best one, and the probability that it is the one meant. Pure; a few milliseconds.
"""

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from dispatch.location.base import Envelope, Notes, clean_text, decode_text
from dispatch.location.spoken_mentions import (
    ANY,
    MARKERS,
    NEAR,
    TOWN,
    Mention,
    find_mentions,
)
from dispatch.location.spoken_names import (
    COUNTY,
    LOCALITY,
    SECTOR,
    UAT,
    Gazetteer,
    NamedPlace,
    distance_m,
    load_gazetteer,
)
from dispatch.model import LocationReport
from geodata.points import LonLat
from geodata.shapes import Circle

MAX_CHARACTERS = 1_000
"""Two minutes of speech."""

SURE = 0.8
"""Below this the caller has to be asked again."""

INSIDE = 0.95
"""Share of those who name a place and are in the circle around it."""

OTHER_COUNTY = 0.1
"""Weight of a place outside the counties that the call seems to come from."""

_ROLE_WEIGHTS = {
    LOCALITY: 1.0, SECTOR: 0.6, ANY: 0.6, TOWN: 0.5, UAT: 0.15, NEAR: 0.03, COUNTY: 0.003,
}  # fmt: skip
_LEVEL_WEIGHTS = {LOCALITY: 1.0, SECTOR: 1.0, UAT: 0.5, COUNTY: 0.01}
_MISSPELT = 0.89
_NEAR_M = 12_000.0
_ELSEWHERE = 1e-3
_WRONG_COMMUNE = 0.1
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


@dataclass(frozen=True, slots=True)
class SpokenPlace:
    """The report for the most probable place, and all candidates, the best first."""

    report: LocationReport
    candidates: tuple[SpokenCandidate, ...]


class SpokenParser:
    """The reader for `--format spoken`: UTF-8 text as an operator types it."""

    name = "spoken"

    def recognises(self, head: str, content_type: str) -> bool:
        """Take text that says what kind of place it names; anything else is no report."""
        del content_type  # Every client that does not care sends text/plain.
        words = head.translate(_PUNCTUATION).split()
        return head[:1] not in "<{[" and any(word in _TELLING for word in words)

    def read(self, envelope: Envelope) -> LocationReport:
        """Read the words; without a place the report says so."""
        notes = Notes()
        report = read_words(decode_text(envelope.raw, notes)).report
        return replace(report, warnings=(*notes.all(), *report.warnings))


_PUNCTUATION = str.maketrans(",.;:!?", "      ")
_WITH_DIACRITICS = ("lângă", "oraș", "orașul", "orașului", "județ", "județul", "județului")
_TELLING = {*MARKERS} - {"com", "mun", "spre", "vecin"} | {"strada"}
# The head of a message is decoded byte by byte, so other letters look like this there.
_TELLING |= {word.encode().decode("latin-1").lower() for word in _WITH_DIACRITICS}


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
        With a Circle around the best candidate, or without a shape and the warning
        `no_place_named`.
    """
    notes = Notes()
    if len(text) > MAX_CHARACTERS:
        notes.add("text_shortened", f"only the first {MAX_CHARACTERS} characters were read")
    found, street = find_mentions(text[:MAX_CHARACTERS], gazetteer or load_gazetteer())
    ranked = _ranked(found[:8], frozenset(counties))[:limit]
    extras = {"street": clean_text(street, limit=80)} if street else {}
    if not ranked:
        notes.add("no_place_named", "no locality, commune or county is named; ask again")
        return SpokenPlace(_report(None, None, notes, extras), ())
    best = ranked[0]
    if not _is_whole(found, best):
        notes.add("misspelt_place", f"no name is just like that; {best.label} comes nearest")
    if len(ranked) > 1 and best.probability < SURE:
        notes.add("ambiguous_place", f"the words can mean {len(ranked)} places or more; ask which")
    for number, candidate in enumerate(ranked, 1):
        extras[f"candidate_{number}"] = f"{candidate.label} {candidate.probability:.2f}"
    confidence = max(0.01, round(INSIDE * best.probability, 4))
    shape = Circle(best.center, best.radius_m)
    return SpokenPlace(_report(shape, confidence, notes, extras), tuple(ranked))


def _is_whole(mentions: list[Mention], best: SpokenCandidate) -> bool:
    """Tell whether the best place was named without a misspelling."""
    pairs = (pair for mention in mentions for pair in mention.places)
    return any(place.label == best.label and quality > _MISSPELT for place, quality in pairs)


def _report(
    shape: Circle | None, confidence: float | None, notes: Notes, extras: dict[str, str]
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
def _ranked(mentions: list[Mention], counties: frozenset[str]) -> list[SpokenCandidate]:
    weighed = [_weights(mention.places, counties) for mention in mentions]
    around = [_weights(mention.around, counties)[:_MOST_AROUND] for mention in mentions]
    scores: dict[NamedPlace, float] = {}
    qualities: dict[NamedPlace, float] = {}
    for i, mention in enumerate(mentions):
        others = [(mentions[j].role, around[j]) for j in range(len(mentions)) if j != i]
        quality_of = dict(mention.places)
        for place, weight in weighed[i][:_MOST_MEANT]:
            score = weight * _ROLE_WEIGHTS[mention.role] * _LEVEL_WEIGHTS[place.level]
            score *= _context(place, others)
            scores[place] = scores.get(place, 0.0) + score
            qualities[place] = max(qualities.get(place, 0.0), quality_of[place])
    total = math.fsum(scores.values())
    if total <= 0.0:
        return []
    order = sorted(scores, key=lambda place: (-scores[place], place.label))
    return [_candidate(place, scores[place] / total * qualities[place]) for place in order]


def _candidate(place: NamedPlace, probability: float) -> SpokenCandidate:
    return SpokenCandidate(
        place.label, place.siruta, place.counties, place.center, place.radius_m, probability
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


def _context(place: NamedPlace, others: list[tuple[str, list[tuple[NamedPlace, float]]]]) -> float:
    """Return how well a place goes with the other names of the text."""
    if not others:
        return 1.0
    # Of two names that go together, the smaller place is the one that is meant.
    fit = 1.0 / math.sqrt(1.0 + place.radius_m / 1000.0)
    for role, around in others:
        held = math.fsum(weight for other, weight in around if other.holds(place))
        near = math.fsum(
            weight * _nearness(place, other) for other, weight in around if not other.holds(place)
        )
        # Who names the commune means a place in it, unless he or we got its name wrong.
        fit *= held + near * (_WRONG_COMMUNE if role == UAT else 1.0)
    return fit


def _nearness(place: NamedPlace, other: NamedPlace) -> float:
    if other.level in {COUNTY, SECTOR}:
        return _ELSEWHERE
    gap = max(0.0, distance_m(place.center, other.center) - place.radius_m - other.radius_m)
    return max(_ELSEWHERE, 0.5 * math.exp(-gap / _NEAR_M))
