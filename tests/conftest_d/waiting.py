"""Waits for what runs asynchronously, whatever the test's own thread is doing."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def finished(work: Coroutine[Any, Any, T]) -> T:
    """
    Return what a coroutine returns.

    In a thread of its own: a browser test of the same process leaves Playwright's event loop
    running in the main thread, where `asyncio.run` would refuse to start another.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
