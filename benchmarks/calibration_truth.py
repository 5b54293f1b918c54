"""
Draws true callers, and the areas a network would give for them. Not the model's prior.

The model spreads each locality's residents evenly over a disc, and adds an even layer for
everybody else. The truth here differs from it in everything that can be wrong:

* people: every locality's callers are its residents times its own lognormal noise;
* place: a normal cloud around a shifted middle, with its own width, inside the locality's
  county; in the sectors of Bucharest 25 hot spots each, of very unequal weight;
* a part of the callers is on roads between localities (two thirds) or in fields (one third);
* the confidence a network states is not the share of callers its areas hold.

Areas of cells follow what is known of Romania (58 % over 12.5 km2, 25 % over 50 km2,
reach at most 35 km): a lognormal through these two points. Half are circles, a third
sectors, the rest arc-bands from a sector and a timing advance (GSM 553.5 m, LTE 78 m steps).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.stats import norm, rankdata

from dispatch.model import LocationReport
from geodata.crs import GEOD, STEREO70, WGS84, project
from geodata.localities import Locality, load_localities
from geodata.points import LonLat
from geodata.reference.codes import CODES, SECTORS
from geodata.reference.files import NUMBERING, read_rows
from geodata.shapes import ArcBand, Circle
from geodata.territories import load_territories

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Random = np.random.Generator

# ln(area / km2) is normal through P(A > 12.5) = 0.58 and P(A > 50) = 0.25.
_SPREAD = (np.log(50.0) - np.log(12.5)) / (norm.isf(0.25) - norm.isf(0.58))
_MIDDLE = np.log(50.0) - norm.isf(0.25) * _SPREAD
MOST_REACH_M = 35_000.0
_LEAST_REACH_M = 100.0
_SECTOR_DEG = 120.0
_TIMING_M = (553.5, 4 * 78.12)
_STATED = np.array([0.68, 0.80, 0.90, 0.95])
_HOT_SPOTS = 25
# A draw that falls into another county is repeated; after this it stays at the label point.
_TRIES = 12


@dataclass(frozen=True, slots=True)
class Truth:
    """
    One way the world may be.

    Attributes
    ----------
    noise
        Standard deviation of the log of callers per resident, per locality.
    elsewhere
        Part of the callers who are on roads and in fields.
    confidence_bias, confidence_noise
        True containment of a cell = stated + bias + normal noise, per call.
    density_coupling
        Correlation between how dense a place is and how small its cell; 0 is none.
    masts_in_towns
        Of six masts that could serve the caller, the one nearest to people is taken.
    wilderness
        Callers in fields may be anywhere in the country, not only 0.5 to 5 km from a village.
    """

    name: str
    noise: float = 0.6
    elsewhere: float = 0.20
    confidence_bias: float = -0.05
    confidence_noise: float = 0.05
    density_coupling: float = 0.6
    masts_in_towns: bool = False
    wilderness: bool = False


BASE = Truth("base")
VARIANTS: tuple[Truth, ...] = (
    replace(BASE, name="residents call evenly", noise=0.0),
    replace(BASE, name="callers very uneven", noise=1.0),
    replace(BASE, name="5 % on roads and in fields", elsewhere=0.05),
    replace(BASE, name="40 % on roads and in fields", elsewhere=0.40),
    replace(BASE, name="confidence as stated", confidence_bias=0.0, confidence_noise=0.0),
    replace(BASE, name="confidence overstated by 0.20", confidence_bias=-0.20),
    replace(BASE, name="cells regardless of density", density_coupling=0.0),
    replace(BASE, name="masts in towns", masts_in_towns=True),
    replace(BASE, name="fields anywhere in the country", wilderness=True),
)


@dataclass(frozen=True, slots=True)
class Calls:
    """
    True places (degrees), true counties (index of a code) and what the network says.

    `reports` are the start messages, `updates` those of another mast ten seconds later.
    `numbers` are landlines as E.164: 85 in 100 have a prefix of the caller's county, the
    others of any (numbers are nomadic).
    """

    lons: Floats
    lats: Floats
    counties: Ints
    reports: tuple[LocationReport, ...]
    updates: tuple[LocationReport, ...]
    numbers: tuple[str, ...]
    cell_km2: Floats


def draw_calls(truth: Truth, count: int, seed: int) -> Calls:
    """Draw `count` callers inside the country with their areas; the same for a seed."""
    random = np.random.default_rng([seed, *truth.name.encode()])
    lons, lats = _draw_places(truth, 2 * count, random)
    found = load_territories().find_many(lons, lats).astype(np.int64)
    inside = np.flatnonzero(found >= 0)[:count]
    lons, lats = lons[inside], lats[inside]
    areas = _cell_areas(truth, lons, lats, random)
    reports = _reports(truth, lons, lats, areas, random)
    second = _cell_areas(truth, lons, lats, random)
    updates = _reports(truth, lons, lats, second, random)
    numbers = _landlines(found[inside], random)
    return Calls(lons, lats, found[inside], reports, updates, numbers, areas)


# ── where the callers are ─────────────────────────────────────────────────────
def _draw_places(truth: Truth, count: int, random: Random) -> tuple[Floats, Floats]:
    localities = load_localities().all()
    residents = np.array([row.population for row in localities])
    callers = residents * np.exp(random.normal(0.0, truth.noise, len(localities)))
    at = random.choice(len(localities), count, p=callers / callers.sum())
    x, y = _in_localities(localities, at, random)
    away = random.random(count) < truth.elsewhere
    kind = random.random(count)
    road, field = away & (kind < 2 / 3), away & (kind >= 2 / 3)
    x[road], y[road] = _on_roads(residents, int(road.sum()), random)
    draw = _anywhere if truth.wilderness else _in_fields
    x[field], y[field] = draw(residents, int(field.sum()), random)
    return project(x, y, STEREO70, WGS84)


@lru_cache(maxsize=1)
def _middles() -> tuple[Floats, Floats, cKDTree]:
    places = np.array([row.place for row in load_localities().all()])
    x, y = project(places[:, 0], places[:, 1], WGS84, STEREO70)
    return x, y, cKDTree(np.column_stack([x, y]))


def _in_localities(
    localities: Sequence[Locality], at: Ints, random: Random
) -> tuple[Floats, Floats]:
    """Draw around each locality's own middle; nobody lives in another county than registered."""
    x, y, _ = _middles()
    built = np.array([max(row.built_km2, 0.02) for row in localities])
    reach = 1000.0 * np.sqrt(built / np.pi)
    width = 0.6 * reach * np.exp(random.normal(0.0, 0.3, len(reach)))
    shift = random.normal(0.0, 0.3, (2, len(reach))) * reach
    county = np.array([CODES.index(row.county) for row in localities])
    spots = _hot_spots(random)
    found_x, found_y = x[at].copy(), y[at].copy()
    open_ = np.arange(len(at))
    for _ in range(_TRIES):
        own = at[open_]
        new_x = x[own] + shift[0, own] + random.normal(size=len(own)) * width[own]
        new_y = y[own] + shift[1, own] + random.normal(size=len(own)) * width[own]
        for code, (spot_x, spot_y, weight) in spots.items():
            here = np.flatnonzero(county[own] == CODES.index(code))
            spot = random.choice(len(weight), len(here), p=weight)
            new_x[here] = spot_x[spot] + random.normal(0.0, 700.0, len(here))
            new_y[here] = spot_y[spot] + random.normal(0.0, 700.0, len(here))
        lon, lat = project(new_x, new_y, STEREO70, WGS84)
        good = load_territories().find_many(lon, lat) == county[own]
        found_x[open_[good]], found_y[open_[good]] = new_x[good], new_y[good]
        open_ = open_[~good]
    return found_x, found_y


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
    x, y, _ = _middles()
    weight = np.sqrt(residents + 1.0)
    near = random.choice(len(x), count, p=weight / weight.sum())
    turn, away = random.uniform(0.0, 2 * np.pi, count), random.uniform(500.0, 5_000.0, count)
    return x[near] + away * np.sin(turn), y[near] + away * np.cos(turn)


def _anywhere(_: Floats, count: int, random: Random) -> tuple[Floats, Floats]:
    west, south, east, north = 116_000.0, 223_000.0, 895_000.0, 765_000.0
    return random.uniform(west, east, count), random.uniform(south, north, count)


def _on_roads(residents: Floats, count: int, random: Random) -> tuple[Floats, Floats]:
    x, y, tree = _middles()
    weight = np.sqrt(residents + 1.0)
    start = random.choice(len(x), count, p=weight / weight.sum())
    _, near = tree.query(np.column_stack([x[start], y[start]]), k=9)
    end = near[np.arange(count), random.integers(1, 9, count)]
    part = random.random(count)
    aside = random.normal(0.0, 50.0, (2, count))
    return x[start] + part * (x[end] - x[start]) + aside[0], y[start] + part * (
        y[end] - y[start]
    ) + aside[1]


# ── what the network says ─────────────────────────────────────────────────────
def _people_near(lons: Floats, lats: Floats, reach_m: float) -> Floats:
    _, _, tree = _middles()
    people = np.array([row.population for row in load_localities().all()])
    x, y = project(lons, lats, WGS84, STEREO70)
    near = tree.query_ball_point(np.column_stack([x, y]), reach_m)
    return np.array([people[rows].sum() for rows in near])


def _cell_areas(truth: Truth, lons: Floats, lats: Floats, random: Random) -> Floats:
    people = _people_near(lons, lats, 5_000.0)
    dense = norm.ppf((rankdata(people + random.random(len(people))) - 0.5) / len(people))
    rho = truth.density_coupling
    draw = -rho * dense + np.sqrt(1 - rho**2) * random.normal(size=len(dense))
    return np.asarray(np.exp(_MIDDLE + _SPREAD * draw))


def _reports(
    truth: Truth, lons: Floats, lats: Floats, areas: Floats, random: Random
) -> tuple[LocationReport, ...]:
    count = len(lons)
    stated = random.choice(_STATED, count)
    bias = truth.confidence_bias + random.normal(0.0, truth.confidence_noise, count)
    inside = random.random(count) < np.clip(stated + bias, 0.3, 0.995)
    kind = random.choice(3, count, p=[0.5, 0.33, 0.17])
    turn = np.where(kind == 0, 360.0, _SECTOR_DEG)
    reach = 1000.0 * np.sqrt(areas * 360.0 / (np.pi * turn))
    reach = np.clip(reach, _LEAST_REACH_M, MOST_REACH_M)
    # An outsider of a circle or band is too far out; half of a sector's stand aside of it.
    aside = ~inside & (kind > 0) & (random.random(count) < 0.5)
    radius = reach * np.sqrt(random.random(count))
    radius = np.where(inside | aside, radius, reach * (1.0 + random.exponential(0.4, count)))
    back, mast = _masts(truth, lons, lats, radius, random)
    step = np.array(_TIMING_M)[random.integers(0, 2, count)]
    off = np.where(inside | aside, 0, 1 + random.integers(0, 3, count)) * random.choice(
        [-1, 1], count
    )
    tick = np.maximum(0.0, np.floor(radius / step) + off)
    opening_part = random.random(count)
    swing = random.uniform(_SECTOR_DEG / 2, 180.0, count) * random.choice([-1, 1], count)
    found = []
    for i in range(count):
        center, confidence = LonLat(*map(float, mast[i])), float(stated[i])
        start = (
            float(
                back[i]
                - (_SECTOR_DEG / 2 + swing[i] if aside[i] else _SECTOR_DEG * opening_part[i])
            )
            % 360.0
        )
        shape: Circle | ArcBand
        if kind[i] == 0:
            shape = Circle(center, float(reach[i]))
        elif kind[i] == 1:
            shape = ArcBand(center, 0.0, float(reach[i]), start, _SECTOR_DEG)
        else:
            inner = float(tick[i] * step[i])
            shape = ArcBand(center, inner, inner + float(step[i]), start, _SECTOR_DEG)
        found.append(LocationReport("benchmark", shape, confidence))
    return tuple(found)


def _masts(
    truth: Truth, lons: Floats, lats: Floats, radius: Floats, random: Random
) -> tuple[Floats, Floats]:
    """Return the azimuth from the mast to the caller, and the mast."""
    tries = 6 if truth.masts_in_towns else 1
    best = np.full(len(lons), -1.0)
    mast, back = np.zeros((len(lons), 2)), np.zeros(len(lons))
    for _ in range(tries):
        azimuth = random.uniform(0.0, 360.0, len(lons))
        lon, lat, to_caller = GEOD.fwd(lons, lats, azimuth, radius)
        people = _people_near(lon, lat, 2_000.0) if tries > 1 else np.zeros(len(lons))
        better = people > best
        best[better] = people[better]
        mast[better] = np.column_stack([lon, lat])[better]
        back[better] = np.asarray(to_caller)[better]
    return back, mast


def _landlines(counties: Ints, random: Random) -> tuple[str, ...]:
    prefixes: dict[str, str] = {}
    for row in read_rows(NUMBERING):
        for code in row["counties"].split():
            prefixes.setdefault(code, row["prefix"])
    moved = random.random(len(counties)) >= 0.85
    home = np.where(moved, random.integers(0, len(CODES), len(counties)), counties)
    return tuple(f"+40{prefixes[CODES[i]].lstrip('0')}".ljust(12, "3") for i in home)
