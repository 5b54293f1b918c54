"""
What a network says about drawn callers: cells of a mast, or the ground nearest to one.

Areas of cells follow what is known of Romania (58 % over 12.5 km2, 25 % over 50 km2,
reach at most 35 km): a lognormal through these two points. Half are circles, a third
sectors, the rest arc-bands from a sector and a timing advance (GSM 553.5 m, LTE 78 m steps).
The confidence a network states is not the share of callers its areas hold.
"""

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve
from scipy.spatial import Voronoi, cKDTree
from scipy.stats import norm, rankdata

from benchmarks.calibration_world import Floats, Ints, Random, localities
from dispatch.model import LocationReport
from geodata.areas.shapes import ArcBand, Circle, Polygon
from geodata.crs import GEOD, STEREO70, WGS84, project
from geodata.points import LonLat
from geodata.territories.shares import load_territories

# ln(area / km2) is normal through P(A > 12.5) = 0.58 and P(A > 50) = 0.25.
SPREAD = (np.log(50.0) - np.log(12.5)) / (norm.isf(0.25) - norm.isf(0.58))
MIDDLE = np.log(50.0) - norm.isf(0.25) * SPREAD
MOST_REACH_M = 35_000.0
LEAST_REACH_M = 100.0
SECTOR_DEG = 120.0
TIMING_M = (553.5, 4 * 78.12)
STATED = np.array([0.68, 0.80, 0.90, 0.95])
BEYOND = 0.4
_MASTS = 11_000
_GRID_M = 500.0


@dataclass(frozen=True, slots=True)
class Network:
    """
    How a network describes its callers.

    Attributes
    ----------
    confidence_bias, confidence_noise
        True containment of a cell = stated + bias + normal noise, per call.
    density_coupling
        Correlation between how dense a place is and how small its cell; 0 is none.
    masts_in_towns
        Of six masts that could serve the caller, the one nearest to people is taken.
    stated_reach
        What is said of a cell's reach, in parts of the true one.
    thick
        Callers thicken towards the mast (a normal cloud) instead of being spread evenly.
    nearest_mast
        The area is a polygon: the ground that is nearest to one of 11,000 masts; outsiders are
        served by the second to fourth nearest.
    """

    confidence_bias: float = -0.05
    confidence_noise: float = 0.05
    density_coupling: float = 0.6
    masts_in_towns: bool = False
    stated_reach: float = 1.0
    thick: bool = False
    nearest_mast: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """Reports and the true areas of their cells (km2)."""

    reports: tuple[LocationReport, ...]
    cell_km2: Floats


def hear(network: Network, lons: Floats, lats: Floats, random: Random) -> Heard:
    """Draw one message for each caller (degrees)."""
    if network.nearest_mast:
        return _from_nearest_masts(network, lons, lats, random)
    dense = density_score(lons, lats, random)
    rho = network.density_coupling
    draw = -rho * dense + np.sqrt(1 - rho**2) * random.normal(size=len(dense))
    areas = np.asarray(np.exp(MIDDLE + SPREAD * draw))
    return Heard(_reports(network, lons, lats, areas, random), areas)


# ── people around ─────────────────────────────────────────────────────────────
@lru_cache(maxsize=4)
def _people_grid(reach_m: float) -> tuple[Floats, float, float]:
    _, x, y, people, _, _ = localities()
    west, south = x.min() - 20_000.0, y.min() - 20_000.0
    columns, rows = (int((v.max() - v.min() + 40_000.0) / _GRID_M) for v in (x, y))
    grid = np.zeros((rows, columns))
    at = (((y - south) / _GRID_M).astype(int), ((x - west) / _GRID_M).astype(int))
    np.add.at(grid, at, people)
    k = np.arange(-int(reach_m / _GRID_M), int(reach_m / _GRID_M) + 1)
    disc = (k[:, None] ** 2 + k[None, :] ** 2 <= (reach_m / _GRID_M) ** 2).astype(float)
    return np.maximum(fftconvolve(grid, disc, mode="same"), 0.0), float(west), float(south)


def people_near(lons: Floats, lats: Floats, reach_m: float) -> Floats:
    """Return the residents within a distance of each place, on a grid of 500 m."""
    grid, west, south = _people_grid(reach_m)
    x, y = project(lons, lats, WGS84, STEREO70)
    row = np.clip(((y - south) / _GRID_M).astype(int), 0, grid.shape[0] - 1)
    column = np.clip(((x - west) / _GRID_M).astype(int), 0, grid.shape[1] - 1)
    return np.asarray(grid[row, column])


def density_score(lons: Floats, lats: Floats, random: Random) -> Floats:
    """Return how dense each caller's surroundings are among these: a standard normal score."""
    people = people_near(lons, lats, 5_000.0)
    rank = rankdata(people + random.random(len(people)))
    return np.asarray(norm.ppf((rank - 0.5) / len(people)))


# ── cells of a mast ───────────────────────────────────────────────────────────
def _reports(
    network: Network, lons: Floats, lats: Floats, areas: Floats, random: Random
) -> tuple[LocationReport, ...]:
    count = len(lons)
    stated = random.choice(STATED, count)
    holds = containment(network, stated, random)
    inside = random.random(count) < holds
    kind = random.choice(3, count, p=[0.5, 0.33, 0.17])
    turn = np.where(kind == 0, 360.0, SECTOR_DEG)
    reach = 1000.0 * np.sqrt(areas * 360.0 / (np.pi * turn))
    reach = np.clip(reach, LEAST_REACH_M, MOST_REACH_M)
    # An outsider of a circle or band is too far out; half of a sector's stand aside of it.
    aside = ~inside & (kind > 0) & (random.random(count) < 0.5)
    within = _thick(holds, random) if network.thick else np.sqrt(random.random(count))
    radius = reach * within
    radius = np.where(inside | aside, radius, reach * (1.0 + random.exponential(BEYOND, count)))
    back, mast = _masts(network, lons, lats, radius, random)
    step = np.array(TIMING_M)[random.integers(0, 2, count)]
    off = np.where(inside | aside, 0, 1 + random.integers(0, 3, count)) * random.choice(
        [-1, 1], count
    )
    tick = np.maximum(0.0, np.floor(radius / step) + off)
    swing = random.uniform(SECTOR_DEG / 2, 180.0, count) * random.choice([-1, 1], count)
    begin = np.where(
        aside, back - SECTOR_DEG / 2 - swing, back - SECTOR_DEG * random.random(count)
    ) % 360.0  # fmt: skip
    said = network.stated_reach
    found = []
    for i in range(count):
        center = LonLat(*map(float, mast[i]))
        start, inner = float(begin[i]), float(tick[i] * step[i])
        outer = float(reach[i] * said)
        shape: Circle | ArcBand = Circle(center, outer)
        if kind[i] == 1:
            shape = ArcBand(center, 0.0, outer, start, SECTOR_DEG)
        elif kind[i] == 2:
            shape = ArcBand(center, inner, inner + float(step[i]), start, SECTOR_DEG)
        found.append(LocationReport("benchmark", shape, float(stated[i])))
    return tuple(found)


def containment(network: Network, stated: Floats, random: Random) -> Floats:
    """Return how often each area really holds its caller."""
    bias = network.confidence_bias + random.normal(0.0, network.confidence_noise, len(stated))
    return np.clip(stated + bias, 0.3, 0.995)


def _thick(holds: Floats, random: Random) -> Floats:
    """Radii of a normal cloud that has `holds` within 1, given that they are within 1."""
    return np.sqrt(np.log1p(-random.random(len(holds)) * holds) / np.log1p(-holds))


def _masts(
    network: Network, lons: Floats, lats: Floats, radius: Floats, random: Random
) -> tuple[Floats, Floats]:
    """Return the azimuth from the mast to the caller, and the mast."""
    tries = 6 if network.masts_in_towns else 1
    best = np.full(len(lons), -1.0)
    mast, back = np.zeros((len(lons), 2)), np.zeros(len(lons))
    for _ in range(tries):
        azimuth = random.uniform(0.0, 360.0, len(lons))
        lon, lat, to_caller = GEOD.fwd(lons, lats, azimuth, radius)
        people = people_near(lon, lat, 2_000.0) if tries > 1 else np.zeros(len(lons))
        better = people > best
        best[better] = people[better]
        mast[better] = np.column_stack([lon, lat])[better]
        back[better] = np.asarray(to_caller)[better]
    return back, mast


# ── the ground nearest to a mast ──────────────────────────────────────────────
@lru_cache(maxsize=1)
def masts() -> tuple[Floats, cKDTree, Voronoi]:
    """Return masts (EPSG:3844): half where people are, half anywhere in the country."""
    random = np.random.default_rng(226)
    _, x, y, people, _, _ = localities()
    weight = people**0.8
    at = random.choice(len(x), _MASTS // 2, p=weight / weight.sum())
    near = np.column_stack([x[at], y[at]]) + random.normal(0.0, 1_500.0, (len(at), 2))
    wild = random.uniform([116_000.0, 223_000.0], [895_000.0, 765_000.0], (2 * _MASTS, 2))
    lon, lat = project(wild[:, 0], wild[:, 1], STEREO70, WGS84)
    wild = wild[load_territories().find_many(lon, lat) >= 0][: _MASTS - len(near)]
    # Far masts around the country keep every real cell finite.
    turn = np.linspace(0.0, 2 * np.pi, 40)
    rim = np.column_stack([500_000 + 600_000 * np.cos(turn), 500_000 + 600_000 * np.sin(turn)])
    places = np.vstack([near, wild, rim])
    return places, cKDTree(places), Voronoi(places)


def serving(x: Floats, y: Floats, inside: NDArray[np.bool_], random: Random) -> Ints:
    """Return the mast of each caller: the nearest, or for an outsider the second to fourth."""
    _, near = masts()[1].query(np.column_stack([x, y]), k=4)
    pick = np.where(inside, 0, random.integers(1, 4, len(x)))
    return np.asarray(near[np.arange(len(x)), pick])


def _from_nearest_masts(network: Network, lons: Floats, lats: Floats, random: Random) -> Heard:
    stated = random.choice(STATED, len(lons))
    inside = random.random(len(lons)) < containment(network, stated, random)
    x, y = project(lons, lats, WGS84, STEREO70)
    mast = serving(x, y, inside, random)
    reports, km2 = [], []
    for m, confidence in zip(mast, stated, strict=True):
        shape, size = _cell(int(m))
        reports.append(
            LocationReport("benchmark", shape, float(confidence), extras={"mast": str(m)})
        )
        km2.append(size)
    return Heard(tuple(reports), np.array(km2))


@cache
def _cell(mast: int) -> tuple[Polygon, float]:
    _, _, cells = masts()
    corners = cells.vertices[cells.regions[cells.point_region[mast]]]
    lon, lat = project(corners[:, 0], corners[:, 1], STEREO70, WGS84)
    x, y = corners.T
    km2 = 0.5e-6 * abs(float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))))
    return Polygon(tuple(LonLat(float(a), float(b)) for a, b in zip(lon, lat, strict=True))), km2
