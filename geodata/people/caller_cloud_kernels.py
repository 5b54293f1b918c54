# mypy: disable-error-code="untyped-decorator"
"""Compiled loops of the caller cloud: the places of a box, and the density at a place."""

import math

import numpy as np
from numpy.typing import NDArray

from geodata.kernels import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Rows = NDArray[np.int64]

_METRES_PER_DEGREE = 111_200.0
# Below this part of the even layer a locality's residents are not worth a row.
_NOTHING = 1e-3
_LEAST_M = 100.0


@kernel(steps=lambda _starts, _columns, _rows, first, last: last[1] - first[1])
def gather(
    starts: Rows, columns: int, rows: int, first: tuple[int, int], last: tuple[int, int]
) -> Rows:
    """Return the places in the cells from `first` to `last` (column, row), both included."""
    west, east = max(first[0], 0), min(last[0], columns - 1)
    south, north = max(first[1], 0), min(last[1], rows - 1)
    count = 0
    if west <= east:
        for row in range(south, north + 1):
            count += starts[row * columns + east + 1] - starts[row * columns + west]
    found = np.empty(count, dtype=np.int64)
    k = 0
    if west <= east:
        for row in range(south, north + 1):
            start, end = starts[row * columns + west], starts[row * columns + east + 1]
            found[k : k + end - start] = np.arange(start, end)
            k += end - start
    return found


@kernel(steps=lambda places, near, *_: 2 * len(places[0]) * len(near))
def weigh_places(
    places: tuple[Floats, Floats, Ints],
    near: Rows,
    homes: tuple[Floats, Floats, Floats, Floats, Floats],
    home_county: Ints,
    layers: tuple[float, float],
    sector: Floats,
) -> tuple[Rows, Ints, Floats]:
    """
    Return the density (persons per m2) at each place, one row for each locality it is from.

    Returns
    -------
    at, locality, weight
        Index of the place, row of the home (-1 for nobody's, -2 for the sector's), persons per m2.
    """
    lons, lats, county = places
    home_lons, home_lats, width, residents, away = homes
    near_home_m, anywhere = layers
    size = len(lons) * (len(near) + 1)
    at, home, weight = np.empty(size, np.int64), np.empty(size, np.int32), np.empty(size)
    count = 0
    for k in range(len(lons)):
        aside = _METRES_PER_DEGREE * math.cos(math.radians(lats[k]))
        loose = anywhere
        for i in near:
            dx, dy = (lons[k] - home_lons[i]) * aside, (lats[k] - home_lats[i]) * _METRES_PER_DEGREE
            d2 = dx * dx + dy * dy
            # The layer near home has a spike at its middle; within 100 m it is level.
            d = max(math.sqrt(d2), _LEAST_M)
            loose += away[i] * math.exp(-d / near_home_m) / (2.0 * math.pi * near_home_m * d)
            spread = 2.0 * width[i] * width[i]
            if home_county[i] == county[k] and d2 < 8.0 * spread:
                density = residents[i] * math.exp(-d2 / spread) / (math.pi * spread)
                if density > _NOTHING * anywhere:
                    at[count], home[count], weight[count] = k, i, density
                    count += 1
        at[count], home[count], weight[count] = k, -1, loose
        count += 1
        if sector[county[k]] > 0.0:
            at[count], home[count], weight[count] = k, -2, sector[county[k]]
            count += 1
    return at[:count], home[:count], weight[:count]
