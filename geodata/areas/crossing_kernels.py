# mypy: disable-error-code="untyped-decorator"
"""How often the edges of an outline cross each other: compiled, and it stops counting early."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@njit(cache=True, nogil=True)
def _side(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> float:
    return (bx - ax) * (y - ay) - (by - ay) * (x - ax)


@njit(cache=True, nogil=True)
def count_crossings(edges: Floats, most: int) -> int:
    """
    Count the pairs of edges that cross or touch away from a common end.

    `edges` is (n, 4), x y of both ends, sorted by the lesser x of the two; counting stops
    when there are more than `most`.
    """
    count = 0
    for i in range(len(edges)):
        ax, ay, bx, by = edges[i, 0], edges[i, 1], edges[i, 2], edges[i, 3]
        east, south, north = max(ax, bx), min(ay, by), max(ay, by)
        for j in range(i + 1, len(edges)):
            px, py, qx, qy = edges[j, 0], edges[j, 1], edges[j, 2], edges[j, 3]
            if min(px, qx) > east:
                break
            if max(py, qy) < south or min(py, qy) > north:
                continue
            if (ax == qx and ay == qy) or (bx == px and by == py):
                continue
            p, q = _side(ax, ay, bx, by, px, py), _side(ax, ay, bx, by, qx, qy)
            a, b = _side(px, py, qx, qy, ax, ay), _side(px, py, qx, qy, bx, by)
            if (p > 0.0) == (q > 0.0) and p != 0.0 and q != 0.0:
                continue
            if (a > 0.0) == (b > 0.0) and a != 0.0 and b != 0.0:
                continue
            count += 1
            if count > most:
                return count
    return count
