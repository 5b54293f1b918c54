"""
How far a team gets: areas and people within some minutes of a place, at an hour.

Areas follow the roads that can be driven in the time, as strips about 120 m wide. Gaps
up to 240 m wide between such strips are closed, for who stands there walks in from the
road; larger ground that no road enters stays a hole from half a square kilometre on.
People are those whose home is reached (`geodata.people.homes`): the time to
the home's own road counts, not whether it lies in the drawn area. EPSG:4326.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.areas.geojson import geometry_json
from geodata.crs import EQUAL_AREA, WGS84, project
from geodata.errors import BadInputError, NotFoundError
from geodata.people.homes import Homes
from geodata.points import LonLat
from geodata.roads.index import RoadIndex
from geodata.roads.nearest import find_nearest_bases
from geodata.roads.network import Floats
from geodata.roads.reach import find_isochrones
from geodata.roads.snapping import Snapped, SnappedMany
from geodata.said import said
from geodata.travel.travel_times import TravelTimes

MOST_RINGS = 6
LONGEST_MIN = 180.0

_SMALL_HOLE_M2 = 500_000.0
_CLOSED_M, _BEND_M = 120.0, 15.0
_EDGE_DEG = 0.004


@dataclass(frozen=True, slots=True)
class Ring:
    """
    What is within `minutes`: the whole area, not only what the ring before left out.

    `meets_edge`: the loaded road network ends inside it, so the real reach is larger.
    """

    minutes: float
    area: shapely.MultiPolygon
    area_km2: float
    persons: dict[str, float]
    meets_edge: bool

    @property
    def total_persons(self) -> float:
        """Residents of all counties."""
        return sum(self.persons.values())


@dataclass(frozen=True, slots=True)
class Isochrones:
    """
    Rings around one or several places, the shortest first.

    `starts` are the places on the road in the order asked for, None where no road is
    near enough; the nearest of them counts.
    """

    places: tuple[LonLat, ...]
    starts: tuple[Snapped | None, ...]
    rings: tuple[Ring, ...]
    at: datetime
    profile: str
    outward: bool

    def geojson(self) -> dict[str, Any]:
        """Return a FeatureCollection: rings from the widest inwards, then the places."""
        rings = [_ring_feature(ring, self) for ring in reversed(self.rings)]
        places = [
            _place_feature(place, start)
            for place, start in zip(self.places, self.starts, strict=True)
        ]
        return {"type": "FeatureCollection", "features": rings + places}


def draw_isochrones(
    travel: TravelTimes,
    places: Sequence[LonLat],
    minutes: Sequence[float],
    *,
    at: datetime,
    homes: Homes,
    outward: bool = True,
) -> Isochrones:
    """
    Return what can be reached from the nearest of the places, or (not `outward`) reach them.

    Raises
    ------
    RefusedError
        `bad_minutes`: none, more than `MOST_RINGS`, or not between 0 and `LONGEST_MIN`;
        `no_places`; `off_the_roads`: none of the places is near a road; `naive_time`.

    Examples
    --------
    >>> from datetime import UTC
    >>> from geodata.people.homes import load_homes
    >>> from geodata.travel.travel_times import load_travel_times
    >>> reach = draw_isochrones(
    ...     load_travel_times(),
    ...     [LonLat(26.1025, 44.4353)],
    ...     [3, 5],
    ...     at=datetime(2026, 11, 27, 16, tzinfo=UTC),
    ...     homes=load_homes(),
    ... )
    >>> [ring.minutes for ring in reach.rings]
    [3, 5]
    >>> reach.rings[0].total_persons < reach.rings[1].total_persons
    True
    """
    limits = _checked(minutes)
    if not places:
        raise BadInputError(
            "no_places", said("there is no place to start from"), said("give one or more")
        )
    index, pace = travel.roads_at(at)
    lon, lat = np.array(places, np.float64).reshape(-1, 2).T.copy()
    starts = index.place(lon, lat, max_distance_m=travel.max_snap_m, outward=outward)
    if (starts.piece < 0).all():
        raise NotFoundError(
            "off_the_roads",
            said(
                "no road of the network lies within {max_snap_m:.0f} m of the place",
                max_snap_m=travel.max_snap_m,
            ),
            said("see `roads info` for the extent of the network in use"),
        )
    limits_ms = [pace.limit_ms(limit) for limit in limits]
    found = find_isochrones(index, starts, limits_ms, outward=outward)
    areas = _nested([_rounded(one.area) for one in found])
    reached = _times_of_homes(index, starts, homes, travel.max_snap_m, outward=outward)
    middle = _box_of(index)
    rings = [
        Ring(limit, area, _km2(area), homes.persons_by_county(reached <= ms), _leaves(area, middle))
        for limit, ms, area in zip(limits, limits_ms, areas, strict=True)
    ]
    return Isochrones(
        places=tuple(places),
        starts=tuple(starts.get(i) for i in range(len(places))),
        rings=tuple(rings),
        at=at,
        profile=travel.profile_name(at),
        outward=outward,
    )


def _checked(minutes: Sequence[float]) -> list[float]:
    limits = sorted(set(minutes))
    usable = all(isfinite(one) and 0 < one <= LONGEST_MIN for one in limits)
    if not usable or not 1 <= len(limits) <= MOST_RINGS:
        raise BadInputError(
            "bad_minutes",
            said("the minutes cannot be used"),
            said(
                "1 to {most_rings} numbers, above 0 and up to {longest_min:.0f}: 10,20,30",
                most_rings=MOST_RINGS,
                longest_min=LONGEST_MIN,
            ),
        )
    return limits


def _times_of_homes(
    index: RoadIndex, places: SnappedMany, homes: Homes, max_snap_m: float, *, outward: bool
) -> NDArray[np.int64]:
    """Time of each home from the nearest of the places, or (not `outward`) to it."""
    # Where drives lead to the places, they start at the homes.
    placed = index.place(homes.lon, homes.lat, max_distance_m=max_snap_m, outward=not outward)
    return find_nearest_bases(index, places, placed, outward=outward).times_ms


def _rounded(area: shapely.MultiPolygon) -> shapely.MultiPolygon:
    """Close narrow gaps and small holes; nothing that was inside is left out."""
    metres = shapely.transform(area, _to_equal_area)
    wide = shapely.buffer(metres, _CLOSED_M, quad_segs=3)
    closed = shapely.simplify(shapely.buffer(wide, -_CLOSED_M, quad_segs=3), _BEND_M)
    parts = [
        shapely.Polygon(
            part.exterior,
            [ring for ring in part.interiors if shapely.Polygon(ring).area > _SMALL_HOLE_M2],
        )
        for part in shapely.get_parts(closed)
    ]
    return shapely.MultiPolygon(shapely.transform(parts, _to_degrees).tolist() if parts else [])


def _nested(areas: list[shapely.MultiPolygon]) -> list[shapely.MultiPolygon]:
    """Make each area hold the one before: thinned borders may cross by some metres."""
    inner: shapely.Geometry = shapely.MultiPolygon()
    nested = []
    for area in areas:
        inner = shapely.union(inner, area)
        parts = [part for part in shapely.get_parts(inner) if part.geom_type == "Polygon"]
        nested.append(shapely.MultiPolygon(parts))
    return nested


def _km2(area: shapely.Geometry) -> float:
    return float(shapely.area(shapely.transform(area, _to_equal_area))) / 1e6


def _to_equal_area(points: Floats) -> Floats:
    return np.column_stack(project(points[:, 0], points[:, 1], WGS84, EQUAL_AREA))


def _to_degrees(points: Floats) -> Floats:
    return np.column_stack(project(points[:, 0], points[:, 1], EQUAL_AREA, WGS84))


def _box_of(index: RoadIndex) -> shapely.Geometry:
    """Hull of the road network, drawn in by about 400 m."""
    network = index.network
    ends = np.column_stack([network.lon, network.lat])
    return shapely.buffer(shapely.MultiPoint(ends).convex_hull, -_EDGE_DEG)


def _leaves(area: shapely.Geometry, middle: shapely.Geometry) -> bool:
    return not bool(shapely.covers(middle, area))


def _ring_feature(ring: Ring, whole: Isochrones) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {
            "kind": "isochrone",
            "minutes": ring.minutes,
            "area_km2": round(ring.area_km2, 2),
            "persons": round(ring.total_persons),
            "persons_by_county": {code: round(n) for code, n in sorted(ring.persons.items())},
            "meets_edge": ring.meets_edge,
            "profile": whole.profile,
            "at": whole.at.isoformat(),
            "outward": whole.outward,
        },
        "geometry": geometry_json(shapely.set_precision(ring.area, 1e-6)),
    }


def _place_feature(place: LonLat, start: Snapped | None) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {
            "kind": "base",
            "snap_m": None if start is None else round(start.distance_m, 1),
        },
        "geometry": {"type": "Point", "coordinates": list(place)},
    }
