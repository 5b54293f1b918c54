"""Waiting for what happens in another thread or process, for as long as it may take."""

import time
from collections.abc import Callable
from typing import Any

PATIENT_S = 60.0


def wait_until(is_so: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENT_S
    while not (found := is_so()):
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)
    return found
