"""Waiting for Ctrl-C or SIGTERM without an event loop."""

import signal
import threading
from collections.abc import Callable

_LOOK_EVERY_S = 1.0


def wait_for_stop(is_alive: Callable[[], bool]) -> None:
    """Return when the process is asked to stop or nothing is left to wait for; main thread only."""
    asked = threading.Event()
    for wish in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wish, lambda *_: asked.set())
    while is_alive() and not asked.wait(_LOOK_EVERY_S):
        pass
