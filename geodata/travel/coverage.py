"""
Who is far from help: the nearest base of every home and every junction, by county.

Bases are places with a name; the nearest is the one that gets there first on the road at
an hour. A home off the road network, or on a road
that is joined to no other, is judged by the estimate of
`geodata.travel.travel_times` from the base nearest in a straight line, and counted apart. How
many of the residents are children is not part of the reference data, so people are all
residents (census 2021).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.crs import STEREO70, WGS84, project
from geodata.errors import BadInputError, NotFoundError
from geodata.people.homes import Homes
from geodata.points import LonLat
from geodata.reference.codes import CODES
from geodata.roads.index import RoadIndex
from geodata.roads.nearest import find_nearest_bases
from geodata.roads.network import FAR, Floats
from geodata.roads.pace import Pace
from geodata.roads.reach import Catchments, find_catchments
from geodata.roads.snapping import SnappedMany
from geodata.said import said
from geodata.territories.counties import Counties
from geodata.travel.travel_times import TravelTimes

LONGEST_MIN = 180.0


@dataclass(frozen=True, slots=True)
class Base:
    """A place where teams wait."""

    name: str
    place: LonLat


@dataclass(frozen=True, slots=True)
class CountyCoverage:
    """
    Residents of one county by whether a base reaches them within the limit.

    `within` and `beyond` are by road; `estimated_within` and `estimated_beyond` where home
    or base is off the road network; `unreachable` on it, without a way from any base. The
    five add up to `persons`. `median_min` is over all with a time, None where nobody has one.
    """

    code: str
    name: str
    persons: float
    within: float
    beyond: float
    estimated_within: float
    estimated_beyond: float
    unreachable: float
    median_min: float | None

    @property
    def left_out(self) -> float:
        """Everybody who is not within the limit."""
        return self.beyond + self.estimated_beyond + self.unreachable


@dataclass(frozen=True, slots=True)
class PeopleCoverage:
    """Coverage of the whole country from some bases: counties, junctions, homes."""

    minutes: float
    bases: tuple[Base, ...]
    snap_m: tuple[float | None, ...]
    persons_nearest: tuple[float, ...]
    counties: tuple[CountyCoverage, ...]
    node_places: Floats
    node_min: Floats
    node_owner: NDArray[np.int32]
    at: datetime
    profile: str


def cover_people(
    travel: TravelTimes,
    bases: Sequence[Base],
    minutes: float,
    *,
    at: datetime,
    homes: Homes,
    counties: Counties,
) -> PeopleCoverage:
    """
    Find the nearest base of every home and junction, driving from the base.

    Raises
    ------
    RefusedError
        `bad_minutes`, `no_bases`, `off_the_roads` (no base is near a road), `naive_time`.

    Examples
    --------
    >>> from datetime import UTC
    >>> from geodata.people.homes import load_homes
    >>> from geodata.territories.counties import load_counties
    >>> from geodata.travel.travel_times import load_travel_times
    >>> coverage = cover_people(
    ...     load_travel_times(),
    ...     [Base("University", LonLat(26.1025, 44.4353))],
    ...     15,
    ...     at=datetime(2026, 11, 27, 16, tzinfo=UTC),
    ...     homes=load_homes(),
    ...     counties=load_counties(),
    ... )
    >>> sector_3 = next(county for county in coverage.counties if county.code == "B3")
    >>> 0 < sector_3.within < sector_3.persons
    True
    """
    _check(bases, minutes)
    index, pace = travel.roads_at(at)
    starts = _snap_bases(index, bases, travel.max_snap_m)
    catchments = find_catchments(index, starts)
    ends = index.place(homes.lon, homes.lat, max_distance_m=travel.max_snap_m, outward=False)
    nearest = find_nearest_bases(index, starts, ends, catchments)
    reached = nearest.times_ms < FAR
    # A home on a road that nothing joins to the rest is judged like one off the roads.
    on_road = reached | index.leads(ends.piece, outward=False)
    is_apart = ~index.leads(starts.piece, outward=True)
    real_min = pace.seconds(nearest.times_ms) / 60
    times, owner, by_estimate = _with_estimates(
        homes, _columns(bases), is_apart, _ByRoad(real_min, nearest.owner, on_road), pace
    )
    people = np.bincount(owner[owner >= 0], homes.persons[owner >= 0], minlength=len(bases))
    places, node_min, node_owner = _junctions(index, catchments, pace)
    return PeopleCoverage(
        minutes=minutes,
        bases=tuple(bases),
        snap_m=tuple(_metres(float(d)) for d in starts.distance_m),
        persons_nearest=tuple(people.tolist()),
        counties=_by_county(homes, counties, times, ~by_estimate, minutes),
        node_places=places,
        node_min=node_min,
        node_owner=node_owner,
        at=at,
        profile=travel.profile_name(at),
    )


def _check(bases: Sequence[Base], minutes: float) -> None:
    if not 0 < minutes <= LONGEST_MIN:
        raise BadInputError(
            "bad_minutes", said("the minutes cannot be used"), said("above 0 and up to 180")
        )
    if not bases:
        raise BadInputError(
            "no_bases", said("there is no base to start from"), said("give one or more")
        )


def _snap_bases(index: RoadIndex, bases: Sequence[Base], max_snap_m: float) -> SnappedMany:
    starts = index.place(*_columns(bases), max_distance_m=max_snap_m, outward=True)
    if (starts.piece < 0).all():
        raise NotFoundError(
            "off_the_roads", said("no base is near a road of the network"), said("see `roads info`")
        )
    return starts


def _columns(bases: Sequence[Base]) -> tuple[Floats, Floats]:
    """Longitudes and latitudes of the bases, degrees."""
    lon, lat = np.array([base.place for base in bases], np.float64).T.copy()
    return lon, lat


def _metres(distance: float) -> float | None:
    return round(distance, 1) if np.isfinite(distance) else None


class _ByRoad(NamedTuple):
    minutes: Floats
    owner: NDArray[np.int32]
    is_on_road: NDArray[np.bool_]


def _with_estimates(
    homes: Homes,
    lonlat: tuple[Floats, Floats],
    is_off_road: NDArray[np.bool_],
    by_road: _ByRoad,
    pace: Pace,
) -> tuple[Floats, NDArray[np.int64], NDArray[np.bool_]]:
    """Minutes, base and whether it is an estimate: where an end is off the roads, as ever."""
    times, owner = by_road.minutes, by_road.owner.astype(np.int64)
    by_estimate = ~by_road.is_on_road
    times = np.where(by_estimate, np.inf, times)
    for chosen, asked in (
        (np.arange(len(is_off_road)), ~by_road.is_on_road),
        (np.flatnonzero(is_off_road), by_road.is_on_road),
    ):
        if not len(chosen):
            continue
        guess, base = _estimates(homes, (lonlat[0][chosen], lonlat[1][chosen]), pace)
        sooner = asked & ~(times <= guess)
        times = np.where(sooner, guess, times)
        owner = np.where(sooner, chosen[base], owner)
        by_estimate |= sooner
    return times, owner, by_estimate


def _estimates(
    homes: Homes, lonlat: tuple[Floats, Floats], pace: Pace
) -> tuple[Floats, NDArray[np.int64]]:
    """Minutes by estimate from the base nearest in a straight line, and its number."""
    from scipy.spatial import cKDTree

    tree = cKDTree(np.column_stack(project(*lonlat, WGS84, STEREO70)))
    x, y = project(homes.lon, homes.lat, WGS84, STEREO70)
    straight, base = tree.query(np.column_stack([x, y]))
    return pace.estimate_s(np.asarray(straight)) / 60, np.asarray(base, np.int64)


def _junctions(
    index: RoadIndex, catchments: Catchments, pace: Pace
) -> tuple[Floats, Floats, NDArray[np.int32]]:
    network = index.network
    places = np.column_stack([network.lon, network.lat])
    minutes = pace.seconds(catchments.times_ms) / 60
    # The extra nodes of turn restrictions lie on the junctions they belong to.
    pieces = network.own_piece_count
    own = int(max(network.tail[:pieces].max(), network.head[:pieces].max())) + 1
    return places[:own], minutes[:own], catchments.owner[:own]


def _by_county(
    homes: Homes,
    counties: Counties,
    times: Floats,
    on_road: NDArray[np.bool_],
    limit: float,
) -> tuple[CountyCoverage, ...]:
    has_time = np.isfinite(times)
    inside = has_time & (times <= limit)

    def people(chosen: NDArray[np.bool_]) -> list[float]:
        counts = np.bincount(homes.county[chosen], homes.persons[chosen], minlength=len(CODES))
        return [float(n) for n in counts]

    everybody = people(np.ones(len(times), bool))
    within, beyond = people(inside & on_road), people(has_time & ~inside & on_road)
    guessed, guessed_beyond = people(inside & ~on_road), people(has_time & ~inside & ~on_road)
    unreachable = people(~has_time)
    return tuple(
        CountyCoverage(
            code=code,
            name=counties.get(code).name,
            persons=everybody[i],
            within=within[i],
            beyond=beyond[i],
            estimated_within=guessed[i],
            estimated_beyond=guessed_beyond[i],
            unreachable=unreachable[i],
            median_min=_median(homes, times, has_time, i),
        )
        for i, code in enumerate(CODES)
    )


def _median(homes: Homes, times: Floats, has_time: NDArray[np.bool_], county: int) -> float | None:
    mine = np.flatnonzero((homes.county == county) & has_time)
    if not len(mine):
        return None
    mine = mine[np.argsort(times[mine], kind="stable")]
    people = np.cumsum(homes.persons[mine])
    return float(times[mine[np.searchsorted(people, people[-1] / 2)]])


def answer(found: PeopleCoverage) -> dict[str, Any]:
    """Return plain JSON values: bases and counties, those with most people left out first."""
    rows = sorted(found.counties, key=lambda row: (-row.left_out, row.code))
    return {
        "minutes": found.minutes,
        "at": found.at.isoformat(),
        "profile": found.profile,
        "bases": [
            {
                "name": base.name,
                "lon": base.place.lon,
                "lat": base.place.lat,
                "snap_m": snap_m,
                "persons_nearest": round(people),
            }
            for base, snap_m, people in zip(
                found.bases, found.snap_m, found.persons_nearest, strict=True
            )
        ],
        "counties": [_county_answer(row) for row in rows],
    }


def _county_answer(row: CountyCoverage) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "persons": round(row.persons),
        "within": round(row.within + row.estimated_within),
        "beyond": round(row.left_out),
        "estimated": round(row.estimated_within + row.estimated_beyond),
        "unreachable": round(row.unreachable),
        "median_min": None if row.median_min is None else round(row.median_min, 1),
    }
