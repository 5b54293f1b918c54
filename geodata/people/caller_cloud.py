"""
Where a caller may be before anything is heard: a cloud of weighted places, one density.

Three layers, derived from the localities when first asked for:

* residents: a normal cloud as wide as the locality's built-up ground, nobody in another
  county than registered; a sector of Bucharest is its whole territory, evenly;
* people near home: on roads, in fields and at the edge of places, thinning out with the
  distance from each locality;
* people anywhere: the same number on every km2 of the country.

The cloud samples this density (low-discrepancy, the same places every time). Where an area is
too small for it, `CallerCloud.fine` computes the density itself at close places.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from geodata.people.caller_cloud_kernels import gather, weigh_places
from geodata.points import LonLat
from geodata.reference.codes import CODES, SECTORS
from geodata.reference.worked_out import Arrays, Keeper, keep_nothing
from geodata.territories.localities import Locality
from geodata.territories.shares import Territories

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

METRES_PER_DEGREE = 111_200.0
# Standard deviation of the residents of a locality, in radii of the disc of its built-up ground.
# An even disc has 0.5. More, because settlements are not round and their label points do not
# lie in the middle.
_WIDTH = 0.65
_LEAST_WIDTH_M = 120.0
# People who are not at home, for each who is; the part of them that may be anywhere at all.
_AWAY_PER_RESIDENT = 0.25
_ANYWHERE = 0.15
# They thin out with this distance from a locality, and grow with this power of its residents:
# fields and roads around a town are fuller than around a hamlet, but not in proportion.
_NEAR_HOME_M = 2_000.0
_CROWD_POWER = 0.6
_PLACES_PER_BUILT_KM2, _PLACES_MIN, _PLACES_MAX = 24.0, 16, 600
_PLACES_PER_SECTOR = 5_000
_PLACES_NEAR_HOME = 12
_KM_ANYWHERE = 1.0
# So many candidates are drawn for each place, because those in another county are left out.
_SPARE = 3
# Generators of the R2 sequence (M. Roberts, 2018), an even spread of any length.
_R2 = np.array([0.7548776662466927, 0.5698402909980532])
_CELL_DEG = (0.025, 0.018)
_FINE_PLACES = 384
NO_LOCALITY = -1


@dataclass(frozen=True, slots=True)
class Places:
    """
    Weighted places where callers may be.

    Degrees; `weight` in persons; `county` the index of a code; `locality` the index of the
    locality whose resident would be there, -1 for somebody who is not at home; `crowd` how many
    people are around, as a standard normal score among all callers.
    """

    lons: Floats
    lats: Floats
    weight: Floats
    county: Ints
    locality: Ints
    crowd: Floats

    def take(self, rows: NDArray[np.int64]) -> "Places":
        """Return some of the places."""
        return Places(
            self.lons[rows],
            self.lats[rows],
            self.weight[rows],
            self.county[rows],
            self.locality[rows],
            self.crowd[rows],
        )


@dataclass(frozen=True, slots=True)
class _Homes:
    """The density's own figures, one row for each locality that is not a sector."""

    lons: Floats
    lats: Floats
    width: Floats
    residents: Floats
    away: Floats
    county: Ints
    own_part: Floats
    locality: Ints


class CallerCloud:
    """The density of callers over the country, and its sample."""

    def __init__(
        self,
        localities: Sequence[Locality],
        territories: Territories,
        keeper: Keeper = keep_nothing,
    ) -> None:
        self._territories = territories
        found = keeper("caller_cloud", lambda: _worked_out(localities, territories))
        self._homes = _Homes(*(found[f"homes_{column.name}"] for column in fields(_Homes)))
        self._places = Places(*(found[f"places_{column.name}"] for column in fields(Places)))
        self._sector_density, self._of_sector = found["sector_density"], found["of_sector"]
        self._anywhere_m2 = float(found["anywhere_m2"])
        self._corner = (float(found["corner"][0]), float(found["corner"][1]))
        self._columns, self._rows = (int(size) for size in found["size"])
        self._starts, self._crowd = found["starts"], found["crowd"]

    def around(self, center: LonLat, reach_m: float) -> Places:
        """Return the places within a distance (and some beyond it)."""
        high = reach_m / METRES_PER_DEGREE
        # Taken at the edge nearer to the pole, where a degree of longitude is shortest.
        wide = high / np.cos(np.radians(min(abs(center.lat) + high, 89.0)))
        first = self._cell(center.lon - wide, center.lat - high)
        last = self._cell(center.lon + wide, center.lat + high)
        rows = gather(self._starts, self._columns, self._rows, first, last)
        return self._places.take(rows)

    def fine(self, center: LonLat, core_m: float, reach_m: float) -> Places:
        """Return close places, half of them within `core_m`, with the density at each."""
        lons, lats, ground_m2 = _disc_places(center, core_m, reach_m)
        county: Ints = self._territories.find_many(lons, lats).astype(np.int32)
        inside = county >= 0
        lons, lats, ground_m2 = (v[inside] for v in (lons, lats, ground_m2))
        county = county[inside]
        homes = self._homes
        at, home, weight = weigh_places(
            (lons, lats, county),
            self._near_homes(center, reach_m),
            (homes.lons, homes.lats, homes.width, homes.residents / homes.own_part, homes.away),
            homes.county,
            (_NEAR_HOME_M, self._anywhere_m2),
            self._sector_density,
        )
        rows = np.where(home >= 0, homes.locality[home], self._of_sector[county[at]])
        rows = np.where(home == NO_LOCALITY, NO_LOCALITY, rows).astype(np.int32)
        crowd = self._crowd[self._row_of(lats) * self._columns + self._column_of(lons)]
        return Places(lons[at], lats[at], weight * ground_m2[at], county[at], rows, crowd[at])

    def _near_homes(self, center: LonLat, reach_m: float) -> NDArray[np.int64]:
        far = reach_m + 5.0 * np.maximum(self._homes.width, _NEAR_HOME_M)
        dy = (self._homes.lats - center.lat) * METRES_PER_DEGREE
        dx = (self._homes.lons - center.lon) * METRES_PER_DEGREE * np.cos(np.radians(center.lat))
        return np.flatnonzero(dx * dx + dy * dy < far * far)

    def _column_of(self, lons: Floats) -> NDArray[np.int64]:
        column = ((lons - self._corner[0]) / _CELL_DEG[0]).astype(np.int64)
        return np.clip(column, 0, self._columns - 1)

    def _row_of(self, lats: Floats) -> NDArray[np.int64]:
        row = ((lats - self._corner[1]) / _CELL_DEG[1]).astype(np.int64)
        return np.clip(row, 0, self._rows - 1)

    def _cell(self, lon: float, lat: float) -> tuple[int, int]:
        column = np.floor((lon - self._corner[0]) / _CELL_DEG[0])
        row = np.floor((lat - self._corner[1]) / _CELL_DEG[1])
        return int(column), int(row)


def _worked_out(localities: Sequence[Locality], territories: Territories) -> Arrays:
    """Draw the sample and sort it by the cells of a grid: everything a cloud is made of."""
    homes, residents = _residents(localities, territories)
    sectors, sector_density, of_sector = _in_sectors(localities, territories)
    near = _near_home(homes, territories)
    anywhere, anywhere_m2 = _anywhere(float(homes.residents.sum()), territories)
    places = joined_places([residents, sectors, near, anywhere])
    corner = np.array([places.lons.min(), places.lats.min()])
    column = ((places.lons - corner[0]) / _CELL_DEG[0]).astype(np.int64)
    row = ((places.lats - corner[1]) / _CELL_DEG[1]).astype(np.int64)
    columns, rows = int(column.max()) + 1, int(row.max()) + 1
    cell = row * columns + column
    order = np.argsort(cell, kind="stable")
    crowd = _crowd(cell, places.weight, (rows, columns))
    sorted_places = replace(places, crowd=crowd[cell]).take(order)
    return {
        **{f"homes_{f.name}": getattr(homes, f.name) for f in fields(_Homes)},
        **{f"places_{f.name}": getattr(sorted_places, f.name) for f in fields(Places)},
        "sector_density": sector_density,
        "of_sector": of_sector,
        "anywhere_m2": np.array(anywhere_m2),
        "corner": corner,
        "size": np.array([columns, rows]),
        "starts": np.searchsorted(cell[order], np.arange(columns * rows + 1)),
        "crowd": crowd,
    }


# ── the layers ────────────────────────────────────────────────────────────────
def _residents(localities: Sequence[Locality], territories: Territories) -> tuple[_Homes, Places]:
    index = np.array([i for i, r in enumerate(localities) if r.county not in SECTORS])
    rows = [localities[i] for i in index]
    lons, lats = (np.array([r.place[k] for r in rows]) for k in (0, 1))
    built = np.array([r.built_km2 for r in rows])
    people = np.array([r.population for r in rows])
    county = np.array([CODES.index(r.county) for r in rows], dtype=np.int32)
    width = np.maximum(_WIDTH * 1000.0 * np.sqrt(built / np.pi), _LEAST_WIDTH_M)
    count = np.clip(_PLACES_PER_BUILT_KM2 * built, _PLACES_MIN, _PLACES_MAX).astype(np.int64)
    owner, u, v = _sequences(count * _SPARE)
    # The distance from the middle of a normal cloud, by inverting its distribution; `log1p`
    # keeps the digits of small u.
    far = width[owner] * np.sqrt(-2.0 * np.log1p(-u))
    x, y = _moved(lons[owner], lats[owner], far, v)
    own = territories.find_many(x, y) == county[owner]
    tried = np.bincount(owner, minlength=len(rows))
    part = np.bincount(owner, own, minlength=len(rows)) / tried
    # Two of 13,746 label points lie in a neighbouring county. No candidate of theirs would
    # be left, so they keep all of them.
    lost = part == 0.0
    own |= lost[owner]
    part[lost] = 1.0
    kept = np.flatnonzero(own)
    kept = kept[_rank_in_group(owner[kept]) < count[owner[kept]]]
    who = owner[kept]
    weight = people[who] / np.bincount(who, minlength=len(rows))[who]
    places = _uncrowded(x[kept], y[kept], weight, county[who], index[who].astype(np.int32))
    crowd = people**_CROWD_POWER
    away = _AWAY_PER_RESIDENT * (1.0 - _ANYWHERE) * people.sum() * crowd / crowd.sum()
    of = index.astype(np.int32)
    return _Homes(lons, lats, width, people, away, county, part, of), places


def _in_sectors(
    localities: Sequence[Locality], territories: Territories
) -> tuple[Places, Floats, Ints]:
    """Return places in the sectors of Bucharest; persons per m2 and locality by county."""
    density, locality = np.zeros(len(CODES)), np.full(len(CODES), NO_LOCALITY, np.int32)
    found = []
    for index, row in enumerate(localities):
        if row.county not in SECTORS:
            continue
        code = CODES.index(row.county)
        locality[code] = index
        lons, lats = _box_places(row.place, 0.16, 8 * _PLACES_PER_SECTOR)
        inside = np.flatnonzero(territories.find_many(lons, lats) == code)[:_PLACES_PER_SECTOR]
        ground = float(territories.polygons[code].area)
        density[code] = row.population / ground
        size = len(inside)
        weight = np.full(size, row.population / size)
        of, at = np.full(size, code, np.int32), np.full(size, index, np.int32)
        found.append(_uncrowded(lons[inside], lats[inside], weight, of, at))
    return joined_places(found), density, locality


def _near_home(homes: _Homes, territories: Territories) -> Places:
    count = np.full(len(homes.lons), _PLACES_NEAR_HOME)
    owner, u, v = _sequences(count)
    far = -_NEAR_HOME_M * np.log1p(-u)
    x, y = _moved(homes.lons[owner], homes.lats[owner], far, v)
    county = territories.find_many(x, y).astype(np.int32)
    inside = county >= 0
    weight = homes.away[owner[inside]] / _PLACES_NEAR_HOME
    nobody = np.full(int(inside.sum()), NO_LOCALITY, np.int32)
    return _uncrowded(x[inside], y[inside], weight, county[inside], nobody)


def _anywhere(residents: float, territories: Territories) -> tuple[Places, float]:
    """Return an even net over the country, and its persons per m2."""
    step = _KM_ANYWHERE * 1000.0 / METRES_PER_DEGREE
    lats = np.arange(43.6, 48.3, step)
    parts: list[Floats] = []
    for lat in lats:
        # Every second row is shifted by half a step, which spreads the net more evenly.
        lons = np.arange(20.2 + 0.5 * step * (len(parts) % 2), 29.8, step / np.cos(np.radians(lat)))
        parts.append(np.column_stack([lons, np.full(len(lons), lat)]))
    net = np.vstack(parts)
    county = territories.find_many(net[:, 0], net[:, 1]).astype(np.int32)
    inside = county >= 0
    net, county = net[inside], county[inside]
    people = _AWAY_PER_RESIDENT * _ANYWHERE * residents
    weight = np.full(len(net), people / len(net))
    nobody = np.full(len(net), NO_LOCALITY, np.int32)
    density = people / (len(net) * (_KM_ANYWHERE * 1000.0) ** 2)
    return _uncrowded(net[:, 0], net[:, 1], weight, county, nobody), density


def _crowd(cell: NDArray[np.int64], people: Floats, size: tuple[int, int]) -> Floats:
    """Return for each cell how many people are within 5 km, as a normal score of all callers."""
    # Only where the cloud is drawn: scipy takes a tenth of a second to come.
    from scipy.ndimage import uniform_filter
    from scipy.special import ndtri

    own = np.bincount(cell, people, minlength=size[0] * size[1])
    # A window of five by five cells, each about 2 km wide.
    around = uniform_filter(own.reshape(size), 5, mode="constant").ravel()
    order = np.argsort(around, kind="stable")
    below = np.cumsum(own[order]) - own[order] / 2.0
    score = np.empty(len(own))
    score[order] = ndtri(np.clip(below / own.sum(), 1e-3, 1.0 - 1e-3))
    return score


# ── drawing ───────────────────────────────────────────────────────────────────
def _sequences(count: NDArray[np.int64]) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Return the group of each draw and its two coordinates in 0..1, evenly spread in a group."""
    owner = np.repeat(np.arange(len(count)), count)
    k = _rank_in_group(owner) + 1.0
    # Each group starts at another point of the sequence; otherwise all localities would have
    # the same pattern of places.
    start = owner[:, None] * np.array([0.618033988749895, 0.414213562373095])
    u, v = ((start + k[:, None] * _R2) % 1.0).T
    return owner, u, v


def _rank_in_group(owner: NDArray[np.int64]) -> NDArray[np.int64]:
    first = np.searchsorted(owner, owner)
    return np.arange(len(owner)) - first


def _moved(lons: Floats, lats: Floats, far_m: Floats, turn: Floats) -> tuple[Floats, Floats]:
    angle = 2.0 * np.pi * turn
    lat = lats + far_m * np.cos(angle) / METRES_PER_DEGREE
    lon = lons + far_m * np.sin(angle) / (METRES_PER_DEGREE * np.cos(np.radians(lats)))
    return lon, lat


def _box_places(middle: LonLat, half_deg: float, count: int) -> tuple[Floats, Floats]:
    uv = (0.5 + np.arange(1, count + 1)[:, None] * _R2) % 1.0
    return (
        middle.lon + (2.0 * uv[:, 0] - 1.0) * half_deg,
        middle.lat + (2.0 * uv[:, 1] - 1.0) * half_deg * 0.7,
    )


def _disc_places(center: LonLat, core_m: float, reach_m: float) -> tuple[Floats, Floats, Floats]:
    """Return places of a disc, even in its core and thinning beyond, and the m2 of each."""
    uv = (0.5 + np.arange(1, _FINE_PLACES + 1)[:, None] * _R2) % 1.0
    u, half = uv[:, 0], _FINE_PLACES / 2
    inner = core_m * np.sqrt(np.minimum(2.0 * u, 1.0))
    ratio = reach_m / core_m
    outer = core_m * ratio ** np.maximum(2.0 * u - 1.0, 0.0)
    core = u < 0.5
    far = np.where(core, inner, outer)
    # Beyond the core places are even in ln(r), so each stands for the more ground the farther
    # out it lies: 2 pi r2 ln(ratio) / n.
    m2 = np.where(core, np.pi * core_m**2 / half, 2 * np.pi * outer**2 * np.log(ratio) / half)
    lons, lats = _moved(
        np.full(_FINE_PLACES, center.lon), np.full(_FINE_PLACES, center.lat), far, uv[:, 1]
    )
    return lons, lats, m2


def _uncrowded(lons: Floats, lats: Floats, weight: Floats, county: Ints, locality: Ints) -> Places:
    return Places(lons, lats, weight, county, locality, np.zeros(len(lons)))


def joined_places(parts: Sequence[Places]) -> Places:
    """Return the places of all; a place in two of them is there twice."""
    if len(parts) == 1:
        return parts[0]
    return Places(
        np.concatenate([p.lons for p in parts]),
        np.concatenate([p.lats for p in parts]),
        np.concatenate([p.weight for p in parts]),
        np.concatenate([p.county for p in parts]),
        np.concatenate([p.locality for p in parts]),
        np.concatenate([p.crowd for p in parts]),
    )
