"""
Which of many bases reaches each of very many places first, and in what time.

One sweep over the network serves all places; nothing grows with bases x places.
Times are whole milliseconds of free flow, like everything of the index.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.roads.index import RoadIndex
from geodata.roads.network import FAR, Int32s
from geodata.roads.reach import Catchments, find_catchments
from geodata.roads.snapping import SnappedMany


@dataclass(frozen=True, slots=True)
class Nearest:
    """
    Nearest base of each place.

    `times_ms` is FAR or more and `owner` (number of the base) -1 where there is no way,
    also where the place itself is off the roads.
    """

    times_ms: NDArray[np.int64]
    owner: Int32s


def find_nearest_bases(
    index: RoadIndex,
    bases: SnappedMany,
    places: SnappedMany,
    catchments: Catchments | None = None,
    *,
    outward: bool = True,
) -> Nearest:
    """
    Time between the nearest base and each place, from the base (`outward`) or to it.

    Partial edges count. `catchments` is `find_catchments(index, bases, outward=outward)` where
    the caller has it already.
    """
    catchments = catchments or find_catchments(index, bases, outward=outward)
    seeds = index.seeds(places.piece, places.fraction, outward=not outward)
    through = catchments.times_ms[seeds.nodes].astype(np.int64) + seeds.offsets
    better = through.argmin(axis=1)
    rows = np.arange(len(better))
    times = through[rows, better]
    owner = catchments.owner[seeds.nodes[rows, better]].copy()
    for number, piece in enumerate(bases.piece.tolist()):
        if piece < 0:
            continue
        here = np.flatnonzero(places.piece == piece)
        start = np.full(len(here), bases.fraction[number])
        ends = (start, places.fraction[here]) if outward else (places.fraction[here], start)
        direct = index.along_piece_ms(places.piece[here], *ends)
        sooner = direct < times[here]
        times[here[sooner]], owner[here[sooner]] = direct[sooner], number
    return Nearest(times, np.where(times < FAR, owner, -1).astype(np.int32))
