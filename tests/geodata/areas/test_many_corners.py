"""Areas of very many corners cost a time that grows with the corners, not with a power of them."""

import math
import random
import time
from collections.abc import Callable

import numpy as np
import pytest
import shapely

from geodata.areas import likelihood as likelihoods
from geodata.areas.likelihood import StatedArea, likelihood
from geodata.areas.outline import Outline, read_outline
from geodata.areas.repair import MOST_CROSSINGS, made_valid
from geodata.areas.shapes import Polygon
from geodata.errors import BadShapeError
from geodata.people.population import load_population
from geodata.points import LonLat
from geodata.territories.shares import load_territories

Places = list[LonLat]


def at(radius_deg: float, turn: float) -> LonLat:
    return LonLat(
        25.6 + radius_deg * math.cos(math.tau * turn), 44.8 + radius_deg * math.sin(math.tau * turn)
    )


def circle(count: int) -> Places:
    return [at(0.3, i / count) for i in range(count)]


def star(count: int) -> Places:
    return [at(0.3 if i % 2 else 0.1, i / count) for i in range(count)]


def wave(count: int) -> Places:
    return [at(0.3 + 0.02 * math.sin(i / 7), i / count) for i in range(count)]


def tangle(count: int) -> Places:
    chance = random.Random(count)
    return [at(0.3 * chance.random(), chance.random()) for _ in range(count)]


def pentagram(count: int) -> Places:
    step = count // 2 - 1 + count % 2
    return [at(0.3, i * step / count) for i in range(count)]


def doubled(count: int) -> Places:
    return circle(count // 2) * 2


def cpu_s(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


@pytest.mark.parametrize("drawn", [tangle, pentagram, doubled])
@pytest.mark.parametrize("count", [200, 400, 10_000])
def test_an_outline_that_crosses_itself_often_is_refused_before_any_repair(
    drawn: Callable[[int], Places], count: int
) -> None:
    with pytest.raises(BadShapeError) as refused:
        made_valid(shapely.Polygon(drawn(count)))
    assert refused.value.code == "self_intersecting"


def test_twice_the_corners_take_nothing_like_the_cube_of_the_time() -> None:
    def refuse(count: int) -> None:
        with pytest.raises(BadShapeError):
            made_valid(shapely.Polygon(tangle(count)))

    refuse(200)
    small, large = (
        min(cpu_s(lambda n=count: [refuse(n) for _ in range(20)]) for _ in range(3))
        for count in (200, 400)
    )
    assert large < 4.0 * small


@pytest.mark.parametrize("slivers", [1, 3, 12])
def test_a_few_slivers_are_mended_in_an_outline_of_nine_thousand_corners(slivers: int) -> None:
    corners = circle(9_000)
    for i in range(slivers):
        corners[700 * i], corners[700 * i + 1] = corners[700 * i + 1], corners[700 * i]
    area = shapely.Polygon(corners)
    assert not area.is_valid
    assert made_valid(area).area == pytest.approx(area.area, rel=1e-4)


def test_the_limit_of_crossings_leaves_room_for_rounded_corners() -> None:
    assert 20 <= MOST_CROSSINGS <= 100


@pytest.mark.parametrize("drawn", [circle, star, wave])
def test_tiles_have_few_vertices_and_together_the_area(drawn: Callable[[int], Places]) -> None:
    outline = read_outline(drawn(9_000))
    tiles = outline.tiles()
    assert max(len(tile.ring) for tile in tiles) <= 1_024
    assert math.fsum(tile.area_m2 for tile in tiles) == pytest.approx(outline.area_m2, rel=1e-9)


@pytest.mark.parametrize("drawn", [circle, star, wave])
def test_tiles_give_the_shares_of_the_whole(
    drawn: Callable[[int], Places], monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = drawn(1_500)
    tiled = load_territories().shares_of_polygon(ring)
    people = load_population().persons_by_county(ring)
    monkeypatch.setattr(Outline, "tiles", lambda self: [self])
    whole = load_territories().shares_of_polygon(ring)
    assert dict(tiled.by_county) == pytest.approx(dict(whole.by_county), abs=1e-9)
    assert people == pytest.approx(load_population().persons_by_county(ring), rel=1e-6)


def test_an_index_gives_the_likelihood_that_every_edge_would(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chance = np.random.default_rng(9)
    lons, lats = chance.uniform(25.0, 26.2, 2_000), chance.uniform(44.3, 45.3, 2_000)
    area = StatedArea(Polygon(tuple(wave(1_500))), 0.9)
    indexed = likelihood(area, lons, lats)
    monkeypatch.setattr(likelihoods, "MANY_VERTICES", 10**6)
    assert indexed == pytest.approx(likelihood(area, lons, lats), rel=0.03)
