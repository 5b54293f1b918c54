"""Hours of a network with two zones: shared where they are published, made apart where not."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geodata.points import LonLat
from geodata.roads.closures import Closure, close
from geodata.roads.customization import customize
from geodata.roads.index import RoadIndex
from geodata.roads.profiles import BUCHAREST_HOURS
from geodata.roads.publishing import publication
from geodata.roads.publishing.index_directory import open_state, read_generation, write_index
from geodata.roads.publishing.index_holder import RoadIndexHolder
from geodata.roads.publishing.publication import Publisher
from geodata.roads.zones import find_country_shares, scale_to_hour
from geodata.travel.hour_states import OWN_HOURS
from geodata.travel.travel_times import TravelTimes
from tests.conftest_d.folders import ROOT
from tests.conftest_d.two_zones import (
    CHANGE,
    EARLY,
    GROUND,
    LATE,
    NIGHT,
    NOON,
    PLACES,
    SECOND,
    ask,
    index_of,
    own_hours,
)

BANDS = [NIGHT + timedelta(hours=h) for h in (0, 5, 9, 13, 16, 18, 20)]


@pytest.fixture(scope="module")
def imported() -> RoadIndex:
    return index_of()


@pytest.fixture
def root(tmp_path: Path, imported: RoadIndex) -> Path:
    write_index(tmp_path / "roads", imported)
    return tmp_path / "roads"


def spot(*places: LonLat, name: str = "1") -> Closure:
    lon, lat = np.mean(places, axis=0).tolist()
    return Closure(name, NIGHT, spot=LonLat(lon, lat))


CLOSED = spot(GROUND["A"], GROUND["B"])


def publish(root: Path, at: datetime, *closures: Closure) -> publication.Published:
    return Publisher(root).publish_closures(closures, at, profile=BUCHAREST_HOURS)


def truth(imported: RoadIndex, at: datetime, *closures: Closure) -> list[float]:
    """Times worked out in memory, without any directory."""
    return ask(TravelTimes(imported, closures=closures, closed_at=NOON), at)


def is_mapped(array: np.ndarray) -> bool:
    while array.base is not None and not isinstance(array, np.memmap):
        array = array.base
    return isinstance(array, np.memmap) or type(array.base).__name__ == "mmap"


# ── what is published ─────────────────────────────────────────────────────────
def test_the_hour_of_now_is_answered_from_shared_files_alone(root: Path, imported: RoadIndex):
    publish(root, NOON, CLOSED)
    travel = TravelTimes(RoadIndexHolder(root))
    assert ask(travel, NOON) == truth(imported, NOON, CLOSED)
    assert own_hours(travel) == []
    index, pace = travel.roads_at(NOON)
    assert pace.factor == 0.55
    assert all(is_mapped(array) for array in (*index.metric.times, *index.metric.vias))
    assert index.metric.pruned is not None


def test_around_a_change_both_hours_are(root: Path, imported: RoadIndex):
    publish(root, EARLY, CLOSED)
    travel = TravelTimes(RoadIndexHolder(root))
    for at in (CHANGE - SECOND, CHANGE, CHANGE + SECOND):
        assert ask(travel, at) == truth(imported, at, CLOSED)
    assert truth(imported, CHANGE - SECOND, CLOSED) != truth(imported, CHANGE, CLOSED)
    assert own_hours(travel) == []


def test_an_hour_to_come_is_news_to_nobody_but_the_index(root: Path):
    publisher = Publisher(root)
    publisher.publish_closures([], NOON, profile=BUCHAREST_HOURS)
    travel = TravelTimes(RoadIndexHolder(root))
    told: list[object] = []
    travel.subscribe(lambda: told.append(travel.in_force.ids))
    ask(travel, NOON)
    publisher.publish_closures([], EARLY, profile=BUCHAREST_HOURS)
    travel.follow()
    assert (travel.in_force.hours, told) == ((0.55, 0.53), [])
    # The teams' labels are there before the first question of the new hour.
    before = travel.labels_computed
    ask(travel, CHANGE)
    assert travel.labels_computed == before
    publisher.publish_closures([], LATE, profile=BUCHAREST_HOURS)
    travel.follow()
    assert (travel.in_force.hours, told) == ((0.53,), [])
    publisher.publish_closures([CLOSED], LATE, profile=BUCHAREST_HOURS)
    travel.follow()
    assert told == [{"1"}]


def test_single_closures_stay_partial_for_one_hour_and_for_two(root: Path, imported: RoadIndex):
    publisher = Publisher(root)
    for at in (NOON, EARLY):
        publisher.publish_closures([], at, profile=BUCHAREST_HOURS)
        done = publisher.publish_closures([CLOSED], at, profile=BUCHAREST_HOURS)
        assert (done.in_part, done.changed_arcs) == (True, 2)
    shares = find_country_shares(imported.network)
    assert shares is not None
    _, index, others = open_state(root)
    free = BUCHAREST_HOURS.weights_ms(imported.network, imported.closed_ms([CLOSED], NOON))
    for one, factor in zip((index, *others), (0.55, 0.53), strict=True):
        assert one.free_ms.tolist() == free.tolist()
        assert one.weights_ms.tolist() == scale_to_hour(free, shares, factor).tolist()
        fresh = customize(imported.hierarchy, one.weights_ms)
        for mine, theirs in zip(
            (*one.metric.times, *one.metric.vias), (*fresh.times, *fresh.vias), strict=True
        ):
            assert mine.tolist() == theirs.tolist()


def test_another_process_goes_on_in_part_where_the_first_stopped(root: Path):
    publish(root, EARLY)
    publish(root, EARLY, CLOSED)
    second = spot(GROUND["B"], GROUND["C"], name="2")
    assert publish(root, EARLY, CLOSED, second).in_part
    assert RoadIndexHolder(root).in_force.ids == {"1", "2"}


def test_what_could_not_be_written_is_written_at_the_next_try(
    root: Path, monkeypatch: pytest.MonkeyPatch
):
    publisher = Publisher(root)
    publisher.publish_closures([], NOON, profile=BUCHAREST_HOURS)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "no room")

    with monkeypatch.context() as patch:
        patch.setattr(publication, "write_times", full)
        with pytest.raises(OSError, match="no room"):
            publisher.publish_closures([CLOSED], NOON, profile=BUCHAREST_HOURS)
    publisher.publish_closures([CLOSED], NOON, profile=BUCHAREST_HOURS)
    assert RoadIndexHolder(root).in_force.ids == {"1"}


def test_hours_that_are_over_are_cleared_away(root: Path, imported: RoadIndex):
    publisher = Publisher(root)
    for day in range(3):
        for at in (NOON, EARLY, LATE):
            publisher.publish_closures([], at + timedelta(days=day), profile=BUCHAREST_HOURS)
            for name in "ab":
                publisher.publish_closures(
                    [replace(CLOSED, id=name)], at + timedelta(days=day), profile=BUCHAREST_HOURS
                )
    metrics = root / read_generation(root).index / "metrics"
    # Three states of one hour, and the whole times they differ from.
    assert len(list(metrics.iterdir())) == 4
    assert ask(TravelTimes(RoadIndexHolder(root)), LATE) == truth(imported, LATE, CLOSED)


ASK = """
import sys
from datetime import datetime
from pathlib import Path
from geodata.roads.publishing.index_holder import RoadIndexHolder
from geodata.travel.travel_times import TravelTimes
from tests.conftest_d.two_zones import ask, own_hours
travel = TravelTimes(RoadIndexHolder(Path(sys.argv[1])))
for text in sys.argv[2:]:
    print(sum(ask(travel, datetime.fromisoformat(text))), own_hours(travel))
"""


def test_another_process_answers_the_same_without_work_of_its_own(root: Path, imported: RoadIndex):
    publish(root, EARLY, CLOSED)
    command = [sys.executable, "-c", ASK, str(root), *(at.isoformat() for at in (EARLY, CHANGE))]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    other = subprocess.run(
        command, capture_output=True, text=True, env=environment, check=True, timeout=60
    )
    expected = [f"{sum(truth(imported, at, CLOSED))} []" for at in (EARLY, CHANGE)]
    assert other.stdout.splitlines() == expected


# ── hours that nobody published ───────────────────────────────────────────────
def test_every_other_hour_is_exact_and_few_are_kept(root: Path, imported: RoadIndex):
    publish(root, NOON, CLOSED)
    travel = TravelTimes(RoadIndexHolder(root))
    for at in BANDS:
        assert ask(travel, at) == truth(imported, at, CLOSED)
        assert len(own_hours(travel)) <= OWN_HOURS
    assert own_hours(travel) == [BUCHAREST_HOURS.find_band(at).factor for at in BANDS[-2:]]


def slow_hour(
    monkeypatch: pytest.MonkeyPatch, travel: TravelTimes
) -> tuple[threading.Event, threading.Event, list[int]]:
    """Let the making of an hour wait: (it began, let it go on, how many were made)."""
    began, go_on, made, make = threading.Event(), threading.Event(), [], travel._hours._make

    def wait(*arguments: Any) -> Any:
        made.append(1)
        began.set()
        assert go_on.wait(60)
        return make(*arguments)

    monkeypatch.setattr(travel._hours, "_make", wait)
    return began, go_on, made


def in_thread(work: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    answers: list[object] = []
    thread = threading.Thread(target=lambda: answers.append(work()), daemon=True)
    thread.start()
    return thread, answers


def test_nobody_waits_for_an_hour_that_another_one_asked_for(
    root: Path, imported: RoadIndex, monkeypatch: pytest.MonkeyPatch
):
    publish(root, EARLY)
    travel = TravelTimes(RoadIndexHolder(root))
    evening = ask(travel, BANDS[4])
    began, go_on, made = slow_hour(monkeypatch, travel)
    thread, answers = in_thread(lambda: ask(travel, NIGHT))
    again, others = in_thread(lambda: ask(travel, NIGHT))
    assert began.wait(60)
    # Published hours, one made before, and a team that moves: all while it is being made.
    assert ask(travel, EARLY) == truth(imported, EARLY)
    assert ask(travel, CHANGE) == truth(imported, CHANGE)
    assert ask(travel, BANDS[4]) == evening
    travel.keep(PLACES)
    assert (answers, others, thread.is_alive()) == ([], [], True)
    go_on.set()
    for one in (thread, again):
        one.join(60)
    assert answers == others == [truth(imported, NIGHT)]
    assert made == [1]


def test_an_hour_follows_closures_as_long_as_somebody_asks_for_it(root: Path, imported: RoadIndex):
    publisher = Publisher(root)
    publisher.publish_closures([], NOON, profile=BUCHAREST_HOURS)
    travel = TravelTimes(RoadIndexHolder(root))
    ask(travel, NIGHT)
    publisher.publish_closures([CLOSED], NOON, profile=BUCHAREST_HOURS)
    travel.follow()
    assert own_hours(travel) == [0.94]
    publisher.publish_closures([], NOON, profile=BUCHAREST_HOURS)
    travel.follow()
    assert own_hours(travel) == []
    assert ask(travel, NIGHT) == truth(imported, NIGHT)


def test_a_map_imported_while_it_answers_costs_no_question_its_hour(
    tmp_path: Path, imported: RoadIndex
):
    root = tmp_path / "roads"
    write_index(root, index_of(speeds=None))
    travel = TravelTimes(RoadIndexHolder(root))
    ask(travel, NOON)
    write_index(root, imported.with_profile(BUCHAREST_HOURS))
    travel.follow()
    assert own_hours(travel) == [0.55]
    assert ask(travel, NOON) == truth(imported, NOON)
    publish(root, NOON)
    travel.follow()
    assert own_hours(travel) == []
    assert ask(travel, NOON) == truth(imported, NOON)


def test_every_answer_around_a_change_is_the_truth_of_its_hour(root: Path, imported: RoadIndex):
    """Threads ask about both hours while they are published, closed, opened and dropped."""
    publisher = Publisher(root)
    publisher.publish_closures([], NOON, profile=BUCHAREST_HOURS)
    travel = TravelTimes(RoadIndexHolder(root))
    truths = {
        at: [truth(imported, at), truth(imported, at, CLOSED)] for at in (NOON, CHANGE + SECOND)
    }
    wrong: list[object] = []
    done = threading.Event()

    def keep_asking(at: datetime) -> None:
        while not done.is_set():
            if ask(travel, at) not in truths[at]:
                wrong.append(at)

    threads = [threading.Thread(target=keep_asking, args=(at,)) for at in (*truths, *truths)]
    for thread in threads:
        thread.start()
    for turn in range(8):
        at = (NOON, EARLY, CHANGE, LATE)[turn % 4]
        publisher.publish_closures([CLOSED] * (turn % 2), at, profile=BUCHAREST_HOURS)
        travel.follow()
        assert ask(travel, at) == truths[NOON if at < CHANGE else CHANGE + SECOND][turn % 2]
    done.set()
    for thread in threads:
        thread.join()
    assert not wrong


# Places of closures, factor (None: closed), hour, and how usual times are scaled; one step each.
STEPS = [
    ([("AB", None)], NOON, 1.0),
    ([("AB", None), ("PQ", 0.5)], NOON, 1.0),
    ([("AB", 0.4), ("AE", 0.7)], NOON, 1.0),
    ([("AE", 0.7)], EARLY, 1.0),
    ([("PQ", 0.5), ("AB", None), ("QT", None)], EARLY, 1.0),
    ([("QT", None)], EARLY, 0.8),
    ([("QT", None), ("CF", 0.9)], LATE, 0.8),
    ([], LATE, 0.8),
    ([("CF", None)], LATE, 1.0),
    ([], NOON, 1.0),
]


@pytest.mark.parametrize("order", [STEPS, STEPS[::-1], STEPS[::3] + STEPS[1::3] + STEPS[2::3]])
@pytest.mark.parametrize("speeds", ["romania", None])
def test_after_any_closures_the_times_are_those_worked_out_anew(
    tmp_path: Path, order: list[Any], speeds: str | None
):
    root = tmp_path / "roads"
    write_index(root, index_of(speeds=speeds))
    publisher, labels = Publisher(root), dict(zip("ABCDEFPQRSTU", PLACES, strict=True))
    for step, (drawn, at, factor) in enumerate(order):
        usual = replace(BUCHAREST_HOURS, class_factors={"residential": factor})
        closures = [
            replace(spot(*(labels[name] for name in names), name=names), factor=share)
            for names, share in drawn
        ]
        publisher.publish_closures(closures, at, profile=usual)
        if step == 4:
            # Somebody else writes in between, and nobody knows which closures made these.
            Publisher(root).publish(np.maximum(publisher._index.open_ms // 2, 1))
        if step == 5:
            publisher.publish(publisher._index.open_ms)
            publisher.publish_closures(closures, at, profile=usual)
        _, first, others = open_state(root)
        hours = publication.hours_around(usual, at) if speeds else (None,)
        if step != 4:
            for index, hour in zip((first, *others), hours, strict=True):
                assert_is_fresh(index, closures, at, usual, hour)


def assert_is_fresh(index: RoadIndex, closures: list[Closure], at: datetime, usual: Any,
                    hour: float | None) -> None:  # fmt: skip
    free = close(
        index.network,
        index.grids.whole,
        usual.weights_ms(index.network, index.open_ms),
        closures,
        at,
    )
    assert index.free_ms.tolist() == free.tolist()
    weights, shares = free, find_country_shares(index.network)
    if hour is not None and shares is not None:
        weights = scale_to_hour(free, shares, hour)
    assert index.weights_ms.tolist() == weights.tolist()
    fresh = customize(index.hierarchy, weights)
    for mine, theirs in zip(
        (*index.metric.times, *index.metric.vias), (*fresh.times, *fresh.vias), strict=True
    ):
        assert mine.tolist() == theirs.tolist()
