"""
What follows when other road times come into use: pages ask again, ETAs are computed anew.

Every process tells its own pages; the ETAs of teams under way are written once, by the
process that leads.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine

from api.etas import EtaMemory
from api.live.hub import Hub
from dispatch import services as use_cases
from dispatch.following.arrival import EtaBasis, sane_eta
from dispatch.notices import notice_of_other_times
from dispatch.policy import ArrivalPolicy
from dispatch.roles import Role
from dispatch.views import AssignmentView, TeamView
from geodata.database.engine import Scope
from geodata.errors import RefusedError
from geodata.points import LonLat
from geodata.reference.codes import CODES
from geodata.travel.travel_times import TravelTimes
from teams.model import TeamStatus

# A machine's work on behalf of all counties; it reads and writes ETAs, nothing else.
MACHINE = Scope("roads", Role.DISPATCHER, tuple(CODES))

_UNDER_WAY = frozenset({TeamStatus.ASSIGNED, TeamStatus.EN_ROUTE})

_log = logging.getLogger("dispatch119.roads")


def tell_pages(hub: Hub, etas: EtaMemory) -> None:
    """Let every page of this process ask again: its times are other ones now."""
    etas.clear()
    hub.publish_soon(notice_of_other_times())


def refresh_etas(engine: Engine, travel: TravelTimes, etas: EtaMemory, now: datetime) -> int:
    """
    Compute the ETA and route of every team under way under the times of now; how many.

    One that cannot be written (released meanwhile) does not hold up the others.
    """
    travel.follow()
    written = 0
    for view in use_cases.list_teams(engine, MACHINE):
        destination = destination_of(view.assignment)
        if view.team.status in _UNDER_WAY and destination is not None:
            try:
                written += _refresh(engine, travel, etas, view, destination, now)
            except RefusedError as error:
                _log.warning("an ETA was not written", extra={"kind": error.code})
    return written


def destination_of(assignment: AssignmentView | None) -> LonLat | None:
    """Where an assigned team drives to, as drawn when it was assigned; None when unknown."""
    if assignment is None or assignment.route is None:
        return None
    lon, lat = assignment.route["coordinates"][-1][:2]
    return LonLat(float(lon), float(lat))


def _refresh(
    engine: Engine,
    travel: TravelTimes,
    etas: EtaMemory,
    view: TeamView,
    destination: LonLat,
    now: datetime,
) -> bool:
    assignment, position = view.assignment, view.team.position
    if assignment is None or position is None:
        return False
    write_eta(engine, MACHINE, travel, assignment.id, (position.place, destination), now)
    etas.keep(assignment.id, EtaBasis(position.place, now))
    return True


def write_eta(
    engine: Engine,
    scope: Scope,
    travel: TravelTimes,
    assignment_id: UUID,
    drive: tuple[LonLat, LonLat],
    now: datetime,
) -> None:
    """
    Ask the road for a drive (from, to) and store the answer with the assignment.

    Where a closure leaves no way there is no time, and the straight line, drawn as an
    estimate, takes the place of a route that can no longer be driven.
    """
    route = travel.route(*drive, at=now)
    seconds = sane_eta(route.seconds, ArrivalPolicy())
    has_way = len(route.places) > 1
    use_cases.record_eta(
        engine,
        scope,
        assignment_id,
        eta_s=seconds,
        eta_at=None if seconds is None else now + timedelta(seconds=seconds),
        source=str(route.source) if has_way else "estimate",
        profile=travel.profile_name(now),
        route=route.places if has_way else drive,
    )
