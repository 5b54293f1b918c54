"""
Where the named streets of a network are: one place for each street of each locality.

A name occurs in many towns, and a long street runs through several sectors: it is one street
in each of them. Its place is the middle of one of its pieces, the one nearest to the middle
of all of them, so that it lies on the street. EPSG:4326.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geodata.crs import STEREO70, WGS84, project
from geodata.points import LonLat
from geodata.roads.network import E7, Floats, RoadNetwork
from geodata.territories.localities import Localities, Locality
from geodata.territories.shares import Territories

# Of how many label points the locality of a street may be chosen: a village beside a large
# town is often nearer to the town's outer streets than the town's own label.
_NEAREST = 6


@dataclass(frozen=True, slots=True)
class StreetPlace:
    """A street within one locality; `length_m` is that of all its pieces there."""

    name: str
    locality: Locality
    place: LonLat
    length_m: float


def find_streets(
    network: RoadNetwork, localities: Localities, territories: Territories
) -> list[StreetPlace]:
    """List the named streets of a network, by name and locality; abroad there are none."""
    has_name = np.array([bool(name) for name in network.names])
    named = np.flatnonzero(has_name[network.name_id[: network.own_piece_count]])
    if not len(named):
        return []
    lon, lat = _middles(network, named)
    owner = _localities_of(lon, lat, localities, territories)
    inside = owner >= 0
    named, lon, lat, owner = named[inside], lon[inside], lat[inside], owner[inside]
    names = network.name_id[named].astype(np.int64)
    keys, street = np.unique(names * len(localities.all()) + owner, return_inverse=True)
    length = network.length_cm[named] / 100.0
    weight = np.maximum(length, 0.01)
    total = np.bincount(street, weight)
    mean_lon = np.bincount(street, lon * weight) / total
    mean_lat = np.bincount(street, lat * weight) / total
    away = (lon - mean_lon[street]) ** 2 + (lat - mean_lat[street]) ** 2
    # The first of each street is then its piece nearest to the middle.
    order = np.lexsort((away, street))
    chosen = order[np.searchsorted(street[order], np.arange(len(keys)))]
    rows = localities.all()
    return [
        StreetPlace(
            network.names[names[piece]],
            rows[owner[piece]],
            LonLat(float(lon[piece]), float(lat[piece])),
            float(total[number]),
        )
        for number, piece in enumerate(chosen.tolist())
    ]


def _middles(network: RoadNetwork, pieces: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Longitude and latitude of the middle point of each piece's line."""
    first, last = network.shape_first[pieces], network.shape_first[pieces + 1] - 1
    low, high = (first + last) // 2, (first + last + 1) // 2
    lon, lat = network.shape_lon_e7, network.shape_lat_e7
    return (lon[low] / 2 + lon[high] / 2) * E7, (lat[low] / 2 + lat[high] / 2) * E7


def _localities_of(
    lon: Floats, lat: Floats, localities: Localities, territories: Territories
) -> NDArray[np.int64]:
    """Index of the locality that each place belongs to, -1 outside the country."""
    from geodata.reference.codes import CODES

    rows = localities.all()
    county = territories.find_many(lon, lat)
    places = np.array([row.place for row in rows]).T
    label_x, label_y = project(places[0], places[1], WGS84, STEREO70)
    radius_m = np.sqrt(np.array([row.built_km2 for row in rows]) * 1e6 / np.pi)
    label_county = np.array([CODES.index(row.county) for row in rows])
    x, y = project(lon, lat, WGS84, STEREO70)
    found = np.full(len(lon), -1, np.int64)
    for code in np.unique(county[county >= 0]).tolist():
        here, there = np.flatnonzero(county == code), np.flatnonzero(label_county == code)
        tree = cKDTree(np.column_stack([label_x[there], label_y[there]]))
        count = min(_NEAREST, len(there))
        away, near = tree.query(np.column_stack([x[here], y[here]]), k=count)
        away, near = away.reshape(len(here), count), near.reshape(len(here), count)
        best = (away - radius_m[there][near]).argmin(axis=1)
        found[here] = there[near[np.arange(len(here)), best]]
    return found
