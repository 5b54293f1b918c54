"""`ready` fails while something beside the requests is dead or stuck, and heals with it."""

import shutil
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace

import httpx
import pytest

from tests.conftest_d.api import ApiServer

pytestmark = pytest.mark.integration


def not_ready(visitor: httpx.Client) -> set[str]:
    answer = visitor.get("/health/ready")
    failed = {name for name, is_well in answer.json()["checks"].items() if not is_well}
    assert answer.status_code == (503 if failed else 200)
    assert visitor.get("/health/live").status_code == 200
    return failed


def comes_true(is_so: Callable[[], bool], limit_s: float = 20.0) -> bool:
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    ("part", "check"),
    [
        ("listener", "live_changes"), ("hub", "live_changes"), ("courier", "handovers"),
        ("roads", "roads"), ("follower", "roads"),
    ],
)  # fmt: skip
def test_a_stuck_part_is_seen_and_forgiven(
    api: ApiServer, visitor: httpx.Client, part: str, check: str
) -> None:
    pulse = getattr(api.services, part).pulse
    patience_s, pulse._patience_s = pulse._patience_s, -1.0
    assert check in not_ready(visitor)
    pulse._patience_s = patience_s
    assert comes_true(lambda: check not in not_ready(visitor))


@pytest.mark.parametrize("part", ["roads", "follower"])
def test_a_road_thread_that_hits_a_bug_goes_on(
    api: ApiServer, visitor: httpx.Client, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    running, hit = getattr(api.services, part), threading.Event()

    def fail(*_: object) -> None:
        hit.set()
        raise OverflowError("date value out of range")

    with monkeypatch.context() as patch:
        patch.setattr(running, "_look", fail)
        assert hit.wait(20)
        assert comes_true(lambda: "roads" in not_ready(visitor))
    assert comes_true(lambda: not_ready(visitor) == set())


def test_a_listener_that_hits_a_bug_listens_again(
    api: ApiServer, visitor: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    hit = threading.Event()

    def fail(_: str) -> None:
        hit.set()
        raise OverflowError("x")

    with monkeypatch.context() as patch:
        patch.setattr(api.services.listener, "_take", fail)
        api.new_team("B3")
        assert hit.wait(20)
    assert comes_true(lambda: not_ready(visitor) == set())


def test_a_courier_that_hits_a_bug_delivers_again(
    api: ApiServer, visitor: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    hit = threading.Event()

    def fail(*_: object) -> None:
        hit.set()
        raise TypeError("x")

    with monkeypatch.context() as patch:
        patch.setattr("dispatch.services.delivering.take_due", fail)
        assert hit.wait(20)
        assert comes_true(lambda: "handovers" in not_ready(visitor))
    assert comes_true(lambda: not_ready(visitor) == set())


def test_a_full_disk_is_not_ready(visitor: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    assert "disk" in not_ready(visitor)
