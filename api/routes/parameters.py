"""What routes ask for in their signatures: the parts, the scope, the time."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Request

from api.access.permissions import Permission
from api.access.security import Principal, require, services_of, signed_in
from api.schemas.answers import Problem
from api.wiring import Services
from geodata.database.engine import Scope


async def parts_of(request: Request) -> Services:
    """Return the application's parts; `async` as all that only looks, for a thread costs more."""
    return services_of(request)


Parts = Annotated[Services, Depends(parts_of)]
SignedIn = Annotated[Principal, Depends(signed_in)]
Limit = Annotated[int, Query(ge=1, le=1000)]

UsesSession = Annotated[Scope, Depends(require(Permission.USE_SESSION))]
ReadsReference = Annotated[Scope, Depends(require(Permission.READ_REFERENCE))]
ReadsMap = Annotated[Scope, Depends(require(Permission.READ_MAP))]
AnnouncesCalls = Annotated[Scope, Depends(require(Permission.ANNOUNCE_CALLS))]
TakesCalls = Annotated[Scope, Depends(require(Permission.TAKE_CALLS))]
ReadsCalls = Annotated[Scope, Depends(require(Permission.READ_CALLS))]
ReadsIncidents = Annotated[Scope, Depends(require(Permission.READ_INCIDENTS))]
HandlesIncidents = Annotated[Scope, Depends(require(Permission.HANDLE_INCIDENTS))]
Recommends = Annotated[Scope, Depends(require(Permission.RECOMMEND))]
Assigns = Annotated[Scope, Depends(require(Permission.ASSIGN))]
ReadsTeams = Annotated[Scope, Depends(require(Permission.READ_TEAMS))]
ReadsTracks = Annotated[Scope, Depends(require(Permission.READ_TRACKS))]
SetsStatus = Annotated[Scope, Depends(require(Permission.SET_TEAM_STATUS))]
WorksWithTeam = Annotated[Scope, Depends(require(Permission.WORK_WITH_TEAM))]
ConfirmsAlerts = Annotated[Scope, Depends(require(Permission.CONFIRM_ALERTS))]
HearsAlarms = Annotated[Scope, Depends(require(Permission.HEAR_ALARMS))]
AnswersAlarms = Annotated[Scope, Depends(require(Permission.ANSWER_ALARMS))]
AsksForAid = Annotated[Scope, Depends(require(Permission.ASK_FOR_AID))]
HearsOfAid = Annotated[Scope, Depends(require(Permission.HEAR_OF_AID))]
ReportsPositions = Annotated[Scope, Depends(require(Permission.REPORT_POSITIONS))]
ReadsClosures = Annotated[Scope, Depends(require(Permission.READ_CLOSURES))]
ClosesRoads = Annotated[Scope, Depends(require(Permission.CLOSE_ROADS))]
ManagesTeams = Annotated[Scope, Depends(require(Permission.MANAGE_TEAMS))]
Plans = Annotated[Scope, Depends(require(Permission.PLAN))]
ReadsAudit = Annotated[Scope, Depends(require(Permission.READ_AUDIT))]
Supervises = Annotated[Scope, Depends(require(Permission.SUPERVISE))]
SetsPolicies = Annotated[Scope, Depends(require(Permission.SET_POLICIES))]
ManagesAccounts = Annotated[Scope, Depends(require(Permission.MANAGE_ACCOUNTS))]


class Looking:
    """Notes in the audit trail that whoever asks was shown rows of a view."""

    def __init__(self, parts: Parts, principal: SignedIn) -> None:
        self._parts, self._principal = parts, principal

    def at(self, view: str, rows: int, wanted: str = "") -> None:
        """Note it; raises when it cannot be noted, so that nothing is shown."""
        known = self._principal
        self._parts.looks.note(known.scope, known.session, view, rows, wanted)


Looks = Annotated[Looking, Depends()]

PROBLEMS: dict[int | str, dict[str, object]] = {
    "4XX": {
        "description": "Refused: RFC 9457 problem details with a stable code and a hint",
        "model": Problem,
    },
    "503": {
        "description": "Not now: the database is away, too many ask, or nobody is set up to answer",
        "model": Problem,
    },
}


async def now(parts: Parts) -> datetime:
    """Return the moment of the request, aware UTC; the only clock of the routes."""
    return parts.clock()


Now = Annotated[datetime, Depends(now)]
