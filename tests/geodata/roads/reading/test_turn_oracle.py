"""Imported files against a slow second reading of them, restrictions and all."""

import itertools
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.roads.index import RoadIndex
from geodata.roads.network import FAR
from geodata.roads.reading.pbf import read_pbf
from tests.conftest_d.grid import grid
from tests.conftest_d.pbf_drawing import Road, Turn, road, turn, write_pbf
from tests.geodata.roads.reading.turn_oracle import Oracle, Segment

# Not 300 m, up to which nobody turns back: lengths are rounded, by two programs in two ways.
TOWN = grid("A B C D\nE F G H\nI J K L", step_m=290)
KINDS = ["no_left_turn", "no_straight_on", "no_u_turn", "only_right_turn", "only_straight_on"]
EXCEPT = [{}, {}, {}, {"except": "psv"}, {"except": "motorcar;bus"}]


def compare(file: Path, pairs: list[tuple[Segment, Segment]], oracle: Oracle) -> int:
    """Compare drives between the middles of segments; return how many have a way."""
    index = RoadIndex.build(read_pbf(file)[0])
    reached = 0
    for start, end in pairs:
        middle = [
            np.mean([oracle.places[s.tail], oracle.places[s.head]], axis=0) for s in (start, end)
        ]
        lon, lat = np.array(middle).T.copy()
        ends = index.snap(lon, lat, max_distance_m=1.0)
        one, two = (ends.take(np.array([i])) for i in (0, 1))
        ours = int(index.matrix_ms(one, two)[0, 0])
        expected = min(oracle.drive_s(start, end).values(), default=None)
        if expected is None:
            assert ours >= FAR, (start, end, ours)
        else:
            assert ours / 1000 == pytest.approx(expected, abs=0.3), (start, end)
            reached += 1
    return reached


@st.composite
def towns(draw: st.DrawFn) -> tuple[dict[str, Road], list[Turn]]:
    """Streets of one or two blocks in a small town, and restrictions over nodes and ways."""
    labels = [line.split() for line in "A B C D\nE F G H\nI J K L".splitlines()]
    runs = list(labels) + [list(column) for column in zip(*labels, strict=True)]
    roads: dict[str, Road] = {}
    for run in runs:
        for a, b in itertools.pairwise(run):
            oneway = draw(st.sampled_from(["no", "no", "no", "yes", "-1"]))
            roads[f"{a}{b}"] = road(f"{a} {b}", oneway=oneway)
    names = sorted(roads)
    turns: list[Turn] = []
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.sampled_from(names))
        via = draw(st.sampled_from(start))
        near = sorted(n for n in names if via in n and n != start)
        tags = draw(st.sampled_from(EXCEPT))
        kind = draw(st.sampled_from(KINDS))
        middle = draw(st.sampled_from(near))
        if draw(st.booleans()):
            turns.append(turn(kind, start, via, middle, **tags))
            continue
        beyond = middle.replace(via, "")
        ends = sorted(n for n in names if beyond in n and n not in (middle, start))
        turns.append(turn(kind, start, [middle], draw(st.sampled_from(ends)), **tags))
    return roads, turns


@settings(max_examples=25, deadline=None)
@given(towns(), st.integers(0, 2**31))
def test_drawn_towns_with_restrictions_are_driven_as_the_signs_say(town, seed: int):
    roads, turns = town
    with TemporaryDirectory() as folder:
        file = write_pbf(Path(folder) / "x.osm.pbf", TOWN, roads, turns=turns)
        oracle = Oracle.read(file)
        rng = np.random.default_rng(seed)
        streets = sorted({Segment(s.way, *sorted(s[1:])) for s in oracle.seconds})
        chosen = rng.choice(len(streets), (10, 2))
        pairs = [(streets[a], streets[b]) for a, b in chosen.tolist() if a != b]
        compare(file, pairs, oracle)


def test_the_restrictions_of_helsinki_are_obeyed(shared_data: Path):
    file = shared_data / "roads" / "helsinki-centre.osm.pbf"
    oracle = Oracle.read(file)
    assert len(oracle.rules) == 36
    network = read_pbf(file)[0]
    rng = np.random.default_rng(7)
    # Ends on the restricted ways themselves, and anywhere.
    kept = set(network.way_id.tolist())
    concerned = {way for rule in oracle.rules for way in rule.ways}
    streets = sorted({Segment(s.way, *sorted(s[1:])) for s in oracle.seconds if s.way in kept})
    near = [s for s in streets if s.way in concerned]
    pairs = [(near[a], near[b]) for a, b in rng.choice(len(near), (30, 2)).tolist()]
    pairs += [(streets[a], streets[b]) for a, b in rng.choice(len(streets), (20, 2)).tolist()]
    assert compare(file, [(a, b) for a, b in pairs if a.way != b.way], oracle) > 25
