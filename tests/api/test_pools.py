"""Work of strangers and passwords waits in a queue of its own, and a full one says so."""

import asyncio
import threading

import pytest
from starlette.concurrency import run_in_threadpool

from api.pools import BoundedPool, PoolFullError


async def _blocked(
    pool: BoundedPool, gate: threading.Event, count: int
) -> list[asyncio.Task[bool]]:
    tasks = [asyncio.create_task(pool.run(gate.wait)) for _ in range(count)]
    await asyncio.sleep(0.05)
    return tasks


@pytest.mark.parametrize(("threads", "queue"), [(1, 0), (1, 3), (2, 5)])
def test_one_more_than_the_queue_holds_is_refused_at_once(threads: int, queue: int) -> None:
    async def attack() -> None:
        pool, gate = BoundedPool(threads=threads, queue=queue), threading.Event()
        tasks = await _blocked(pool, gate, threads + queue)
        try:
            with pytest.raises(PoolFullError) as refused:
                await pool.run(gate.wait)
        finally:
            gate.set()
        assert refused.value.code == "pool_full"
        assert all(await asyncio.gather(*tasks))
        assert await pool.run(gate.wait)

    asyncio.run(attack())


def test_forty_requests_of_strangers_take_no_thread_from_the_others() -> None:
    async def attack() -> None:
        pool, gate = BoundedPool(threads=1, queue=60), threading.Event()
        tasks = await _blocked(pool, gate, 40)
        try:
            free = [run_in_threadpool(threading.get_ident) for _ in range(40)]
            await asyncio.wait_for(asyncio.gather(*free), timeout=20)
        finally:
            gate.set()
        await asyncio.gather(*tasks)

    asyncio.run(attack())


def test_a_failure_gives_its_place_back() -> None:
    async def fail() -> None:
        pool = BoundedPool(threads=1, queue=0)
        for _ in range(5):
            with pytest.raises(ZeroDivisionError):
                await pool.run(lambda: 1 // 0)

    asyncio.run(fail())
