"""Kernels answer alike as plain Python and compiled, and go over when there is enough to do."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from geodata import kernels
from geodata.areas.likelihood import StatedArea, likelihood
from geodata.areas.shapes import ArcBand, Circle, Ellipse, Polygon, Shape
from geodata.people.population import load_population
from geodata.points import LonLat
from geodata.territories.shares import load_territories
from geodata.travel.travel_times import load_travel_times
from tests.conftest_d.folders import ROOT

BUCHAREST = LonLat(26.1025, 44.4268)
BORDERS = [BUCHAREST, LonLat(25.62, 45.24), LonLat(26.0, 43.89), LonLat(23.6, 46.77)]
MOMENT = datetime(2026, 11, 27, 16, tzinfo=UTC)

Answer = NDArray[Any]


def both_ways(ask: Callable[[], Answer], monkeypatch: pytest.MonkeyPatch) -> tuple[Answer, Answer]:
    """Ask as a program does that has just started, and as a server does."""
    answers = []
    for patience in (10**12, 0):
        monkeypatch.setattr(kernels._Process, "steps_left", patience)
        answers.append(np.asarray(ask()))
    return answers[0], answers[1]


@pytest.mark.parametrize("center", BORDERS)
@pytest.mark.parametrize("radius_m", [0.0, 80.0, 1_500.0, 30_000.0])
def test_shares_of_circles(
    center: LonLat, radius_m: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask() -> Answer:
        return load_territories().shares_of_circles([center.lon], [center.lat], [radius_m])

    plain, compiled = both_ways(ask, monkeypatch)
    assert plain == pytest.approx(compiled, abs=1e-11)


@pytest.mark.parametrize("center", BORDERS)
@pytest.mark.parametrize("corners", [3, 7, 40])
def test_shares_and_people_of_polygons(
    center: LonLat, corners: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = np.linspace(0.0, 2.0 * np.pi, corners, endpoint=False)
    ring = np.column_stack([center.lon + 0.05 * np.cos(turn), center.lat + 0.03 * np.sin(turn)])

    def ask() -> Answer:
        shares = load_territories().shares_of_polygon(ring)
        people = load_population().persons_by_county(ring)
        return np.array([*sorted(shares.by_county.values()), *sorted(people.values())])

    plain, compiled = both_ways(ask, monkeypatch)
    assert plain == pytest.approx(compiled, rel=1e-9, abs=1e-11)


@pytest.mark.parametrize(
    "shape",
    [
        Circle(BUCHAREST, 700.0),
        Ellipse(BUCHAREST, 2_000.0, 600.0, 30.0),
        ArcBand(BUCHAREST, 0.0, 3_000.0, 200.0, 120.0),
        ArcBand(BUCHAREST, 550.0, 1_100.0, 10.0, 360.0),
        Polygon((BUCHAREST, LonLat(26.15, 44.43), LonLat(26.12, 44.47))),
    ],
)
@pytest.mark.parametrize("core_m", [300.0, 3_000.0])
def test_likelihoods_where_callers_may_be(
    shape: Shape, core_m: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask() -> Answer:
        places = load_population().callers_near(BUCHAREST, core_m, 6_000.0)
        found = likelihood(StatedArea(shape, 0.8), places.lons, places.lats)
        return np.column_stack([places.lons, places.lats, places.weight, found])

    plain, compiled = both_ways(ask, monkeypatch)
    assert len(plain) > 50
    assert plain == pytest.approx(compiled, rel=1e-9)


@pytest.mark.parametrize("count", [1, 5, 40])
def test_road_times(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    step = np.arange(count)
    cars = [LonLat(26.02 + 0.003 * k, 44.40 + 0.002 * (k % 17)) for k in step.tolist()]
    calls = [LonLat(26.10, 44.43), LonLat(26.06, 44.45), LonLat(26.14, 44.41)]

    def ask() -> Answer:
        index = load_travel_times().index
        origins, ends = (
            index.place(*np.array(p).T.copy(), max_distance_m=500.0, outward=p is cars)
            for p in (cars, calls)
        )
        return index.matrix_ms(origins, ends)

    plain, compiled = both_ways(ask, monkeypatch)
    assert (plain == compiled).all()
    assert plain.max() > 60_000


def test_a_process_goes_over_when_its_patience_is_used_up() -> None:
    asked = (
        "import sys; from geodata.kernels import PATIENCE, kernel\n"
        "@kernel(steps=lambda n: n)\n"
        "def double(n: int) -> int: return 2 * n\n"
        "few = double(PATIENCE - 1), 'numba' in sys.modules\n"
        "double.compiled = lambda n: -n\n"
        "print(few, double(1), double(1))"
    )
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.decode().strip() == f"({2 * (kernels.PATIENCE - 1)}, False) -1 -1"
