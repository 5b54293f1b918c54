"""The index on disk: mapped, swapped while it answers, and refused when it is damaged."""

import json
import shutil
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from geodata.errors import RoadNetworkError
from geodata.points import LonLat
from geodata.roads.closures import Closure
from geodata.roads.index import RoadIndex
from geodata.roads.network import FAR
from geodata.roads.profiles import BUCHAREST_HOURS
from geodata.roads.publishing import arrays_directory
from geodata.roads.publishing.index_directory import open_index, read_generation, write_index
from geodata.roads.publishing.index_holder import RoadIndexHolder
from geodata.roads.publishing.publication import Publisher, Recustomizer
from geodata.roads.verify import random_places, random_weights, verify_index
from geodata.travel.travel_times import TravelTimes, load_travel_times

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, bucharest_index: RoadIndex) -> Path:
    root = tmp_path_factory.mktemp("index") / "roads"
    write_index(root, bucharest_index)
    return root


@pytest.fixture
def root(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "roads", symlinks=True))


def metric_of(index: RoadIndex) -> list[list[int]]:
    return [column.tolist() for column in (*index.metric.times, *index.metric.vias)]


def some_weights(index: RoadIndex, pieces: int, seed: int = 1) -> np.ndarray:
    return random_weights(index, pieces, np.random.default_rng(seed))


def test_a_mapped_index_is_the_one_written(written: Path, bucharest_index: RoadIndex):
    _, index = open_index(written)
    assert metric_of(index) == metric_of(bucharest_index)
    assert index.network.names == bucharest_index.network.names
    assert verify_index(index, searches=2, origins=100).largest_difference_ms == 0


def test_a_mapped_index_puts_places_where_the_other_does(written: Path, bucharest_index: RoadIndex):
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(26.0, 26.2, 300), rng.uniform(44.36, 44.52, 300)
    for outward in (True, False):
        ours, theirs = (
            one.place(lon, lat, max_distance_m=500.0, outward=outward)
            for one in (open_index(written)[1], bucharest_index)
        )
        assert ours.piece.tolist() == theirs.piece.tolist()
        assert ours.fraction.tolist() == theirs.fraction.tolist()


def test_the_manifest_says_what_and_from_where(written: Path):
    home = written / read_generation(written).index
    manifest = json.loads((home / "manifest.json").read_text())
    assert manifest["counts"]["nodes"] == 34_187
    assert len(manifest["about"]["source_sha256"]) == 64
    assert arrays_directory.find_damage(home) == []


def test_a_changed_byte_is_found_by_the_full_check(root: Path):
    home = root / read_generation(root).index
    file = home / "hierarchy.up.npy"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    assert arrays_directory.find_damage(home) == ["hierarchy.up"]


def code_of_opening(root: Path) -> str:
    with pytest.raises(RoadNetworkError) as caught:
        open_index(root)
    return caught.value.code


def a_file(root: Path, name: str) -> Path:
    generation = read_generation(root)
    folder = root / (generation.link if name.startswith("metric/") else generation.index)
    return folder / name.removeprefix("metric/")


@pytest.mark.parametrize("name", ["hierarchy.up.npy", "metric/ahead.npy", "network.names.npy"])
def test_a_file_cut_short_is_refused(root: Path, name: str):
    file = a_file(root, name)
    file.write_bytes(file.read_bytes()[:-100])
    assert code_of_opening(root) == "not_a_road_index"


@pytest.mark.parametrize("name", ["hierarchy.up.npy", "metric/back.npy", "open_ms.npy"])
def test_a_missing_file_is_refused(root: Path, name: str):
    a_file(root, name).unlink()
    assert code_of_opening(root) == "not_a_road_index"


@pytest.mark.parametrize("name", ["manifest.json", "metric/manifest.json"])
@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}'])
def test_a_damaged_manifest_is_refused(root: Path, name: str, text: str):
    a_file(root, name).write_text(text)
    assert code_of_opening(root) == "not_a_road_index"


def test_another_format_is_refused(root: Path):
    file = a_file(root, "manifest.json")
    file.write_text(json.dumps({**json.loads(file.read_text()), "format": 99}))
    assert code_of_opening(root) == "other_format"


def test_a_manifest_that_lists_too_little_is_refused(root: Path):
    file = a_file(root, "manifest.json")
    manifest = json.loads(file.read_text())
    del manifest["arrays"]["hierarchy.rank"]
    file.write_text(json.dumps(manifest))
    assert code_of_opening(root) == "not_a_road_index"


@pytest.mark.parametrize("content", [None, "empty", "dangling"])
def test_a_directory_without_an_index_is_refused(tmp_path: Path, content: str | None):
    root = tmp_path / "roads"
    if content:
        root.mkdir()
    if content == "dangling":
        (root / "current").symlink_to("index-1/metrics/000001")
    assert code_of_opening(root) == "file_missing"


def test_a_file_full_of_noise_is_refused(root: Path):
    file = a_file(root, "hierarchy.rank.npy")
    file.write_bytes(np.random.default_rng(0).bytes(file.stat().st_size))
    assert code_of_opening(root) == "not_a_road_index"


# --- publication


def test_few_changes_are_published_as_a_difference_and_many_as_a_whole(root: Path):
    publisher, (_, index) = Publisher(root), open_index(root)
    for pieces, in_part in ((3, True), (5, True), (3000, False), (4, False), (0, True)):
        weights = some_weights(index, pieces)
        done = publisher.publish(weights)
        assert done.in_part is in_part
        assert metric_of(open_index(root)[1]) == metric_of(index.with_weights(weights))


def test_a_change_of_nothing_publishes_nothing(root: Path):
    before, (_, index) = read_generation(root), open_index(root)
    assert Publisher(root).publish(index.weights_ms).changed_arcs == 0
    assert read_generation(root) == before


def test_two_publishers_take_turns(root: Path):
    first, second, (_, index) = Publisher(root), Publisher(root), open_index(root)
    for seed, publisher in enumerate((first, second, first, second)):
        weights = some_weights(index, 4, seed)
        publisher.publish(weights)
        now = open_index(root)[1]
        assert now.weights_ms.tolist() == weights.tolist()
        assert metric_of(now) == metric_of(index.with_weights(weights))


def test_old_states_are_cleared_away_but_not_what_a_difference_needs(root: Path):
    publisher, (_, index) = Publisher(root), open_index(root)
    for seed in range(8):
        publisher.publish(some_weights(index, 3, seed))
    metrics = root / read_generation(root).index / "metrics"
    assert sorted(p.name for p in metrics.iterdir()) == ["000001", "000007", "000008", "000009"]


def test_a_reader_keeps_its_times_when_the_files_are_gone(root: Path):
    _, index = open_index(root)
    before = metric_of(index)
    shutil.rmtree(root)
    assert metric_of(index) == before


def test_a_draft_left_by_a_crash_is_no_obstacle(root: Path):
    metrics = root / read_generation(root).index / "metrics"
    (metrics / "000002.part").mkdir()
    (root / "current.part").symlink_to("nowhere")
    Publisher(root).publish(some_weights(open_index(root)[1], 3))
    assert read_generation(root).metric == "000003"


def test_a_process_of_its_own_publishes_closures(root: Path, bucharest_index: RoadIndex):
    closure = Closure("1", NOW, pieces=(100, 101, 102))
    with Recustomizer(root) as recustomizer:
        assert recustomizer.ready.result(60)
        done = recustomizer.apply([closure], NOW, profile=BUCHAREST_HOURS).result(60)
    assert done.in_part
    closed = bucharest_index.closed_ms([closure], NOW)
    expected = BUCHAREST_HOURS.weights_ms(bucharest_index.network, closed)
    assert open_index(root)[1].weights_ms.tolist() == expected.tolist()


def test_a_process_that_cannot_open_its_directory_says_why(tmp_path: Path):
    with Recustomizer(tmp_path) as recustomizer, pytest.raises(RoadNetworkError) as caught:
        recustomizer.ready.result(60)
    assert caught.value.code == "file_missing"


# --- following a swap


def test_a_holder_hands_out_what_was_published(root: Path):
    holder = RoadIndexHolder(root)
    weights = some_weights(holder.get(), 3)
    Publisher(root).publish(weights)
    assert holder.refresh().weights_ms.tolist() == weights.tolist()
    assert holder.get().network is holder.refresh().network


def test_a_new_map_is_followed_too(root: Path, bucharest_index: RoadIndex):
    holder = RoadIndexHolder(root)
    old = holder.get()
    other = replace(bucharest_index, network=replace(bucharest_index.network, names=("", "x")))
    shutil.rmtree(root / "never", ignore_errors=True)
    write_index(root, other)
    assert holder.refresh().network.names == ("", "x")
    assert old.network.names != ("", "x")


def test_a_state_that_cannot_be_opened_leaves_the_old_one(root: Path):
    holder = RoadIndexHolder(root)
    before = holder.get()
    publisher = Publisher(root)
    publisher.publish(some_weights(before, 3))
    a_file(root, "metric/ahead.npy").unlink()
    assert holder.refresh() is before
    assert holder.problem
    assert holder.problem.code == "not_a_road_index"
    publisher.publish(some_weights(before, 4))
    assert holder.refresh() is not before
    assert holder.problem is None


def test_a_deleted_directory_leaves_the_index_and_names_the_problem(root: Path):
    holder = RoadIndexHolder(root)
    before = holder.get()
    shutil.rmtree(root)
    assert holder.get() is before
    assert holder.problem


def test_every_answer_during_swaps_is_the_old_or_the_new_truth(root: Path):
    """Four threads ask while two states take turns; a mixture would be neither."""
    holder = RoadIndexHolder(root)
    times = TravelTimes(holder)
    index, places = holder.get(), some_places(40)
    # The usual times, everything at half the speed, and a handful of pieces slowed more.
    slow = np.where(index.open_ms < FAR, index.open_ms * 2, FAR).astype(np.int32)
    states = [
        BUCHAREST_HOURS.weights_ms(index.network, index.open_ms),
        slow,
        some_weights(index, 30),
    ]
    truths = [answer(TravelTimes(index.with_weights(one)), places) for one in states]
    wrong: list[object] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            got = answer(times, places)
            if got not in truths:
                wrong.append(got)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    publisher = Publisher(root)
    for turn in range(9):
        publisher.publish(states[(turn + 1) % 3])
        holder.refresh()
        assert answer(times, places) == truths[(turn + 1) % 3]
    done.set()
    for thread in threads:
        thread.join()
    assert not wrong


def some_places(count: int) -> list[LonLat]:
    rng = np.random.default_rng(9)
    lon, lat = rng.uniform(26.0, 26.2, count), rng.uniform(44.36, 44.52, count)
    return [LonLat(*place) for place in zip(lon.tolist(), lat.tolist(), strict=True)]


def answer(times: TravelTimes, places: list[LonLat]) -> list[float]:
    seconds = times.matrix(places[4:], places[:4], at=NOW)[0]
    return np.nan_to_num(seconds, nan=-1.0).ravel().tolist()


def test_travel_times_of_a_directory_are_those_of_the_file(root: Path):
    places = some_places(60)
    assert answer(load_travel_times(root), places) == answer(load_travel_times(), places)


def test_closures_of_a_shared_index_are_not_set_in_one_process(root: Path):
    with pytest.raises(RoadNetworkError) as caught:
        load_travel_times(root).set_closures([], NOW)
    assert caught.value.code == "shared_index"


def test_kept_labels_are_ready_before_the_new_times_answer(root: Path):
    holder = RoadIndexHolder(root)
    times = TravelTimes(holder)
    answer(times, some_places(50))
    Publisher(root).publish(some_weights(holder.get(), 3))
    holder.refresh()
    assert len(times._hours.current.kept.recent_places()) == 46


def test_a_mapped_index_matches_when_places_are_few_or_many(written: Path):
    _, index = open_index(written)
    places, one = (random_places(index, n, np.random.default_rng(n)) for n in (100, 1))
    few = index.matrix_ms(places, one)[:, 0]
    labels = index.labels(places.piece, places.fraction, outward=True)
    many = index.meet_ms(labels, np.arange(100, dtype=np.int32), places, one)[:, 0]
    assert np.minimum(few, FAR).tolist() == np.minimum(many, FAR).tolist()
