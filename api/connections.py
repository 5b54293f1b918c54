"""
Connections that are kept short and few: who sends slowly, or nothing, holds up nobody.

uvicorn waits for headers and bodies for ever and takes every connection. Here a request must
be complete within a time; of the connections whose request is not complete only so many live,
and the oldest of the address that has most of them makes room for the next. A cap on all, below
what the process may open, keeps files free for the database: a stream or a half-open
connection too many is closed at once, before anything is read from it.
"""

import asyncio
import logging
import resource
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from asyncio import TimerHandle

_log = logging.getLogger("dispatch119.connections")

# Files that are no connection of a client: the database, the road index, logs, the map's files.
_RESERVED_FILES = 160
BACKLOG = 128
"""
Connections that may wait to be accepted, and so at most come in one turn of the event loop.

Those are open for a moment even beyond the cap; they are in the reserve.
"""

# One line, whatever number is closed within this time.
_TELL_EVERY_S = 10.0
# asyncio reports every connection that it could not accept, with a traceback.
_REPEATED_EVERY_S = 10.0


@dataclass(frozen=True, slots=True)
class ConnectionPolicy:
    """
    How long a request may take to arrive, and how many connections there may be.

    `headers_s` and `body_s` count from the first byte of the request, or from the connection;
    a report of a megabyte takes two seconds on the slowest line of the installation.
    More than `unfinished` connections wait for the rest of a request only while none of them has
    waited for `grace_s`: after a restart hundreds of pages come in one moment, and are read.
    `per_address` does not hold for the addresses in `trusted`: behind a proxy sit all of them.
    """

    headers_s: float = 10.0
    body_s: float = 30.0
    keep_alive_s: int = 5
    most: int = 2000
    per_address: int = 1000
    unfinished: int = 128
    grace_s: float = 2.0
    trusted: frozenset[str] = frozenset()


@dataclass(eq=False)
class Connections:
    """All connections of one server; belongs to its event loop."""

    policy: ConnectionPolicy
    _by_address: Counter[str] = field(default_factory=Counter)
    _unfinished: dict["BoundedConnection", float] = field(default_factory=dict)
    _closed: Counter[str] = field(default_factory=Counter)
    _told_at: float = float("-inf")

    def admit(self, address: str) -> bool:
        """Count a connection that has come; False where it is one too many."""
        self._by_address[address] += 1
        is_one_of_many = (
            address not in self.policy.trusted
            and self._by_address[address] > self.policy.per_address
        )
        if self._by_address.total() <= self.policy.most and not is_one_of_many:
            return True
        self.note_closed("too_many")
        return False

    def left(self, connection: "BoundedConnection", address: str) -> None:
        """Forget a connection that has ended."""
        self._unfinished.pop(connection, None)
        self._by_address[address] -= 1
        if self._by_address[address] <= 0:
            del self._by_address[address]

    def waits(self, connection: "BoundedConnection") -> None:
        """Note that a connection waits for the rest of a request; another may have to go."""
        now = asyncio.get_running_loop().time()
        self._unfinished.setdefault(connection, now)
        if len(self._unfinished) <= self.policy.unfinished:
            return
        late = now - self.policy.grace_s
        slow = [one for one, since in self._unfinished.items() if since <= late]
        if not slow:
            return
        ((greediest, _),) = Counter(one.address for one in slow).most_common(1)
        oldest = next(one for one in slow if one.address == greediest)
        del self._unfinished[oldest]
        oldest.end("too_many_unfinished")

    def is_complete(self, connection: "BoundedConnection") -> None:
        """Note that the request of a connection has arrived."""
        self._unfinished.pop(connection, None)

    def note_closed(self, reason: str) -> None:
        """Count a connection that was closed, and tell so once in a while."""
        self._closed[reason] += 1
        now = asyncio.get_running_loop().time()
        if now - self._told_at < _TELL_EVERY_S:
            return
        self._told_at = now
        for kind, number in self._closed.items():
            _log.warning("connections closed", extra={"kind": kind, "clients": number})
        self._closed.clear()


class BoundedConnection(H11Protocol):
    """One connection under a policy; `bounded` gives it the others."""

    others: Connections
    address = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or close it at once."""
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        self._timer: TimerHandle | None = None
        self._is_in_body = False
        self._admitted = self.others.admit(self.address)
        if not self._admitted:
            transport.abort()
            return
        self._wait_for(self.others.policy.headers_s, "slow_headers")

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the connection go."""
        self._wait_no_more()
        self.others.left(self, self.address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what came, and see what is still to come."""
        if not self._admitted or self.transport.is_closing():
            return
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Wait for the next request; it may be there already."""
        super().on_response_complete()
        self._look()

    def end(self, reason: str) -> None:
        """Close without an answer: nobody waits for one who has not asked."""
        self._wait_no_more()
        self.others.note_closed(reason)
        if self.cycle is not None and not self.cycle.response_complete:
            # What reads the body stops waiting for it.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.abort()

    # ── how far the request has come ──────────────────────────────────────────
    def _look(self) -> None:
        state = self.conn.their_state
        if self.transport.is_closing():
            self._wait_no_more()
        elif state is h11.SEND_BODY:
            if not self._is_in_body:
                self._is_in_body = True
                self._wait_no_more()
                self._wait_for(self.others.policy.body_s, "slow_body")
        elif state is h11.IDLE and self._has_begun():
            self._is_in_body = False
            if self._timer is None:
                self._wait_for(self.others.policy.headers_s, "slow_headers")
        else:
            self._is_in_body = False
            self._wait_no_more()
            self.others.is_complete(self)

    def _has_begun(self) -> bool:
        """Tell whether a part of the next request has arrived."""
        return bool(self.conn.trailing_data[0])

    def _wait_for(self, seconds: float, reason: str) -> None:
        self._timer = self.loop.call_later(seconds, self.end, reason)
        self.others.waits(self)

    def _wait_no_more(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def bounded(policy: ConnectionPolicy) -> type[BoundedConnection]:
    """Return a protocol class for uvicorn: connections of one server under a policy."""
    others = Connections(policy)
    return type("BoundedConnection", (BoundedConnection,), {"others": others})


def room_for(most: int) -> int:
    """
    Let the process open as many files as it may, and return how many connections that leaves.

    `most` where there is room for so many.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most + _RESERVED_FILES + BACKLOG
    if soft != resource.RLIM_INFINITY and soft < wanted:
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, limit), hard))
        soft = max(soft, limit)
    if soft == resource.RLIM_INFINITY:
        return most
    return max(1, min(most, soft - _RESERVED_FILES - BACKLOG))


class Repeated(logging.Filter):
    """Let the same message of a logger through once in a while; the rest is counted."""

    def __init__(self, every_s: float = _REPEATED_EVERY_S) -> None:
        super().__init__()
        self._every_s = every_s
        self._last: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the record is to be written."""
        message: Any = record.msg
        key = str(message)[:80]
        if record.created - self._last.get(key, float("-inf")) < self._every_s:
            return False
        if len(self._last) > 100:
            self._last.clear()
        self._last[key] = record.created
        return True
