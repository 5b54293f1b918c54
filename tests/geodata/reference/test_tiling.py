"""How far borders moved, measured where they may have: the same as measured everywhere."""

import numpy as np
import pytest
import shapely
import shapely.affinity
from numpy.typing import NDArray

from geodata.reference.build.tiling import Checkpoints, Polygons, agreement, border_shift

STEP_M = 10.0


def tiles(*rings: list[tuple[float, float]]) -> Polygons:
    """Draw polygons by their corners, in metres."""
    return np.array([shapely.Polygon(ring) for ring in rings])


def everywhere(before: Polygons, after: Polygons) -> float:
    """Measure at every vertex and every `STEP_M`, against every piece of the other line."""

    def directed(of: shapely.Geometry, to: shapely.Geometry) -> float:
        samples = shapely.points(shapely.get_coordinates(shapely.segmentize(of, STEP_M)))
        return float(shapely.distance(samples, to).max())

    lines = zip(shapely.boundary(before), shapely.boundary(after), strict=True)
    return max(max(directed(a, b), directed(b, a)) for a, b in lines)


def crooked(seed: int, corners: int, reach_m: float) -> NDArray[np.float64]:
    """Draw a ring whose corners lie between half and all of `reach_m` from its middle."""
    random = np.random.default_rng(seed)
    angle = np.sort(random.uniform(0.0, 2.0 * np.pi, corners))
    reach = random.uniform(0.5, 1.0, corners) * reach_m
    return np.column_stack([reach * np.cos(angle), reach * np.sin(angle)])


SQUARE = [(0.0, 0.0), (1000.0, 0.0), (1000.0, 1000.0), (0.0, 1000.0)]


@pytest.mark.parametrize(
    ("moved", "shift_m"),
    [
        (SQUARE, 0.0),
        # A corner is cut off: the old corner is furthest from the new line.
        ([*SQUARE[:2], (1000.0, 940.0), (940.0, 1000.0), SQUARE[3]], 60.0 / np.sqrt(2.0)),
        # A bay in the middle of a long side: the side that was straight is far from its new line.
        ([(0.0, 0.0), (450.0, 0.0), (500.0, 30.0), (550.0, 0.0), *SQUARE[1:]], 30.0),
        # A peak between two corners that stay, and no other corner near it.
        ([(0.0, 0.0), (500.0, -75.0), *SQUARE[1:]], 75.0),
        # Everything is moved aside.
        ([(x + 12.0, y) for x, y in SQUARE], 12.0),
    ],
)
def test_a_border_that_moved_has_moved_so_far(
    moved: list[tuple[float, float]], shift_m: float
) -> None:
    before, after = tiles(SQUARE), tiles(moved)
    assert border_shift(before, after, STEP_M) == pytest.approx(shift_m, abs=0.01)
    assert border_shift(after, before, STEP_M) == pytest.approx(shift_m, abs=0.01)


def test_between_two_corners_that_stay_is_looked_too() -> None:
    """A loop of 200 m is cut off: its far end is no corner of the new line, nor the reverse."""
    loop = [(0.0, 0.0), (490.0, 0.0), (490.0, -200.0), (510.0, -200.0), (510.0, 0.0), *SQUARE[1:]]
    assert border_shift(tiles(loop), tiles(SQUARE), STEP_M) == pytest.approx(200.0)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("tolerance_m", [5.0, 40.0, 300.0])
def test_it_is_what_measuring_everywhere_finds(seed: int, tolerance_m: float) -> None:
    far = shapely.affinity.translate(shapely.Polygon(crooked(seed + 100, 60, 5_000.0)), 20_000.0)
    before = np.array([shapely.Polygon(crooked(seed, 200, 5_000.0)), far])
    after = shapely.simplify(before, tolerance_m)
    expected = everywhere(before, after)
    assert border_shift(before, after, STEP_M) == pytest.approx(expected, abs=1e-6)
    assert border_shift(after, before, STEP_M) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("points", "counties", "share"),
    [
        ([(500, 500), (1500, 500)], [0, 1], 1.0),
        ([(500, 500), (1500, 500)], [1, 1], 0.5),
        # On the border it lies in both; outside it lies in none.
        ([(1000, 500), (1000, 500), (-5, 500), (500, 1)], [0, 1, 0, 0], 0.75),
    ],
)
def test_points_agree_that_lie_in_their_county(
    points: list[tuple[float, float]], counties: list[int], share: float
) -> None:
    east = [(x + 1000.0, y) for x, y in SQUARE]
    checkpoints = Checkpoints(shapely.points(points), np.array(counties))
    assert agreement(tiles(SQUARE, east), checkpoints) == share
