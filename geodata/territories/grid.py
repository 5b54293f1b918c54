"""
The border arcs cut into short pieces and sorted into a grid, for the compiled kernels.

Everything is EPSG:3035 metres. A piece is at most 1 km long, so that a query looks
only at cells within half a kilometre of it; cutting a straight line changes no area.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.crs import EQUAL_AREA
from geodata.reference.borders import OUTSIDE, read_borders
from geodata.reference.codes import CODES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CELL_M = 2000.0
_PIECE_M = 1000.0
MIXED = -2

_INDEX = {code: i for i, code in enumerate(CODES)} | {OUTSIDE: -1}


class BorderGrid(NamedTuple):
    """
    Border pieces in two orders of a grid of `CELL_M` squares, rows from south to north.

    `ax … by`, `left`, `right` are sorted by the cell that holds a piece's middle
    (`home_start`, CSR); `touch_start`, `touch` list the pieces that touch a cell (CSR);
    `owner` is the county of a cell without border, -1 abroad, `MIXED` with border.
    """

    x0: float
    y0: float
    columns: int
    rows: int
    ax: Floats
    ay: Floats
    bx: Floats
    by: Floats
    left: Ints
    right: Ints
    home_start: Ints
    touch_start: Ints
    touch: Ints
    owner: Ints


def build_grid() -> BorderGrid:
    """Build the grid from the compiled borders; `owner` is left for the kernel to fill."""
    pieces, left, right = _pieces()
    low = pieces.reshape(-1, 2).min(axis=0) - CELL_M
    high = pieces.reshape(-1, 2).max(axis=0) + CELL_M
    columns, rows = (int(n) for n in np.ceil((high - low) / CELL_M))
    middle = np.floor((pieces.mean(axis=1) - low) / CELL_M).astype(np.int64)
    home = middle[:, 1] * columns + middle[:, 0]
    order = np.argsort(home, kind="stable")
    pieces, left, right = pieces[order], left[order], right[order]
    touch_start, touch = _touching(pieces, low, columns, rows)
    ax, ay, bx, by = (np.ascontiguousarray(c) for c in pieces.reshape(-1, 4).T)
    return BorderGrid(
        x0=float(low[0]),
        y0=float(low[1]),
        columns=columns,
        rows=rows,
        ax=ax,
        ay=ay,
        bx=bx,
        by=by,
        left=left,
        right=right,
        home_start=_starts(home, columns * rows),
        touch_start=touch_start,
        touch=touch,
        owner=np.full(columns * rows, MIXED, dtype=np.int64),
    )


def count_pieces(grid: BorderGrid, center: tuple[float, float], reach_m: float) -> int:
    """Count the border pieces whose home cell touches the box around a disc (EPSG:3035 metres)."""
    (first, last), (bottom, top) = (
        _cells(middle - corner, reach_m, count)
        for middle, corner, count in zip(
            center, (grid.x0, grid.y0), (grid.columns, grid.rows), strict=True
        )
    )
    rows = np.arange(bottom, top) * grid.columns
    return int((grid.home_start[rows + last] - grid.home_start[rows + first]).sum())


def _cells(middle: float, reach_m: float, count: int) -> tuple[int, int]:
    """Return the first of a row's cells that a disc reaches, and the one behind the last."""
    ends = np.clip([(middle - reach_m) / CELL_M, (middle + reach_m) / CELL_M + 1], 0, count)
    return int(ends[0]), int(ends[1])


def _pieces() -> tuple[Floats, Ints, Ints]:
    """Return all border pieces (n, 2 ends, xy) with the index of the county on either side."""
    parts, left, right = [], [], []
    for border in read_borders():
        line = border.projected(EQUAL_AREA)
        short = _cut(line)
        parts.append(np.stack([short[:-1], short[1:]], axis=1))
        left.append(np.full(len(short) - 1, _INDEX[border.left]))
        right.append(np.full(len(short) - 1, _INDEX[border.right]))
    return np.concatenate(parts), np.concatenate(left), np.concatenate(right)


def _cut(line: Floats) -> Floats:
    """Insert vertices so that no segment is longer than a piece."""
    step = np.diff(line, axis=0)
    count = np.maximum(1, np.ceil(np.hypot(step[:, 0], step[:, 1]) / _PIECE_M)).astype(np.int64)
    segment = np.repeat(np.arange(len(step)), count)
    nth = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
    inner = line[segment] + step[segment] * (nth / count[segment])[:, None]
    return np.vstack([inner, line[-1:]])


def _touching(pieces: Floats, low: Floats, columns: int, rows: int) -> tuple[Ints, Ints]:
    """List, cell by cell, the pieces whose bounding box touches the cell."""
    # A hair of margin: a piece that ends on a cell's edge belongs to both cells.
    first = np.floor((pieces.min(axis=1) - 1e-3 - low) / CELL_M).astype(np.int64)
    last = np.floor((pieces.max(axis=1) + 1e-3 - low) / CELL_M).astype(np.int64)
    cells, members = [], []
    for right in (0, 1):
        for up in (0, 1):
            column, row = first[:, 0] + right, first[:, 1] + up
            inside = np.flatnonzero((column <= last[:, 0]) & (row <= last[:, 1]))
            cells.append(row[inside] * columns + column[inside])
            members.append(inside)
    cell, member = np.concatenate(cells), np.concatenate(members)
    order = np.lexsort((member, cell))
    return _starts(cell, columns * rows), member[order]


def _starts(cell: Ints, cells: int) -> Ints:
    return np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=cells))]).astype(np.int64)
