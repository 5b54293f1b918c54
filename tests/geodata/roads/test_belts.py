"""Belts of a city: by distance from its centre, scaled by its size, and nowhere else."""

from dataclasses import replace

import numpy as np
import pytest

from geodata.points import LonLat
from geodata.roads.belts import BUCHAREST_CENTRE, find_belts
from geodata.roads.index import RoadIndex
from geodata.roads.network import FAR
from geodata.roads.profiles import BUCHAREST_HOURS, FREE_FLOW
from tests.conftest_d.drawn_roads import draw_network, way
from tests.conftest_d.grid import grid

EDGES = [2000.0, 4500.0, 7500.0]
CLUJ, IASI, VASLUI = (
    LonLat(23.61277, 46.77202), LonLat(27.60318, 47.15128), LonLat(27.73, 46.64),
)  # fmt: skip


def belt_at(centre: LonLat, east_m: float, road_class: str = "primary", **about: str) -> int:
    ground = grid("A B", step_m=100, corner=centre)
    east = east_m / (111_320 * np.cos(np.radians(centre.lat)))
    moved = {name: LonLat(p.lon + east, p.lat) for name, p in ground.items()}
    network = replace(draw_network(moved, way("A B", road_class)), about=about)
    return int(find_belts(network, EDGES)[0])


@pytest.mark.parametrize(
    ("away_m", "belt"),
    [(0, 0), (1800, 0), (2100, 1), (4300, 1), (4600, 2), (7300, 2), (7600, 3), (60_000, 3)],
)
def test_bucharest_has_the_belts_that_were_measured(away_m: float, belt: int):
    assert belt_at(BUCHAREST_CENTRE, away_m) == belt


# Built-up ground: Cluj-Napoca 93 km2, Iasi 46; sizes 0.62 and 0.44 of Bucharest's.
@pytest.mark.parametrize(
    ("city", "away_m", "belt"),
    [(CLUJ, 1000, 0), (CLUJ, 1500, 1), (CLUJ, 3500, 2), (CLUJ, 5000, 3),
     (IASI, 700, 0), (IASI, 1200, 1), (IASI, 2500, 2), (IASI, 3600, 3), (VASLUI, 0, 3)],
)  # fmt: skip
def test_another_city_has_them_scaled_by_its_size_and_a_town_none(
    city: LonLat, away_m: float, belt: int
):
    assert belt_at(city, away_m, speeds="romania") == belt


def test_a_ferry_and_the_country_have_none():
    assert belt_at(BUCHAREST_CENTRE, 0, "ferry") == 3
    # East of sector 2, within the outermost belt and outside the sectors.
    east = LonLat(26.1886, 44.4486)
    assert belt_at(east, 0) == 2
    assert belt_at(east, 0, speeds="romania") == 3


def test_belts_are_in_the_weights_and_barred_arcs_stay_barred(bucharest_index: RoadIndex):
    network, free = bucharest_index.network, bucharest_index.open_ms
    weights = BUCHAREST_HOURS.weights_ms(network, free)
    assert ((weights >= FAR) == (free >= FAR)).all()
    open_ = (free < FAR) & (free > 2000)
    ratio = (weights[open_] / free[open_]).round(2)
    assert set(np.unique(ratio).tolist()) == {1.0, 1.36, 1.48, 1.95}
    assert FREE_FLOW.weights_ms(network, free) is free
