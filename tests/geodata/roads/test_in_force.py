"""What a state of the index says it was made with, and what closures mean on a map."""

import os
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geodata.errors import RefusedError
from geodata.points import LonLat
from geodata.roads.closures import Closure, find_pieces
from geodata.roads.in_force import ClosureInForce, InForce
from geodata.roads.index import RoadIndex
from geodata.roads.meaning import draw_pieces, find_meaning
from geodata.roads.network import FAR, RoadNetwork
from geodata.roads.profile_file import read_profile, write_profile
from geodata.roads.profiles import BUCHAREST_HOURS, FREE_FLOW, SpeedProfile
from geodata.roads.publishing.bundled import ensure_index, find_missed, is_bundled
from geodata.roads.publishing.index_directory import (
    open_index,
    read_generation,
    read_notes,
    write_index,
)
from geodata.roads.publishing.index_holder import RoadIndexHolder
from geodata.roads.publishing.publication import Publisher, Recustomizer
from geodata.travel.travel_times import BUNDLED_INDEX, TravelTimes
from tests.conftest_d.drawn_roads import draw_index, way
from tests.conftest_d.drives import seconds_between
from tests.conftest_d.folders import ROOT
from tests.conftest_d.grid import grid

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
GROUND = grid("A M B\nC N D")
ROADS = (way("A M", name="Lunga"), way("M B", name="Scurta"), way("A C N D B"), way("M N"))
SLOWER = SpeedProfile("slower homes", "drawn", FREE_FLOW.bands, {"residential": 0.5})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_index(tmp_path / "roads", draw_index(GROUND, *ROADS))
    return tmp_path / "roads"


def between(a: str, b: str) -> LonLat:
    return LonLat((GROUND[a].lon + GROUND[b].lon) / 2, (GROUND[a].lat + GROUND[b].lat) / 2)


def spot(a: str, b: str, name: str = "1") -> Closure:
    return Closure(name, NOW, spot=between(a, b))


# ── what was it made with ─────────────────────────────────────────────────────
def test_a_state_says_its_closures_and_its_profile(root: Path):
    Publisher(root).publish_closures([spot("A", "M")], NOW, profile=SLOWER)
    in_force = RoadIndexHolder(root).in_force
    assert (in_force.at, in_force.ids, in_force.profile) == (NOW, {"1"}, SLOWER)


def test_a_closure_that_changes_no_time_is_said_all_the_same(root: Path):
    publisher = Publisher(root)
    first = publisher.publish_closures([spot("A", "M")], NOW)
    second = publisher.publish_closures([spot("A", "M"), spot("A", "M", "2")], NOW)
    assert (second.changed_arcs, second.generation != first.generation) == (0, True)
    assert RoadIndexHolder(root).in_force.ids == {"1", "2"}
    assert (
        publisher.publish_closures(
            [spot("A", "M"), spot("A", "M", "2")], NOW + timedelta(hours=1)
        ).generation
        == second.generation
    )


def test_one_that_means_no_road_is_left_out(root: Path):
    far = Closure("far", NOW, spot=LonLat(20.5, 47.0))
    Publisher(root).publish_closures([far, spot("A", "M")], NOW)
    assert RoadIndexHolder(root).in_force.ids == {"1"}


def test_whoever_follows_learns_times_and_closures_in_one_step(root: Path):
    holder = RoadIndexHolder(root)
    times, told = TravelTimes(holder), []
    before = seconds_between(times, GROUND["A"], GROUND["B"], at=NOW)
    times.subscribe(lambda: told.append((times.in_force.ids, times.generation is not None)))
    Publisher(root).publish_closures([spot("A", "M")], NOW, profile=BUCHAREST_HOURS)
    times.follow()
    assert told == [({"1"}, True)]
    assert seconds_between(times, GROUND["A"], GROUND["B"], at=NOW) > before
    assert times.closures_near([GROUND["A"]], GROUND["B"]) == [1]
    assert times.info()["closures_in_force"] == 1


def test_a_profile_published_is_the_one_answered_with(root: Path):
    times = TravelTimes(RoadIndexHolder(root))
    once = SpeedProfile("once", "drawn", BUCHAREST_HOURS.bands)
    Publisher(root).publish_closures([], NOW, profile=once)
    times.follow()
    before = seconds_between(times, GROUND["A"], GROUND["B"], at=NOW)
    twice = SpeedProfile("twice", "drawn", BUCHAREST_HOURS.bands, {"residential": 0.5})
    Publisher(root).publish_closures([], NOW, profile=twice)
    times.follow()
    assert seconds_between(times, GROUND["A"], GROUND["B"], at=NOW) == pytest.approx(2 * before)
    assert times.profile_name(NOW) == "twice 14-17, 105 rides"


def test_notes_that_cannot_be_read_are_the_plain_state():
    for notes in (None, {}, {"speeds": {}}, {"speeds": None, "closures": 3}):
        assert InForce.from_notes(notes) == InForce()


def test_only_closures_near_a_drive_are_counted():
    here, far = (
        ClosureInForce("1", (26.1, 44.4, 26.11, 44.41)),
        ClosureInForce("2", (27.0, 46.0, 27.1, 46.1)),
    )
    in_force = InForce(NOW, (here, far))
    assert in_force.count_near(LonLat(26.08, 44.42), LonLat(26.13, 44.43)) == 1
    assert in_force.count_near(LonLat(27.05, 46.05), LonLat(27.05, 46.05)) == 1
    assert in_force.count_near(LonLat(22.0, 47.0), LonLat(22.1, 47.1)) == 0


def test_a_worker_that_died_is_started_again_when_asked(root: Path):
    with Recustomizer(root) as worker:
        assert worker.ready.result(60)
        assert not worker.revive()
        (pid,) = worker.pids
        os.kill(pid, 9)
        while worker.pids:
            pass
        assert worker.revive()
        assert worker.apply([spot("A", "M")], NOW).result(60).changed_arcs > 0
        assert worker.starts == 2


@pytest.mark.parametrize("ends", [["end_now"] * 2, ["close", "end_now"], ["end_now"] * 6])
def test_a_worker_may_be_ended_by_several_threads_at_once(root: Path, ends: list[str]):
    """Each closing the pipes would close somebody's file whose number is the same by then."""
    worker = Recustomizer(root)
    assert worker.ready.result(60)
    ((pid,), together) = worker.pids, threading.Barrier(len(ends))

    def end(how: str) -> None:
        together.wait()
        getattr(worker, how)()

    with ThreadPoolExecutor(len(ends)) as threads:
        # Whatever one of them raised is raised here.
        list(threads.map(end, ends))
    assert not is_running(pid)
    worker.end_now()


def test_a_worker_that_was_ended_is_not_started_again(root: Path):
    worker = Recustomizer(root)
    worker.end_now()
    with pytest.raises(RuntimeError):
        worker.apply([], NOW)
    assert not worker.revive()
    assert (worker.starts, worker.pids) == (1, ())


KILLED_PARENT = """
import os, sys
from pathlib import Path
from geodata.roads.publishing.publication import Recustomizer
if __name__ == "__main__":
    worker = Recustomizer(Path(sys.argv[1]))
    worker.ready.result(60)
    print(*worker.pids, flush=True)
    os.kill(os.getpid(), 9)
"""


def is_running(pid: int) -> bool:
    try:
        return "zombie" not in Path("/proc", str(pid), "status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_worker_does_not_outlive_a_parent_that_is_killed(root: Path, tmp_path: Path):
    script, output = tmp_path / "parent.py", tmp_path / "output"
    script.write_text(KILLED_PARENT)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    # Into a file: the worker holds the output open for as long as it lives.
    with output.open("w") as stream:
        subprocess.run([sys.executable, script, root], stdout=stream, env=environment, check=False)
    worker, deadline = int(output.read_text()), time.monotonic() + 30
    while is_running(worker):
        assert time.monotonic() < deadline, "the worker is still there"
        time.sleep(0.05)


# ── the profile on disk ───────────────────────────────────────────────────────
def test_a_profile_comes_back_from_its_file(tmp_path: Path):
    assert read_profile(tmp_path) == BUCHAREST_HOURS
    write_profile(tmp_path, SLOWER)
    assert read_profile(tmp_path) == SLOWER


@pytest.mark.parametrize("content", ["", "{", "[]", '{"name": "x"}', '{"bands": 3}'])
def test_a_damaged_profile_is_refused(tmp_path: Path, content: str):
    (tmp_path / "speed_profile.json").write_text(content)
    with pytest.raises(RefusedError) as caught:
        read_profile(tmp_path)
    assert caught.value.code == "bad_profile"


# ── what a closure means ──────────────────────────────────────────────────────
def test_a_spot_means_the_nearest_road_and_only_it():
    index = draw_index(GROUND, *ROADS)
    meaning = find_meaning(index, spot("A", "M"))
    assert (meaning.pieces, meaning.street_names) == (1, ("Lunga",))
    assert meaning.length_km == pytest.approx(1.0, rel=0.01)
    assert meaning.cut_off_nodes == 0


def test_a_spot_far_from_every_road_is_refused():
    index = draw_index(GROUND, *ROADS)
    nowhere = Closure("1", NOW, spot=LonLat(GROUND["A"].lon, GROUND["A"].lat + 0.01))
    with pytest.raises(RefusedError) as caught:
        find_meaning(index, nowhere)
    assert caught.value.code == "no_road_there"


def test_what_a_cut_separates_is_counted():
    ground = grid("A B C D E F")
    index = draw_index(ground, *(way(f"{a} {b}") for a, b in ("AB", "BC", "CD", "DE", "EF")))
    near_end = LonLat((ground["B"].lon + ground["C"].lon) / 2, ground["B"].lat)
    meaning = find_meaning(index, Closure("1", NOW, spot=near_end))
    assert meaning.cut_off_nodes == 2
    assert meaning.cut_off_share == pytest.approx(2 / index.network.node_count)
    slowed = find_meaning(index, Closure("1", NOW, spot=near_end, factor=0.5))
    assert slowed.cut_off_nodes == 0


@pytest.mark.parametrize("lat", [44.38, 44.43, 44.47])
def test_what_is_cut_off_agrees_with_strongly_connected_parts(
    bucharest_index: RoadIndex, lat: float
):
    network, line = bucharest_index.network, shapely.LineString([(25.9, lat), (26.3, lat)])
    closure = Closure("1", NOW, area=line)
    after = bucharest_index.closed_ms([closure], NOW)
    before_part, after_part = (
        main_part(network, one) for one in (bucharest_index.weights_ms, after)
    )
    driven = np.isin(np.arange(network.node_count), network.arc_tail[after < FAR])
    expected = int((before_part & ~after_part & driven).sum())
    assert find_meaning(bucharest_index, closure).cut_off_nodes == expected
    assert expected > 1000


def main_part(network: RoadNetwork, weights: np.ndarray) -> np.ndarray:
    driven = np.flatnonzero(weights < FAR)
    ends, count = (network.arc_tail[driven], network.arc_head[driven]), network.node_count
    links = coo_array((np.ones(len(driven), np.int8), ends), shape=(count, count))
    _, part = connected_components(links, directed=True, connection="strong")
    return part == np.bincount(part).argmax()


def test_the_place_that_is_closed_itself_does_not_count_as_cut_off():
    index = draw_index(GROUND, *ROADS)
    around = shapely.Point(GROUND["B"]).buffer(0.001)
    assert find_meaning(index, Closure("1", NOW, area=around)).cut_off_nodes == 0


def test_the_roads_meant_are_drawn_unless_they_are_too_many(bucharest_index: RoadIndex):
    whole = Closure("1", NOW, area=shapely.box(26.0, 44.3, 26.3, 44.6))
    assert draw_pieces(bucharest_index, whole) is None
    index = draw_index(GROUND, *ROADS)
    drawn = draw_pieces(index, spot("A", "M"))
    assert drawn is not None
    assert len(drawn["coordinates"]) == len(
        find_pieces(index.network, index.grids.whole, spot("A", "M"))[0]
    )


# ── the bundled network on disk ───────────────────────────────────────────────
def test_the_bundled_network_is_written_once_however_many_start(tmp_path: Path):
    root, written = tmp_path / "roads", []
    start = [
        threading.Thread(target=lambda: written.append(ensure_index(root, BUNDLED_INDEX)))
        for _ in range(3)
    ]
    for thread in start:
        thread.start()
    for thread in start:
        thread.join()
    assert sorted(written) == [False, False, True]
    assert is_bundled(root)
    assert open_index(root)[1].network.node_count == 34_187
    # Another bundled file (another version of the program) takes its place.
    mark = root / "bundled.json"
    mark.write_text(mark.read_text().replace('"sha256": "', '"sha256": "0'))
    assert ensure_index(root, BUNDLED_INDEX)
    # So does one in the format of another version, whatever its mark says, or a damaged one.
    for content in ('{"format": 1, "arrays": {}}', "{"):
        (root / read_generation(root).index / "manifest.json").write_text(content)
        assert ensure_index(root, BUNDLED_INDEX)
        assert open_index(root)[1].network.node_count == 34_187
        assert find_missed(root) is None
    # An imported one stays.
    write_index(root, draw_index(GROUND, *ROADS))
    assert not ensure_index(root, BUNDLED_INDEX)
    assert not is_bundled(root)
    assert read_notes(root, read_generation(root)) is None
    shutil.rmtree(root)


def test_an_imported_network_of_another_format_is_refused_or_stood_in_for(tmp_path: Path):
    root = tmp_path / "roads"
    network = draw_index(GROUND, *ROADS).network
    index = RoadIndex.build(replace(network, about={"source_file": "romania.osm.pbf"}))
    for name, part in (("map", "index"), ("times", "link")):
        write_index(root, index)
        home = root / getattr(read_generation(root), part)
        text = (home / "manifest.json").read_text().replace('"format": 2', '"format": 1')
        (home / "manifest.json").write_text(text)
        with pytest.raises(RefusedError) as caught:
            ensure_index(root, BUNDLED_INDEX)
        assert caught.value.code == "other_format", name
        assert "romania.osm.pbf" in caught.value.message
        assert caught.value.hint == "import it again: dispatch119 roads import FILE.osm.pbf"
        assert not is_bundled(root)
        assert ensure_index(root, BUNDLED_INDEX, instead_of_unreadable=True)
        assert (is_bundled(root), find_missed(root)) == (True, "romania.osm.pbf")
        assert home.is_dir()
        # At the next start it is still known what is missed.
        assert not ensure_index(root, BUNDLED_INDEX, instead_of_unreadable=True)
        assert find_missed(root) == "romania.osm.pbf"
    write_index(root, index)
    assert find_missed(root) is None
