"""Write the synthetic country as an OpenStreetMap PBF file, so that every importer can read it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import osmium
import osmium.osm.mutable as osm
from numpy.typing import NDArray

from benchmarks.synthetic_country import CLASSES, Country

_STEP_M = 150.0
_MOST_BENDS = 6


@dataclass(frozen=True, slots=True)
class Written:
    """Nodes (junctions and bends), ways and bytes of the file."""

    nodes: int
    ways: int
    size: int


def write_pbf(country: Country, path: Path, *, seed: int = 3) -> Written:
    """
    Write one way per road, with up to six bends, a name on most, and `maxspeed`.

    The bends make a way a little longer or shorter than `Country.length_m`, as
    in real maps; an importer's weights are therefore its own.
    """
    rng = np.random.default_rng(seed)
    bends = np.clip((country.length_m / _STEP_M).astype(np.int64), 0, _MOST_BENDS)
    first = np.concatenate([[0], np.cumsum(bends)]) + country.node_count + 1
    lon, lat = _bends(country, bends, rng)
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        places = zip(
            np.concatenate([country.lon, lon]).tolist(),
            np.concatenate([country.lat, lat]).tolist(),
            strict=True,
        )
        for node, place in enumerate(places, start=1):
            writer.add_node(osm.Node(id=node, location=place))
        roads = zip(country.tail.tolist(), country.head.tolist(), strict=True)
        for road, (tail, head) in enumerate(roads):
            nodes = [tail + 1, *range(int(first[road]), int(first[road + 1])), head + 1]
            writer.add_way(osm.Way(id=road + 1, nodes=nodes, tags=_tags(country, road)))
    return Written(int(first[-1]) - 1, len(country.tail), path.stat().st_size)


def _bends(
    country: Country, bends: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places between the ends of each road, shifted sideways by a tenth of its length at most."""
    road = np.repeat(np.arange(len(bends)), bends)
    nth = np.arange(len(road)) - np.repeat(np.cumsum(bends) - bends, bends) + 1
    share = nth / (bends[road] + 1)
    aside = rng.normal(size=len(road)) * 0.10 / np.sqrt(bends[road])
    tail, head = country.tail[road], country.head[road]
    east, north = country.lon[head] - country.lon[tail], country.lat[head] - country.lat[tail]
    lon = country.lon[tail] + east * share - north * aside
    lat = country.lat[tail] + north * share + east * aside
    return lon, lat


def _tags(country: Country, road: int) -> dict[str, str]:
    level = int(country.level[road])
    tags = {"highway": CLASSES[level], "maxspeed": str(round(float(country.speed_kph[road])))}
    is_through = level < len(CLASSES) - 1
    if country.one_way[road]:
        tags["oneway"] = "yes"
    elif level == 0:
        tags["oneway"] = "no"
    if is_through or road % 3 == 0:
        tags["name"] = f"Strada {road % 5000}"
    if is_through:
        tags["surface"] = "asphalt"
    return tags
