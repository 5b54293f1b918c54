"""
What helps to find the county beside an area: a landline prefix, and what to ask.

Neither changes what an area has decided.
"""

from collections.abc import Iterable
from dataclasses import replace

from dispatch.jurisdiction import words
from dispatch.location.base import Notes
from dispatch.model import CountyAssignment, CountyShare, LocationReport
from geodata.areas.shapes import Point, Shape
from geodata.areas.uncertainty import centroid, reach_m
from geodata.errors import RefusedError
from geodata.numbering import read_number
from geodata.territories.counties import Counties
from geodata.territories.localities import Localities, Locality

LINES_AT_HOME = 0.85
"""
Part of the landlines that are believed to be where their prefix says: since 2018 a number may
be used anywhere, and how many are is not published.
"""

_CANDIDATES = 150
_NAMED = 3
_AROUND_POINT_M = 5_000.0


# ── without a place ───────────────────────────────────────────────────────────
def from_number(report: LocationReport, counties: Counties, notes: Notes) -> CountyAssignment:
    """
    Assign from a landline prefix alone.

    Numbers are nomadic since 2018, so this is a hint: always ambiguous, with the warning
    `landline_hint`. The probabilities make `LINES_AT_HOME`; the rest may be anywhere. Of a
    prefix of Bucharest the sectors come first, because the city is likelier as a whole.
    """
    ranked = _ranked_lines(landline_counties(report.caller), counties)
    if ranked:
        notes.add("landline_hint", "only the landline prefix says where; the line may have moved")
    else:
        notes.add("nothing_known", "neither a place nor a landline prefix")
    second = ranked[1].population_share if len(ranked) > 1 else 0.0
    assignment = CountyAssignment(
        counties=ranked,
        owner=ranked[0].code if ranked else None,
        runner_up=ranked[1].code if len(ranked) > 1 else None,
        margin=max(0.0, ranked[0].population_share - second) if ranked else 0.0,
        ambiguous=True,
        outside_share=0.0,
        decided_by="landline_prefix" if ranked else "nothing",
        reason={},
        warnings=notes.all(),
    )
    return replace(
        assignment,
        reason=words.reason_without_place(assignment, counties, report.result_code),
        question=words.question(assignment, counties, {}),
    )


def _ranked_lines(codes: Iterable[str], counties: Counties) -> tuple[CountyShare, ...]:
    """
    Return the counties of a prefix, the likeliest first; the sectors of Bucharest as one city.

    021 and 031 serve the capital and Ilfov: the city is likelier than the county around it,
    although no sector is by itself, and the caller is asked for the sector.
    """
    people = {code: max(counties.get(code).population, 1) for code in codes}
    total = sum(people.values())
    city = sum(count for code, count in people.items() if _is_sector(code, counties))

    def order(code: str) -> tuple[int, int, str]:
        together = city if _is_sector(code, counties) else people[code]
        return -together, -people[code], code

    return tuple(
        CountyShare(code, counties.get(code).name, 0.0, 0.0, LINES_AT_HOME * people[code] / total)
        for code in sorted(people, key=order)
    )


def _is_sector(code: str, counties: Counties) -> bool:
    return counties.get(code).kind == "sector"


def landline_counties(caller: str | None) -> tuple[str, ...]:
    """Return the counties of a number's landline prefix; none for any other number."""
    if caller is None:
        return ()
    try:
        return read_number(caller).counties
    except RefusedError:
        return ()


# ── what to ask ───────────────────────────────────────────────────────────────
def settling_places(
    shape: Shape, assignment: CountyAssignment, localities: Localities | None
) -> dict[str, list[str]]:
    """
    Name up to three localities for each likely county, by county code.

    The largest ones within reach of the area; where there is none, the nearest one.
    """
    if localities is None:
        return {}
    reach = _AROUND_POINT_M if isinstance(shape, Point) else reach_m(shape)
    near = localities.nearest(centroid(shape), _CANDIDATES)
    return {
        share.code: _names([found for found in near if found[0].county == share.code], reach)
        for share in assignment.counties[:_NAMED]
    }


def _names(near: list[tuple[Locality, float]], reach: float) -> list[str]:
    inside = [locality for locality, distance in near if distance <= reach]
    largest = sorted(inside, key=lambda locality: -locality.population)
    nearest = (locality for locality, _ in near[:1])
    return _distinct(locality.name for locality in (largest or nearest))[:_NAMED]


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
