"""
Starts the private PostgreSQL again when it has died: killed for memory, or by hand.

The server comes back at the same address, so pool, listener and road keeper reach it
again by themselves; until then requests are answered with 503. What was committed is in
its log and is recovered. Should it come back elsewhere, this process cannot go on: it
ends with a message, for whoever supervises it to start it anew.
"""

import logging
import os
import signal
import threading
from typing import Self

from api.supervision import Pulse, keep_running
from geodata.database.embedded import EmbeddedCluster

LOOK_EVERY_S = 0.5
_PATIENCE_S = 90.0

_log = logging.getLogger("dispatch119.database")


class ClusterWatch:
    """Watches one cluster while inside; a context manager."""

    def __init__(self, cluster: EmbeddedCluster) -> None:
        self._cluster, self._url = cluster, cluster.url
        self.pulse = Pulse(_PATIENCE_S)
        self._stopped = threading.Event()
        self._thread = threading.Thread(
            target=keep_running,
            args=(self._watch, "database server", self.pulse, self._stopped),
            name="cluster-watch",
            daemon=True,
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join(timeout=70)

    def _watch(self) -> None:
        while not self._stopped.wait(LOOK_EVERY_S):
            if self._cluster.has_died():
                _log.error("the database server has died and is started again")
                self._cluster.start()
                self._check_address()
                _log.warning("the database server runs again")
            self.pulse.beat()

    def _check_address(self) -> None:
        if self._cluster.url != self._url:
            _log.critical("the database server came back at another address: this process ends")
            os.kill(os.getpid(), signal.SIGTERM)
