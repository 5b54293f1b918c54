"""A background part that ends is started again, and readiness knows when one does not get on."""

import asyncio
import threading

import pytest

from api.supervision import (
    LONGEST_PAUSE_S,
    Pulse,
    SupervisedThread,
    keep_running,
    keep_task_running,
)
from tests.conftest_d.waiting import wait_until

ERRORS = [
    OverflowError("date value out of range"), ValueError("x"), KeyError("x"), OSError("x"),
    MemoryError(), RecursionError(), ExceptionGroup("x", [TypeError()]), AttributeError("x"),
]  # fmt: skip


class Part:
    """Fails some times, then gets on until it is stopped."""

    def __init__(self, error: Exception, failures: int) -> None:
        self.pulse, self.stopped = Pulse(60.0), threading.Event()
        self.error, self.failures, self.starts = error, failures, 0

    def work(self) -> None:
        self.starts += 1
        if self.starts <= self.failures:
            raise self.error
        self.pulse.beat()
        self.stopped.set()


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_thread_that_dies_of_anything_is_started_again(error: Exception) -> None:
    part = Part(error, failures=2)
    keep_running(part.work, "part", part.pulse, part.stopped)
    assert part.starts == 3
    assert part.pulse.is_well


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_task_that_dies_of_anything_is_started_again(error: Exception) -> None:
    part = Part(error, failures=2)

    async def work() -> None:
        part.work()
        await asyncio.sleep(3600)

    async def watch() -> None:
        task = asyncio.create_task(keep_task_running(work, "part", part.pulse))
        while not part.stopped.is_set():
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(watch())
    assert part.starts == 3


def test_a_part_that_failed_is_not_well_until_it_gets_on() -> None:
    pulse = Pulse(60.0)
    pulse.fail()
    assert not pulse.is_well
    pulse.beat()
    assert pulse.is_well


def test_silence_is_seen() -> None:
    now = 0.0
    pulse = Pulse(5.0, clock=lambda: now)
    now = 5.5
    assert not pulse.is_well


def test_pauses_grow_and_end_somewhere() -> None:
    pulse = Pulse(5.0)
    pauses = [pulse.fail() for _ in range(100)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE_S


def test_a_stopped_part_is_not_started() -> None:
    part = Part(ValueError(), failures=0)
    part.stopped.set()
    keep_running(part.work, "part", part.pulse, part.stopped)
    assert part.starts == 0


class Fragile(SupervisedThread):
    """Fails some times, then works until it is told to stop."""

    def __init__(self, error: Exception, failures: int) -> None:
        super().__init__("fragile part", patience_s=60.0, join_s=5.0)
        self.error, self.failures, self.starts, self.ended = error, failures, 0, False

    def work(self) -> None:
        self.starts += 1
        if self.starts <= self.failures:
            raise self.error
        self.pulse.beat()
        self.stopped.wait()
        self.ended = True


@pytest.mark.parametrize("failures", [0, 1, 2])
def test_a_supervised_thread_works_while_inside_and_has_ended_after(failures: int) -> None:
    with Fragile(KeyError("x"), failures) as part:
        wait_until(lambda: part.starts == failures + 1 and part.pulse.is_well)
        assert not part.ended
        assert "fragile-part" in {thread.name for thread in threading.enumerate()}
    assert part.ended
    assert "fragile-part" not in {thread.name for thread in threading.enumerate()}
