"""
What happens when a position or other road times arrive: the one place that says it.

A position is stored, moves the status of an assigned team (it set off, it arrived) and
renews its ETA, under the scope of whoever sent it. Other road times let every page ask
again and renew the ETAs of all teams under way. A status that a crew reports needs nothing
of this: `dispatch.services.set_team_status` moves its incident in the same transaction.

The decisions are in the modules beside this one, the transactions in `dispatch.services`.
Who hears of it is told by the database's notices; only other road times are no change of a
row, so pages are told of them by a callback.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine

from dispatch import services as use_cases
from dispatch.following.arrival import status_after
from dispatch.following.destination import destination_of
from dispatch.following.etas import EtaBasis, EtaMemory, needs_new_eta, sane_eta
from dispatch.policy import ArrivalPolicy
from dispatch.ports import DrivePort
from dispatch.roles import Role
from dispatch.views import DriveView
from geodata.database.scope import Scope
from geodata.errors import RefusedError
from geodata.points import LonLat
from geodata.reference.codes import CODES
from teams.availability import is_under_way
from teams.model import PositionOutcome, PositionReport, TeamStatus
from teams.positions import origin_of

MACHINE = Scope("roads", Role.DISPATCHER, tuple(CODES))
"""A machine's work on behalf of all counties; it reads drives and writes ETAs, nothing else."""

_log = logging.getLogger("dispatch119.roads")


@dataclass(frozen=True, slots=True)
class Following:
    """
    Follows teams to their incidents; safe to use from threads.

    Attributes
    ----------
    engine
        Of the application role.
    travel
        The roads, under the times in use now.
    policy
        When a team is taken to have arrived and when its ETA is due.
    clock
        The present moment, aware UTC.
    tell_pages
        Called, from any thread, when every open page should ask again.
    etas
        From where and when this process last computed each ETA.
    """

    engine: Engine
    travel: DrivePort
    policy: ArrivalPolicy
    clock: Callable[[], datetime]
    tell_pages: Callable[[], None]
    etas: EtaMemory = field(default_factory=EtaMemory)

    # ── a position ────────────────────────────────────────────────────────────
    def take_positions(
        self, scope: Scope, reports: Sequence[PositionReport]
    ) -> list[PositionOutcome]:
        """
        Take in position reports, then follow every team under way whose latest position is
        among them. Of the others no drive is looked for.

        Returns
        -------
        outcomes
            One for each report, in the same order; see `teams.intake.record_positions`.

        Raises
        ------
        RefusedError
            The status that a position shows could not be written because somebody
            changed the assignment meanwhile. The positions are stored all the same.
        """
        outcomes = use_cases.record_positions(self.engine, scope, reports)
        moved = dict.fromkeys(
            one.team_id
            for one in outcomes
            if one.outcome == "latest" and one.status is not None and is_under_way(one.status)
        )
        for team_id in moved:
            self._follow(scope, team_id)
        return outcomes

    def _follow(self, scope: Scope, team_id: UUID) -> None:
        drive = use_cases.find_drive(self.engine, scope, team_id)
        if drive is None or not is_under_way(drive.status):
            return
        destination, now = destination_of(drive), self.clock()
        if destination is None:
            return
        after = status_after(drive, destination, now=now, policy=self.policy)
        if after is not drive.status:
            use_cases.set_team_status(self.engine, scope, team_id, after)
        if after is not TeamStatus.ON_SCENE and self._is_due(drive, now):
            self._write_eta(scope, drive, destination, now)

    def _is_due(self, drive: DriveView, now: datetime) -> bool:
        basis = self.etas.find(drive.assignment_id)
        return needs_new_eta(basis, drive.position, now=now, policy=self.policy)

    # ── other road times ──────────────────────────────────────────────────────
    def tell_other_times(self) -> None:
        """Let every page of this process ask again: its times are other ones now."""
        self.etas.clear()
        self.tell_pages()

    def renew_etas(self) -> int:
        """
        Compute the ETA and way of every team under way under the times of now; how many.

        Only a way that was drawn has times that could have changed; a team without one
        gets its first with its next position. One that cannot be written (released
        meanwhile) does not hold up the others. One process does this for all.
        """
        self.travel.follow()
        now = self.clock()
        drives = use_cases.list_drives(self.engine, MACHINE)
        due = [one for one in drives if is_under_way(one.status) and one.route_end is not None]
        return sum(self._renew(drive, now) for drive in due)

    def aim_anew(self, assignment_ids: Collection[UUID], destination: LonLat) -> int:
        """
        Send the teams of some assignments to another place: their way and ETA, at once; how many.

        For a place that a person has confirmed, or taken back. A team that nobody has seen yet
        gets both with its first position.
        """
        now = self.clock()
        drives = use_cases.list_drives(self.engine, MACHINE)
        due = [
            one
            for one in drives
            if one.assignment_id in assignment_ids and is_under_way(one.status)
        ]
        return sum(self._renew(drive, now, destination) for drive in due)

    def _renew(self, drive: DriveView, now: datetime, destination: LonLat | None = None) -> bool:
        destination = destination or destination_of(drive)
        if destination is None:
            return False
        try:
            self._write_eta(MACHINE, drive, destination, now)
        except RefusedError as error:
            _log.warning("an ETA was not written", extra={"kind": error.code})
            return False
        return True

    # ── both ──────────────────────────────────────────────────────────────────
    def _write_eta(
        self, scope: Scope, drive: DriveView, destination: LonLat, now: datetime
    ) -> None:
        """
        Ask the road for the rest of a drive, store the answer and remember when.

        Where a closure leaves no way there is no time, and the straight line, drawn as an
        estimate, takes the place of a route that can no longer be driven.
        """
        origin = drive.position.place
        route = self.travel.route(origin_of(drive.position), destination, at=now)
        seconds = sane_eta(route.seconds, self.policy)
        has_way = len(route.places) > 1
        use_cases.record_eta(
            self.engine,
            scope,
            drive.assignment_id,
            eta_s=seconds,
            eta_at=None if seconds is None else now + timedelta(seconds=seconds),
            source=str(route.source) if has_way else "estimate",
            profile=self.travel.profile_name(now),
            route=route.places if has_way else (origin, destination),
        )
        self.etas.keep(drive.assignment_id, EtaBasis(origin, now))
