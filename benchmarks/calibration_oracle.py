"""
The best that anybody could do: an answer that knows the truth it is asked about.

Millions of callers of a truth are drawn; each counts as often as its network would have said
what it said. "Knows the draw" samples the very world the calls come from, with every locality's
own noise and every hot spot; nobody can know that. "Knows the law" samples other worlds of the
same truth: the limit for a model that is told all of `calibration_world` and
`calibration_network` but no draw. `masts in towns` is answered as if masts were anywhere.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from benchmarks.calibration_network import (
    BEYOND,
    MIDDLE,
    SECTOR_DEG,
    SPREAD,
    TIMING_M,
    Network,
    density_score,
    masts,
)
from benchmarks.calibration_truth import Truth
from benchmarks.calibration_world import Floats, Ints, World, draw_places, draw_world
from dispatch.model import LocationReport
from geodata.areas.shapes import ArcBand, Circle, Polygon
from geodata.crs import GEOD, STEREO70, WGS84, project
from geodata.points import LonLat
from geodata.reference.codes import CODES

_CELL_DEG = 0.03
_FAR = 5.0
_WORLDS = 24


@dataclass(frozen=True, slots=True)
class Known:
    """Places of a truth's callers, sorted by `key` (a grid of 0.03 degrees)."""

    network: Network
    lons: Floats
    lats: Floats
    county: Ints
    dense: Floats
    key: Ints


def know_the_draw(truth: Truth, world: World, size: int) -> Known:
    """Sample the callers of one world."""
    random = np.random.default_rng([7, *truth.name.encode()])
    return _sorted(truth.network, [draw_places(world, size, random)])


def know_the_law(truth: Truth, size: int) -> Known:
    """Sample the callers of many other worlds of the same truth."""
    random = np.random.default_rng([8, *truth.name.encode()])
    part = size // _WORLDS
    worlds = (draw_world(truth.callers, random) for _ in range(_WORLDS))
    return _sorted(truth.network, [draw_places(world, part, random) for world in worlds])


def _sorted(network: Network, draws: list[tuple[Floats, Floats, Ints]]) -> Known:
    lons, lats, county = (np.concatenate([d[k] for d in draws]) for k in range(3))
    inside = county >= 0
    lons, lats, county = lons[inside], lats[inside], county[inside]
    dense = density_score(lons, lats, np.random.default_rng(0))
    key = _key(lons, lats)
    order = np.argsort(key, kind="stable")
    return Known(network, lons[order], lats[order], county[order], dense[order], key[order])


def _key(lons: Floats, lats: Floats) -> Ints:
    return (lats / _CELL_DEG).astype(np.int64) * 100_000 + (lons / _CELL_DEG).astype(np.int64)


def answer(known: Known, report: LocationReport) -> Floats:
    """Return the probability of each county (in the order of `CODES`) for one report."""
    if isinstance(report.shape, Polygon):
        mass, county = _by_mast(known, report)
    else:
        mass, county = _by_cell(known, report)
    found = np.bincount(county, mass, minlength=len(CODES))
    return found / max(found.sum(), 1e-300)


def answer_both(known: Known, first: LocationReport, second: LocationReport) -> Floats:
    """Return the same for two independent reports of a caller; circles and bands only."""
    shape = min((r.shape for r in (first, second)), key=lambda s: _extent(s, known.network))
    rows = _near(known, shape.center, _extent(shape, known.network))  # type: ignore[union-attr]
    mass = _likelihood(known, first, rows) * _likelihood(known, second, rows)
    found = np.bincount(known.county[rows], mass, minlength=len(CODES))
    return found / max(found.sum(), 1e-300)


def _by_cell(known: Known, report: LocationReport) -> tuple[Floats, Ints]:
    shape = report.shape
    assert isinstance(shape, Circle | ArcBand)
    rows = _near(known, shape.center, _extent(shape, known.network))
    county = known.county[rows]
    if len(rows) and county.min() == county.max():
        return np.ones(len(rows)), county
    return _likelihood(known, report, rows), county


def _extent(shape: object, network: Network) -> float:
    if isinstance(shape, Circle):
        return shape.radius_m / network.stated_reach * (1 + _FAR * BEYOND)
    assert isinstance(shape, ArcBand)
    if _is_timed(shape):
        return shape.outer_radius_m + 3 * (shape.outer_radius_m - shape.inner_radius_m)
    return shape.outer_radius_m / network.stated_reach * (1 + _FAR * BEYOND)


def _is_timed(shape: ArcBand) -> bool:
    thickness = shape.outer_radius_m - shape.inner_radius_m
    return any(abs(thickness - step) < 1e-6 for step in TIMING_M)


def _near(known: Known, center: LonLat, reach_m: float) -> Ints:
    high = reach_m / 111_000.0
    wide = high / math.cos(math.radians(center.lat + high))
    low, top = int((center.lat - high) / _CELL_DEG), int((center.lat + high) / _CELL_DEG)
    west, east = int((center.lon - wide) / _CELL_DEG), int((center.lon + wide) / _CELL_DEG)
    band = np.arange(low, top + 1) * 100_000
    starts = np.searchsorted(known.key, band + west)
    ends = np.searchsorted(known.key, band + east, side="right")
    return np.concatenate([np.arange(a, b) for a, b in zip(starts, ends, strict=True)])


def _likelihood(known: Known, report: LocationReport, rows: Ints) -> Floats:
    shape, network = report.shape, known.network
    assert isinstance(shape, Circle | ArcBand)
    assert report.confidence is not None
    lons, lats, dense = known.lons[rows], known.lats[rows], known.dense[rows]
    middle = np.radians((lats + shape.center.lat) / 2)
    north = GEOD.a * (1 - 0.00669438) / (1 - 0.00669438 * np.sin(middle) ** 2) ** 1.5
    east = GEOD.a / np.sqrt(1 - 0.00669438 * np.sin(middle) ** 2) * np.cos(middle)
    x = np.radians(lons - shape.center.lon) * east
    y = np.radians(lats - shape.center.lat) * north
    r = np.maximum(np.hypot(x, y), 1.0)
    holds = min(0.995, max(0.3, report.confidence + network.confidence_bias))
    if isinstance(shape, ArcBand):
        past = (np.degrees(np.arctan2(x, y)) - shape.start_angle_deg) % 360.0
        ahead = past <= SECTOR_DEG
        if _is_timed(shape):
            return _timed(shape, r, ahead, dense, holds, network)
        reach = shape.outer_radius_m / network.stated_reach
        inner, beyond = _radial(r / reach, holds, network)
        aside = np.where(ahead, 0.0, 0.5 * (1 - holds) * (r <= reach) / np.pi / 2.0)
        found = np.where(ahead, 3.0 * (inner + 0.5 * beyond), aside)
        return found * _size(reach, 3.0, dense, network)
    reach = shape.radius_m / network.stated_reach
    inner, beyond = _radial(r / reach, holds, network)
    return (inner + beyond) * _size(reach, 1.0, dense, network)


def _radial(u: Floats, holds: float, network: Network) -> tuple[Floats, Floats]:
    """Density inside and beyond a cell per reach squared, over the full turn."""
    even = holds / np.pi * (u <= 1.0)
    if network.thick:
        spread = -1.0 / math.log(1.0 - holds)
        even = np.exp(-(u**2) / spread) / (np.pi * spread) * (u <= 1.0)
    tail = np.exp(-np.maximum(u - 1.0, 0.0) / BEYOND) / (BEYOND * 2 * np.pi * u)
    return even, (1 - holds) * tail * (u > 1.0)


def _size(reach: float, turns: float, dense: Floats, network: Network) -> Floats:
    """How likely a cell of this size is where it is so dense."""
    rho = network.density_coupling
    area = np.pi * (reach / 1000.0) ** 2 / turns
    z = ((math.log(area) - MIDDLE) / SPREAD + rho * dense) / math.sqrt(1 - rho**2)
    return np.exp(-0.5 * z * z)


def _timed(
    shape: ArcBand, r: Floats, ahead: Floats, dense: Floats, holds: float, network: Network
) -> Floats:
    step = shape.outer_radius_m - shape.inner_radius_m
    tick = round(shape.inner_radius_m / step)
    off = tick - np.floor(r / step)
    served, lost = _reaches(r, dense, network)
    right = off == 0.0
    aside = 0.5 * (1 - holds) * served * right / 2.0
    wrong = (np.abs(off) >= 1.0) & (np.abs(off) <= 3.0)
    if tick == 0:
        # What would be a negative step is said as none.
        part = np.where(np.floor(r / step) <= 3, (4 - np.floor(r / step)).clip(0, 3), 0.0) / 6.0
    else:
        part = wrong / 6.0
    front = holds * served * right + 0.5 * (1 - holds) * lost * part
    return np.where(ahead, front, aside)


def _reaches(r: Floats, dense: Floats, network: Network) -> tuple[Floats, Floats]:
    """Density of being served at this distance, and of being lost there, over all cell sizes."""
    rho = network.density_coupling
    spread = 0.5 * SPREAD * math.sqrt(1 - rho**2)
    middle = 0.5 * (MIDDLE - rho * SPREAD * dense + math.log(3 / math.pi)) + math.log(1000.0)
    served = np.exp(-2 * middle + 2 * spread**2) * norm.cdf(
        (middle - 2 * spread**2 - np.log(r)) / spread
    )
    lost = np.zeros(len(r))
    for z in norm.ppf((np.arange(15) + 0.5) / 15):
        reach = np.exp(middle + spread * z)
        u = r / reach
        lost += (u > 1) * np.exp(-(u - 1) / BEYOND) / (BEYOND * 2 * u * reach**2) / 15
    return served, lost


# ── the ground nearest to a mast ──────────────────────────────────────────────
def _by_mast(known: Known, report: LocationReport) -> tuple[Floats, Ints]:
    places, _, _ = masts()
    assert report.confidence is not None
    mast = int(report.extras["mast"])
    lon, lat = project(places[mast : mast + 1, 0], places[mast : mast + 1, 1], STEREO70, WGS84)
    rows = _near(known, LonLat(float(lon[0]), float(lat[0])), 30_000.0)
    x, y = project(known.lons[rows], known.lats[rows], WGS84, STEREO70)
    _, near = masts()[1].query(np.column_stack([x, y]), k=4)
    holds = min(0.995, report.confidence + known.network.confidence_bias)
    mass = holds * (near[:, 0] == mast) + (1 - holds) / 3 * (near[:, 1:] == mast).any(axis=1)
    return mass, known.county[rows]
