"""
The ways the world may be, and the calls drawn from one of them.

Where callers are is in `calibration_world`, what the network says of them in
`calibration_network`. Neither is the model's own prior: both differ from it on purpose.
"""

from dataclasses import dataclass, field

import numpy as np

from benchmarks.calibration_network import Network, hear
from benchmarks.calibration_world import (
    Callers,
    Floats,
    Ints,
    Random,
    World,
    draw_places,
    draw_world,
)
from dispatch.model import LocationReport
from geodata.reference.codes import CODES
from geodata.reference.files import NUMBERING, read_rows


@dataclass(frozen=True, slots=True)
class Truth:
    """One way the world may be; `fitted` where the model's constants were chosen on it."""

    name: str
    callers: Callers = field(default_factory=Callers)
    network: Network = field(default_factory=Network)
    fitted: bool = False


def _callers(name: str, callers: Callers, *, fitted: bool = False) -> Truth:
    return Truth(name, callers=callers, fitted=fitted)


def _network(name: str, network: Network, *, fitted: bool = False) -> Truth:
    return Truth(name, network=network, fitted=fitted)


BASE = Truth("base", fitted=True)
VARIANTS: tuple[Truth, ...] = (
    _callers("residents call evenly", Callers(noise=0.0), fitted=True),
    _callers("callers very uneven", Callers(noise=1.0)),
    _callers("5 % on roads and in fields", Callers(elsewhere=0.05)),
    _callers("40 % on roads and in fields", Callers(elsewhere=0.40)),
    _callers("fields anywhere in the country", Callers(wilderness=True)),
    _callers("localities weigh by built ground", Callers(by_ground=True)),
    _callers("crowded at schools, main roads", Callers(at_schools=0.5, main_roads=True)),
    _network("confidence as stated", Network(confidence_bias=0.0, confidence_noise=0.0)),
    _network("confidence overstated by 0.20", Network(confidence_bias=-0.20)),
    _network("cells regardless of density", Network(density_coupling=0.0), fitted=True),
    _network("masts in towns", Network(masts_in_towns=True)),
    _network("reach stated 1.5 times too small", Network(stated_reach=1 / 1.5)),
    _network("reach stated 1.5 times too large", Network(stated_reach=1.5)),
    _network("callers thicken towards the mast", Network(thick=True)),
    _network("ground nearest to a mast", Network(nearest_mast=True)),
)


@dataclass(frozen=True, slots=True)
class Calls:
    """
    True places (degrees), true counties (index of a code) and what the network says.

    `reports` are the start messages, `updates` those of another mast ten seconds later.
    `numbers` are landlines as E.164: 85 in 100 have a prefix of the caller's county, the
    others of any (numbers are nomadic). `world` is the draw they come from.
    """

    lons: Floats
    lats: Floats
    counties: Ints
    reports: tuple[LocationReport, ...]
    updates: tuple[LocationReport, ...]
    numbers: tuple[str, ...]
    cell_km2: Floats
    world: World


def draw_calls(truth: Truth, count: int, seed: int) -> Calls:
    """Draw a world and `count` callers in it with their areas; the same for a seed."""
    random = np.random.default_rng([seed, *truth.name.encode()])
    world = draw_world(truth.callers, random)
    lons, lats, found = draw_places(world, 2 * count, random)
    inside = np.flatnonzero(found >= 0)[:count]
    lons, lats, found = lons[inside], lats[inside], found[inside]
    first = hear(truth.network, lons, lats, random)
    second = hear(truth.network, lons, lats, random)
    numbers = _landlines(found, random)
    return Calls(lons, lats, found, first.reports, second.reports, numbers, first.cell_km2, world)


def _landlines(counties: Ints, random: Random) -> tuple[str, ...]:
    prefixes: dict[str, str] = {}
    for row in read_rows(NUMBERING):
        for code in row["counties"].split():
            prefixes.setdefault(code, row["prefix"])
    moved = random.random(len(counties)) >= 0.85
    home = np.where(moved, random.integers(0, len(CODES), len(counties)), counties)
    return tuple(f"+40{prefixes[CODES[i]].lstrip('0')}".ljust(12, "3") for i in home)
