"""
Road times that live: one worker process per road index, led from one of our processes.

Every server process runs two threads. The *follower* looks at the index directory a few
times a second, takes up what was published, and tells the pages when another hour of the
speed profile has begun. The *keeper* tries to lead: an advisory
lock of the database decides which of several may. The leader runs the worker process
that computes, and asks it to publish when somebody draws or ends a closure, when one
begins or ends by the clock, around each change of the hour's speeds, when the speeds are
fitted anew, and when another map was imported. Should the leader die, another takes the
lock; should the worker die, it is started again.
"""

import logging
import socket
from collections.abc import Callable
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Engine

from api.supervision import SupervisedThread
from dispatch.closures.standing import Wanted, read_wanted
from dispatch.notices import ROADS_CHANNEL
from geodata.errors import RefusedError, UnavailableError
from geodata.roads.closures import next_change
from geodata.roads.hours import next_hour_work
from geodata.roads.in_force import InForce
from geodata.roads.profile_file import FILE as PROFILE_FILE
from geodata.roads.profiles import WeekBand
from geodata.roads.publishing.index_directory import read_generation
from geodata.roads.publishing.publication import Published, Recustomizer
from geodata.said import said
from geodata.travel.travel_times import TravelTimes

FOLLOW_EVERY_S = 0.2
"""Seconds. A swap is taken up within this time; one look at a link costs microseconds."""

LOOK_EVERY_S = 0.5
"""Seconds between looks for what nobody announces: another map, a dead worker, the clock."""

SOON = timedelta(seconds=20)
"""If an hour is not published this long before it begins, each process makes it for itself."""

_LEAD_AGAIN_S = 1.0
_AFTER_REFUSAL_S = 3.0
_PATIENCE_S = 120.0
_TRIES = 3
# A publication of a whole country takes seconds, the first one after an import a minute.
_KEEPER_PATIENCE_S = _PATIENCE_S + 60.0
# Times of an hour that nobody published are made by the follower itself.
_FOLLOWER_PATIENCE_S = 120.0

_log = logging.getLogger("dispatch119.roads")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where closures come from and where times go."""

    engine: Engine
    address: str
    root: Path
    clock: Callable[[], datetime]


class Follower(SupervisedThread):
    """Takes up what is published, whoever published it, without being asked a question."""

    def __init__(
        self, travel: TravelTimes, clock: Callable[[], datetime], on_hour: Callable[[], None]
    ) -> None:
        """`on_hour` is called when another band of the speed profile has begun."""
        super().__init__("road follower", patience_s=_FOLLOWER_PATIENCE_S, join_s=10.0)
        self._travel, self._clock, self._on_hour = travel, clock, on_hour
        self._band: WeekBand | None = None

    def work(self) -> None:
        """Take up what is published, several times a second."""
        while not self.stopped.wait(FOLLOW_EVERY_S):
            try:
                self._look()
            except RefusedError as error:
                _log.warning("times not taken up", extra={"kind": error.code})
            self.pulse.beat()

    def _look(self) -> None:
        now = self._clock()
        self._travel.follow()
        # Usually both hours lie ready. Otherwise they are made in this thread, so that no
        # question has to wait for them.
        self._travel.prepare(now + SOON)
        self._travel.prepare(now)
        band = self._travel.band_at(now)
        before, self._band = self._band, band
        if before not in {None, band}:
            self._on_hour()


class RoadKeeper(SupervisedThread):
    """Leads the worker process while it holds the lock."""

    def __init__(self, sources: Sources, on_published: Callable[[], None]) -> None:
        """`on_published` is called in the leading process after times changed."""
        super().__init__("road keeper", patience_s=_KEEPER_PATIENCE_S)
        self._sources = sources
        self._on_published = on_published
        self._told: tuple[str, InForce | None, WeekBand] | None = None
        self.worker: Recustomizer | None = None
        """The worker process while this process leads."""

    def __exit__(self, *error: object) -> None:
        self.stopped.set()
        if (worker := self.worker) is not None:
            # The worker may be computing for seconds, and stopping a server must not wait for it.
            worker.end_now()
        super().__exit__(*error)

    def work(self) -> None:
        """Lead whenever nobody else does."""
        while not self.stopped.is_set():
            try:
                with psycopg.connect(self._sources.address, autocommit=True) as connection:
                    self._lead_when_possible(connection)
            except (psycopg.Error, RefusedError, OSError) as error:
                _log.warning("roads not kept", extra={"kind": type(error).__name__})
            self.stopped.wait(_LEAD_AGAIN_S)

    def _lead_when_possible(self, connection: psycopg.Connection[Any]) -> None:
        while not self.stopped.is_set():
            if _try_lock(connection, lock_name(self._sources.root)):
                # The lock belongs to the connection: whoever loses the connection no longer leads,
                # and another process takes over.
                self._lead(connection)
                return
            self.pulse.beat()
            self.stopped.wait(_LEAD_AGAIN_S)

    def _lead(self, connection: psycopg.Connection[Any]) -> None:
        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(ROADS_CHANNEL)))
        worker = self.worker = Recustomizer(self._sources.root)
        try:
            self._work(connection, worker)
        finally:
            self.worker = None
            worker.end_now()

    def _work(self, connection: psycopg.Connection[Any], worker: Recustomizer) -> None:
        is_due, seen, due_at, self._told = True, self._look(), None, None
        while not self.stopped.is_set():
            if worker.revive():
                _log.warning("the road worker died and was started again")
            if is_due:
                # Looked at before publishing, so that whatever changes meanwhile is seen next time.
                seen = self._look()
                try:
                    due_at = self._publish(worker)
                except RefusedError as error:
                    # The old times stay in use. The fault is logged at every try.
                    if not self.stopped.is_set():
                        _log.warning("road times not published", extra={"kind": error.code})
                    self.stopped.wait(_AFTER_REFUSAL_S)
                    continue
            self.pulse.beat()
            is_due = any(True for _ in connection.notifies(timeout=LOOK_EVERY_S, stop_after=1))
            is_due |= due_at is not None and self._sources.clock() >= due_at
            is_due |= self._look() != seen

    def _look(self) -> tuple[str, float]:
        """Which map there is, and how old the profile: changes of these are not announced."""
        root = self._sources.root
        profile = root / PROFILE_FILE
        age = profile.stat().st_mtime if profile.exists() else 0.0
        return read_generation(root).index, age

    def _publish(self, worker: Recustomizer) -> datetime | None:
        """Publish what holds now; when the clock will change that, None for never."""
        now = self._sources.clock()
        wanted = read_wanted(self._sources.engine, self._sources.root, now)
        before = read_generation(self._sources.root)
        done = self._apply(worker, wanted, now)
        if done.generation != before:
            _log.info(
                "road times published",
                extra={
                    "generation": done.generation.link,
                    "arcs": done.changed_arcs,
                    "in_part": done.in_part,
                    "ms": round(done.seconds * 1000, 1),
                },
            )
        self._tell_if_new(done, wanted.profile.find_band(now))
        # Counted from the instant that was published for. What began while the worker computed
        # is thus due at once.
        changes = (next_change(wanted.closures, now), next_hour_work(wanted.profile, now))
        return min((one for one in changes if one is not None), default=None)

    def _tell_if_new(self, done: Published, band: WeekBand) -> None:
        """Tell when times changed that somebody asks about now: not those of the hour to come."""
        made = replace(done.in_force, at=None, hours=()) if done.in_force else None
        told, self._told = self._told, (done.generation.index, made, band)
        # Also told the first time after taking the lead: times may have changed while no process
        # led.
        if told != self._told:
            self._tell()

    def _apply(self, worker: Recustomizer, wanted: Wanted, at: datetime) -> Published:
        """
        Publish, in the worker process; again should it die over it.

        Raises
        ------
        RefusedError
            `road_worker_died`, or whatever the directory is refused for.
        """
        for _ in range(_TRIES):
            if self.stopped.is_set():
                break
            try:
                request = worker.apply(wanted.closures, at, profile=wanted.profile)
                return request.result(_PATIENCE_S)
            except (BrokenProcessPool, TimeoutError, RuntimeError, CancelledError) as error:
                if not self.stopped.is_set():
                    kind = type(error).__name__
                    _log.warning("the road worker did not answer", extra={"kind": kind})
        raise UnavailableError(
            "road_worker_died",
            said("road times could not be published"),
            said("see the log of the server"),
        )

    def _tell(self) -> None:
        try:
            self._on_published()
        except RefusedError as error:
            # The times are in use all the same. Each ETA is computed again at the team's next fix.
            _log.warning("times published, ETAs not written", extra={"kind": error.code})


def lock_name(root: Path) -> str:
    """Name of the lock that decides who publishes into a directory of this machine."""
    return f"dispatch119.roads:{socket.gethostname()}:{root.resolve()}"


def _try_lock(connection: psycopg.Connection[Any], name: str) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (name,))
    taken = row.fetchone()
    return bool(taken and taken[0])
