"""A drawn country with a city and fields: only in the city does the hour slow the roads."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from geodata.points import LonLat
from geodata.roads.hours import AFTER, BEFORE
from geodata.roads.index import RoadIndex
from geodata.roads.publishing.index_directory import read_generation
from geodata.travel.travel_times import TravelTimes
from tests.conftest_d.drawn_roads import draw_network, way
from tests.conftest_d.grid import grid

CHANGE = datetime(2026, 12, 1, 12, tzinfo=UTC)
"""Two in the afternoon in Bucharest: 0.55 becomes 0.53."""

NOON, EARLY, LATE = CHANGE - timedelta(hours=2), CHANGE - BEFORE, CHANGE + AFTER
NIGHT = datetime(2026, 12, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)

# The upper row lies in a city, the rest of the country is far from any.
GROUND = {**grid("A B C\nD E F", step_m=1000)}
FIELDS = grid("P Q R\nS T U", step_m=1000, corner=LonLat(27.7, 46.45))
ROADS = (
    way("A B C", "primary"), way("D E F"), way("A D"), way("B E"), way("C F"),
    way("P Q R", "primary"), way("S T U"), way("P S"), way("Q T"), way("R U"),
    way("C P", "primary"),
)  # fmt: skip
PLACES = [*GROUND.values(), *FIELDS.values()]


def index_of(*, speeds: str | None = "romania", **about: str) -> RoadIndex:
    network = draw_network({**GROUND, **FIELDS}, *ROADS)
    about = {**about, "speeds": speeds} if speeds else about
    return RoadIndex.build(replace(network, about=about), prune=True)


def write_older(root: Path) -> Path:
    """Make the current index of a directory one of another version; return its folder."""
    home = root / read_generation(root).index
    manifest = json.loads((home / "manifest.json").read_text())
    (home / "manifest.json").write_text(json.dumps({**manifest, "format": 1}))
    return home


def ask(travel: TravelTimes, at: datetime) -> list[float]:
    seconds = travel.matrix(PLACES, PLACES[:3], at=at)[0]
    return np.nan_to_num(seconds, nan=-1.0).ravel().tolist()


def own_hours(travel: TravelTimes) -> list[float]:
    return list(travel._hours.current.own)
