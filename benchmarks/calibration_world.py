"""
Where the true callers of one drawn world are. Not the model's prior.

The model spreads residents over normal clouds of one width, evenly over the sectors of
Bucharest, and lets those who are not at home thin out with the distance from each locality.
The truth differs from it in everything that can be wrong:

* people: every locality's callers are its residents times its own lognormal noise;
* place: a normal cloud around a shifted middle, with its own width, inside the locality's
  county; in the sectors of Bucharest 25 hot spots each, of very unequal weight;
* a part of the callers is on roads between localities (two thirds) or in fields (one third).

Variants take other weights of localities, callers crowded at schools, other roads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geodata.crs import STEREO70, WGS84, project
from geodata.reference.codes import CODES, SECTORS
from geodata.territories.localities import Locality, load_localities
from geodata.territories.shares import load_territories

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Random = np.random.Generator

_HOT_SPOTS = 25
# Draws for one caller: one that falls into another county is repeated, and after so many
# the caller stays at the label point.
_TRIES = 12
_RESIDENTS_PER_SCHOOL = 1_500.0
_TOWN = 5_000.0


@dataclass(frozen=True, slots=True)
class Callers:
    """
    How the callers of a world lie.

    Attributes
    ----------
    noise
        Standard deviation of the log of callers per resident, per locality.
    elsewhere
        Part of the callers who are on roads and in fields.
    wilderness
        Callers in fields may be anywhere in the country, not only 0.5 to 5 km from a village.
    by_ground
        Localities weigh by their built-up ground, not by their residents (sectors as ever).
    at_schools
        Part of a locality's callers within some 100 m of one of its schools, one school for
        1,500 residents.
    main_roads
        Roads lead between towns of 5,000 and more, not between neighbouring villages.
    """

    noise: float = 0.6
    elsewhere: float = 0.20
    wilderness: bool = False
    by_ground: bool = False
    at_schools: float = 0.0
    main_roads: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """One draw of everything that stays the same from call to call."""

    callers: Callers
    weight: Floats
    width: Floats
    shift: Floats
    spots: dict[str, tuple[Floats, Floats, Floats]]
    school_seed: int


@lru_cache(maxsize=1)
def localities() -> tuple[Sequence[Locality], Floats, Floats, Floats, Ints, cKDTree]:
    """Return the localities, their places (EPSG:3844), residents, counties and an index."""
    rows = load_localities().all()
    places = np.array([row.place for row in rows])
    x, y = project(places[:, 0], places[:, 1], WGS84, STEREO70)
    people = np.array([row.population for row in rows])
    county = np.array([CODES.index(row.county) for row in rows])
    return rows, x, y, people, county, cKDTree(np.column_stack([x, y]))


def draw_world(callers: Callers, random: Random) -> World:
    """Draw what stays the same: every locality's weight and cloud, the hot spots, schools."""
    rows, _, _, people, _, _ = localities()
    built = np.array([max(row.built_km2, 0.02) for row in rows])
    weight = people
    if callers.by_ground:
        village = np.array([row.county not in SECTORS for row in rows])
        weight = np.where(village, built * people[village].sum() / built[village].sum(), people)
    weight = weight * np.exp(random.normal(0.0, callers.noise, len(rows)))
    reach = 1000.0 * np.sqrt(built / np.pi)
    width = 0.6 * reach * np.exp(random.normal(0.0, 0.3, len(reach)))
    shift = random.normal(0.0, 0.3, (2, len(reach))) * reach
    spots = _hot_spots(random)
    return World(callers, weight, width, shift, spots, int(random.integers(1 << 31)))


def draw_places(world: World, count: int, random: Random) -> tuple[Floats, Floats, Ints]:
    """Draw `count` callers' places in degrees and their counties, -1 outside the country."""
    people, callers = localities()[3], world.callers
    at = random.choice(len(people), count, p=world.weight / world.weight.sum())
    x, y = _in_localities(world, at, random)
    away = random.random(count) < callers.elsewhere
    kind = random.random(count)
    road, field = away & (kind < 2 / 3), away & (kind >= 2 / 3)
    along = _on_main_roads if callers.main_roads else _on_roads
    x[road], y[road] = along(people, int(road.sum()), random)
    draw = _anywhere if callers.wilderness else _in_fields
    x[field], y[field] = draw(people, int(field.sum()), random)
    lons, lats = project(x, y, STEREO70, WGS84)
    return lons, lats, load_territories().find_many(lons, lats).astype(np.int64)


def _in_localities(world: World, at: Ints, random: Random) -> tuple[Floats, Floats]:
    """Draw around each locality's own middle; nobody lives in another county than registered."""
    _, x, y, _, county, _ = localities()
    found_x, found_y = x[at].copy(), y[at].copy()
    open_ = np.arange(len(at))
    for _ in range(_TRIES):
        own = at[open_]
        new_x, new_y = _cloud(world, own, random)
        for code, (spot_x, spot_y, weight) in world.spots.items():
            here = np.flatnonzero(county[own] == CODES.index(code))
            spot = random.choice(len(weight), len(here), p=weight)
            new_x[here] = spot_x[spot] + random.normal(0.0, 700.0, len(here))
            new_y[here] = spot_y[spot] + random.normal(0.0, 700.0, len(here))
        lon, lat = project(new_x, new_y, STEREO70, WGS84)
        good = load_territories().find_many(lon, lat) == county[own]
        found_x[open_[good]], found_y[open_[good]] = new_x[good], new_y[good]
        open_ = open_[~good]
    return found_x, found_y


def _cloud(world: World, own: Ints, random: Random) -> tuple[Floats, Floats]:
    _, x, y, people, _, _ = localities()
    # A pupil's school is a place of the locality's own cloud, the same for all its pupils.
    schools = np.maximum(1, np.ceil(people[own] / _RESIDENTS_PER_SCHOOL)).astype(np.int64)
    pupil = random.random(len(own)) < world.callers.at_schools
    school = (random.random(len(own)) * schools).astype(np.int64)
    table = np.random.default_rng(world.school_seed).normal(size=(2, 1 << 16))
    key = (own * 7919 + school * 104_729) % (1 << 16)
    free = random.normal(size=(2, len(own)))
    off = np.where(pupil, table[:, key], free) * world.width[own]
    off = off + np.where(pupil, random.normal(0.0, 100.0, (2, len(own))), 0.0)
    return x[own] + world.shift[0, own] + off[0], y[own] + world.shift[1, own] + off[1]


def _hot_spots(random: Random) -> dict[str, tuple[Floats, Floats, Floats]]:
    """Return middles (EPSG:3844) and weights of each sector's hot spots."""
    spots = {}
    for code in SECTORS:
        lon, lat = random.uniform(25.9, 26.3, 4000), random.uniform(44.3, 44.6, 4000)
        found = load_territories().find_many(lon, lat) == CODES.index(code)
        own = np.flatnonzero(found)[:_HOT_SPOTS]
        x, y = project(lon[own], lat[own], WGS84, STEREO70)
        weight = np.exp(random.normal(0.0, 1.0, len(own)))
        spots[code] = (x, y, weight / weight.sum())
    return spots


def _in_fields(residents: Floats, count: int, random: Random) -> tuple[Floats, Floats]:
    _, x, y, *_ = localities()
    weight = np.sqrt(residents + 1.0)
    near = random.choice(len(x), count, p=weight / weight.sum())
    turn, away = random.uniform(0.0, 2 * np.pi, count), random.uniform(500.0, 5_000.0, count)
    return x[near] + away * np.sin(turn), y[near] + away * np.cos(turn)


def _anywhere(_: Floats, count: int, random: Random) -> tuple[Floats, Floats]:
    west, south, east, north = 116_000.0, 223_000.0, 895_000.0, 765_000.0
    return random.uniform(west, east, count), random.uniform(south, north, count)


def _on_roads(residents: Floats, count: int, random: Random) -> tuple[Floats, Floats]:
    _, x, y, _, _, tree = localities()
    weight = np.sqrt(residents + 1.0)
    start = random.choice(len(x), count, p=weight / weight.sum())
    _, near = tree.query(np.column_stack([x[start], y[start]]), k=9)
    return _between(start, near[np.arange(count), random.integers(1, 9, count)], random)


def _on_main_roads(residents: Floats, count: int, random: Random) -> tuple[Floats, Floats]:
    _, x, y, *_ = localities()
    towns = np.flatnonzero(residents >= _TOWN)
    weight = residents[towns] / residents[towns].sum()
    start = random.choice(len(towns), count, p=weight)
    place = np.column_stack([x[towns], y[towns]])
    _, near = cKDTree(place).query(place[start], k=5)
    end = near[np.arange(count), random.integers(1, 5, count)]
    return _between(towns[start], towns[end], random)


def _between(start: Ints, end: Ints, random: Random) -> tuple[Floats, Floats]:
    _, x, y, *_ = localities()
    part = random.random(len(start))
    aside = random.normal(0.0, 50.0, (2, len(start)))
    return x[start] + part * (x[end] - x[start]) + aside[0], y[start] + part * (
        y[end] - y[start]
    ) + aside[1]
