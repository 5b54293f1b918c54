"""Few requests run at a time, and nobody waits for those that are held up."""

import asyncio
import threading
import time
from functools import partial

import pytest
from anyio import CapacityLimiter, to_thread
from sqlalchemy import text

from api.threads import FEW, RequestThreads
from api.wiring import KEPT_CONNECTIONS
from tests.conftest_d.api import ApiServer
from tests.conftest_d.waiting import finished


async def most_at_once(requests: int, seconds: float, *, few: int, most: int) -> int:
    """Run so many blocking requests of so many seconds; return how many ran at one time."""
    running, highest, lock = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal running, highest
        with lock:
            running += 1
            highest = max(highest, running)
        time.sleep(seconds)
        with lock:
            running -= 1

    limiter = CapacityLimiter(100)
    threads = RequestThreads(limiter, few=few, most=most)
    looking = asyncio.create_task(threads.run())
    await asyncio.gather(*(to_thread.run_sync(work, limiter=limiter) for _ in range(requests)))
    looking.cancel()
    return highest


@pytest.mark.parametrize("requests", [1, 6, 60])
def test_quick_requests_run_a_few_at_a_time(requests: int):
    at_once = finished(most_at_once(requests, 0.005, few=3, most=12))
    assert at_once <= min(requests, 3)


@pytest.mark.parametrize(("few", "most"), [(1, 4), (3, 12), (4, 16), (8, 2)])
def test_what_is_held_up_makes_room_up_to_the_most(few: int, most: int):
    assert finished(most_at_once(most + 5, 1.5, few=few, most=most)) == most


def test_room_that_was_made_is_taken_back():
    async def after_a_while() -> tuple[float, float]:
        limiter = CapacityLimiter(100)
        threads = RequestThreads(limiter, few=2, most=9)
        looking = asyncio.create_task(threads.run())
        held_up = partial(to_thread.run_sync, partial(time.sleep, 0.6), limiter=limiter)
        stuck = asyncio.gather(held_up(), held_up())
        await asyncio.sleep(0.45)
        meanwhile = limiter.total_tokens
        await stuck
        await asyncio.sleep(0.25)
        looking.cancel()
        return meanwhile, limiter.total_tokens

    assert finished(after_a_while()) == (4, 2)


@pytest.mark.parametrize(("requests", "few"), [(6, 1), (12, 2), (24, 4)])
def test_a_request_that_needs_a_thread_again_and_again_is_not_held_up(requests: int, few: int):
    """It waits in between; that it runs at many looks says nothing."""

    async def highest() -> float:
        limiter, tokens = CapacityLimiter(100), [0.0]
        threads = RequestThreads(limiter, few=few, most=100)

        async def request() -> None:
            for _ in range(8):
                await to_thread.run_sync(time.sleep, 0.015, limiter=limiter)
                tokens.append(limiter.total_tokens)

        looking = asyncio.create_task(threads.run())
        await asyncio.gather(*(request() for _ in range(requests)))
        looking.cancel()
        return max(tokens)

    assert finished(highest()) == few


def test_requests_that_wait_for_a_lock_hold_up_nobody_else(api: ApiServer):
    """More requests than run at a time wait for one row; another desk is answered meanwhile."""
    waiting = FEW + 2
    assert waiting < KEPT_CONNECTIONS
    team = api.new_team()
    desk, other = api.desk("dispatcher", "B3"), api.desk("operator", "B4")
    other.get("/v1/incidents")
    asking = [
        threading.Thread(
            target=desk.post, args=(f"/v1/teams/{team}/status",), kwargs={"json": {"status": one}}
        )
        for one in ["out_of_service", "available"] * (waiting // 2)
    ]
    with api.services.engine.begin() as connection:
        connection.execute(
            text("SELECT set_config('app.counties', '{B3}', true),"
                 " set_config('app.role', 'dispatcher', true)")
        )  # fmt: skip
        held = connection.execute(text("SELECT FROM team WHERE id = :id FOR UPDATE"), {"id": team})
        assert len(held.all()) == 1
        for one in asking:
            one.start()
        time.sleep(0.3)
        assert other.get("/v1/incidents").status_code == 200
        assert all(one.is_alive() for one in asking)
    for one in asking:
        one.join()
