"""Waits for what happens in another thread or process, for as long as it may take."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")

PATIENT_S = 60.0


def wait_until(is_so: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENT_S
    while not (found := is_so()):
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)
    return found


def finished(work: Coroutine[Any, Any, T]) -> T:
    """
    Return what a coroutine returns.

    In a thread of its own: a browser test of the same process leaves Playwright's event loop
    running in the main thread, where `asyncio.run` would refuse to start another.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
