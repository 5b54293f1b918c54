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

from api.supervision import SupervisedThread
from geodata.database.embedded import EmbeddedCluster

LOOK_EVERY_S = 0.5
_PATIENCE_S = 90.0

_log = logging.getLogger("dispatch119.database")


class ClusterWatch(SupervisedThread):
    """Watches one cluster while inside."""

    def __init__(self, cluster: EmbeddedCluster) -> None:
        super().__init__("database server", patience_s=_PATIENCE_S, join_s=70.0)
        self._cluster, self._url = cluster, cluster.url

    def work(self) -> None:
        """Look whether the server has died, and start it again."""
        while not self.stopped.wait(LOOK_EVERY_S):
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
