"""
From the database's views to the snapshot that `maps.features` draws.

Row security has already cut the rows to the viewer's counties; redaction by role is
`maps.features`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from api.wiring import Services
from dispatch import services as use_cases
from dispatch.roles import viewer_of
from dispatch.views import IncidentView, TeamView
from geodata.database.engine import Scope
from geodata.points import LonLat
from maps.features import feature_collection
from maps.snapshot import IncidentOnMap, MapSnapshot, RouteOnMap, TeamOnMap


def map_features(services: Services, scope: Scope, *, now: datetime) -> dict[str, Any]:
    """Return the FeatureCollection that this scope may see, at this moment."""
    # Read before the rows, so that a change in between is sent twice rather than lost.
    sequence = services.hub.sequence
    incidents = use_cases.list_incidents(services.engine, scope)
    teams = use_cases.list_teams(services.engine, scope)
    return drawn(scope, incidents, teams, now=now, sequence=sequence)


def drawn(
    scope: Scope,
    incidents: Iterable[IncidentView],
    teams: Sequence[TeamView],
    *,
    now: datetime,
    sequence: int,
) -> dict[str, Any]:
    """Return the FeatureCollection of those incidents and teams alone."""
    snapshot = MapSnapshot(
        at=now,
        incidents=[_incident(view) for view in incidents],
        teams=[_team(view) for view in teams],
        routes=[route for view in teams if (route := _route(view)) is not None],
        sequence=sequence,
    )
    return feature_collection(snapshot, viewer_of(scope))


def _incident(view: IncidentView) -> IncidentOnMap:
    return IncidentOnMap(
        id=view.id,
        number=view.number,
        county=view.county,
        state=view.state.value,
        opened_at=view.opened_at,
        place=view.confirmed.place if view.confirmed else view.center,
        area=view.area,
        confidence=view.area_confidence,
        owner_share=owner_share(view),
        ambiguous=bool(view.ambiguous),
        priority=str(view.priority),
    )


def owner_share(view: IncidentView) -> float | None:
    """Return the probability that the owning county is the right one, None when unknown."""
    counties = (view.answer or {}).get("counties") or ()
    shares = {row["code"]: row["population_share"] for row in counties}
    return shares.get(view.county)


def _team(view: TeamView) -> TeamOnMap:
    assignment = view.assignment
    return TeamOnMap(
        team=view.team,
        incident_id=assignment.incident_id if assignment else None,
        incident_county=assignment.county if assignment else view.lent_to,
    )


def _route(view: TeamView) -> RouteOnMap | None:
    assignment = view.assignment
    if assignment is None or assignment.route is None:
        return None
    return RouteOnMap(
        team_id=view.team.id,
        incident_id=assignment.incident_id,
        incident_county=assignment.county,
        places=[LonLat(float(x), float(y)) for x, y, *_ in assignment.route["coordinates"]],
        eta_at=assignment.eta_at,
        source=assignment.eta_source or "estimate",
    )
