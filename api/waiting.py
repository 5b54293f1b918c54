"""Waiting for Ctrl-C or SIGTERM without an event loop."""

import signal
import threading


def wait_for_stop() -> None:
    """Return when the process is asked to stop; main thread only."""
    asked = threading.Event()
    for wish in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wish, lambda *_: asked.set())
    asked.wait()
