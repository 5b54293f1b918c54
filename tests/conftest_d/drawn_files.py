"""Indexes of drawn PBF files, and the seconds of drives between their labels."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from geodata.points import LonLat
from geodata.roads.index import RoadIndex
from geodata.roads.reading.pbf import read_pbf
from tests.conftest_d.drawn_roads import drive_s
from tests.conftest_d.pbf_drawing import Road, Turn, write_pbf


def index_of(
    path: Path,
    ground: Mapping[str, LonLat],
    roads: Mapping[str, Road],
    *turns: Turn,
    points: Mapping[str, dict[str, str]] | None = None,
) -> RoadIndex:
    file = write_pbf(path / "x.osm.pbf", ground, roads, turns=turns, points=points)
    return RoadIndex.build(read_pbf(file)[0])


def seconds(index: RoadIndex, ground: Mapping[str, LonLat], ends: str) -> float | None:
    start, end = ends.split()
    return drive_s(index, ground[start], ground[end])


def near(expected: float) -> object:
    return pytest.approx(expected, rel=3e-3)
