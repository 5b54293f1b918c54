"""
Delivers hand-overs in the background: takes what is due, sends it, records the answer.

Beside hub and listener in the application's lifespan. The event loop only waits; the
database and the receiver are talked to in threads of our own, a few at once, so that a
receiver that hangs on one package does not hold up the others. Any number of processes may
run one: the database gives each attempt to one worker.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.clients.handover_senders import Sender
from api.metrics import Metrics
from api.supervision import Pulse
from dispatch.handover.delivery import DEFAULT_DELIVERY, DeliveryPolicy
from dispatch.services import delivering
from geodata.errors import RefusedError

_WORKERS = 3
_JSON, _PDF = "application/json", "application/pdf"
# A receipt that cannot be stored is tried again; after that the attempt runs out by itself
# and the package goes out again under the same key.
_RECORDINGS = 3
_LONGEST_PAUSE_S = 30.0
# Longer than the longest pause and the slowest receiver together.
_PATIENCE_S = 120.0

_log = logging.getLogger("dispatch119.handover")


@dataclass(slots=True)
class Courier:
    """One process's delivery of hand-overs; `is_running` is for those who watch it."""

    engine: Engine
    sender: Sender
    metrics: Metrics
    poll_s: float = 1.0
    policy: DeliveryPolicy = DEFAULT_DELIVERY
    is_running: bool = False
    pulse: Pulse = field(default_factory=lambda: Pulse(_PATIENCE_S))

    async def run(self) -> None:
        """Deliver until cancelled; what is being sent then is still recorded."""
        pool = ThreadPoolExecutor(_WORKERS + 1, thread_name_prefix="handover")
        self.is_running = True
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(_WORKERS):
                    group.create_task(self._repeat(pool, self.deliver_next))
                group.create_task(self._repeat(pool, self.look_around))
        except BaseExceptionGroup as errors:
            # Anything that arrives here is a bug. `is_running` tells readiness that packages no
            # longer leave.
            kinds = sorted({type(error).__name__ for error in errors.exceptions})
            _log.error("hand-overs stopped", extra={"kind": ",".join(kinds)}, exc_info=errors)
            raise
        finally:
            self.is_running = False
            await asyncio.to_thread(pool.shutdown)

    async def _repeat(self, pool: ThreadPoolExecutor, work: Callable[[], bool]) -> None:
        """Work as long as there is something to do, then pause."""
        loop, failures = asyncio.get_running_loop(), 0
        while True:
            try:
                found = await loop.run_in_executor(pool, work)
                failures = 0
            except (RefusedError, SQLAlchemyError) as error:
                # The loop goes on whatever the database says: a child's package may be waiting.
                found, failures = False, failures + 1
                code = error.code if isinstance(error, RefusedError) else type(error).__name__
                _log.warning("hand-over delayed", extra={"kind": code})
            self.pulse.beat()
            if not found:
                await asyncio.sleep(min(self.poll_s * 2 ** min(failures, 5), _LONGEST_PAUSE_S))

    def deliver_next(self) -> bool:
        """Make the attempt that is due longest; False when none is."""
        taken = delivering.take_due(self.engine, self.policy)
        if taken is None:
            return False
        parcel = taken.parcel
        if parcel is None:
            self.metrics.count_handover("given_up")
            return True
        # The page goes first, because only the package's receipt counts. A page
        # that does not arrive is no failed attempt: the package says the same.
        if self.sender.takes_pages and parcel.page is not None:
            self.sender.send(parcel.key, parcel.page, _PDF)
        receipt = self.sender.send(parcel.key, parcel.eido, _JSON)
        self.metrics.count_handover(receipt.outcome.value)
        for attempt in range(1, _RECORDINGS + 1):
            try:
                delivering.record(self.engine, parcel, receipt, self.policy)
                break
            except RefusedError:
                if attempt == _RECORDINGS:
                    raise
        return True

    def look_around(self) -> bool:
        """Take acknowledgements that came by themselves, and count what is waiting."""
        for handover_id, key in delivering.list_unacknowledged(self.engine):
            receipt = self.sender.find_acknowledgement(key)
            if receipt is not None:
                delivering.take_acknowledgement(self.engine, handover_id, receipt)
        self.metrics.set_handovers(delivering.count_open(self.engine))
        return False
