"""
The moment that a map shows: plain rows about incidents, teams and routes.

Filled by whoever can read the database; nothing here reads anything. Geometries
are GeoJSON mappings or `LonLat`, EPSG:4326; times are aware UTC.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from geodata.points import LonLat
from teams.model import Team


@dataclass(frozen=True, slots=True)
class IncidentOnMap:
    """
    One open incident: its marker, the caller's area and how sure its county is.

    `area` is a GeoJSON geometry that holds the caller with probability
    `confidence`; `owner_share` is the probability that `county` is the right one.
    """

    id: UUID
    number: str
    county: str
    state: str
    opened_at: datetime
    place: LonLat | None = None
    area: Mapping[str, Any] | None = None
    confidence: float | None = None
    owner_share: float | None = None
    ambiguous: bool = False
    priority: str | None = None


@dataclass(frozen=True, slots=True)
class TeamOnMap:
    """One team, and the incident (with the county that owns it) it is bound to."""

    team: Team
    incident_id: UUID | None = None
    incident_county: str | None = None


@dataclass(frozen=True, slots=True)
class RouteOnMap:
    """The way of an assigned team to its incident; `source` is `road` or `estimate`."""

    team_id: UUID
    incident_id: UUID
    incident_county: str
    places: Sequence[LonLat]
    eta_at: datetime | None
    source: str


@dataclass(frozen=True, slots=True)
class MapSnapshot:
    """Everything that is open at one moment, before anybody's view is cut from it."""

    at: datetime
    incidents: Sequence[IncidentOnMap] = ()
    teams: Sequence[TeamOnMap] = ()
    routes: Sequence[RouteOnMap] = ()
    sequence: int = 0
