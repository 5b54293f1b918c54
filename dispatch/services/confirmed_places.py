"""Where an incident is, as a person has confirmed it: set, changed and taken back."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Engine, func

from dispatch.incidents import IncidentAction, next_state
from dispatch.repository import incidents
from dispatch.repository.geometry import point_element
from dispatch.repository.incidents import IncidentChange, LockedIncident
from dispatch.services import found
from dispatch.views import IncidentView
from geodata.database.audit import audit
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.errors import BadInputError, ConflictError
from geodata.points import LonLat
from geodata.said import said
from geodata.territories.counties import Counties


@dataclass(frozen=True, slots=True)
class PlaceWish:
    """
    A place to confirm, EPSG:4326, with its address as people say it.

    `abroad` is the other county in which the person knows it to be, None for the owner's own;
    `reason` says why it stays with the owner all the same.
    """

    place: LonLat
    address: str | None = None
    abroad: str | None = None
    reason: str | None = None


def confirm_place(
    engine: Engine,
    scope: Scope,
    incident_id: UUID,
    wish: PlaceWish,
    *,
    counties: Counties,
    expected_version: int | None = None,
) -> IncidentView:
    """
    Confirm where an incident is; teams are ranked for this place from now on.

    Raises
    ------
    BadInputError
        `outside_country`.
    ConflictError
        `place_in_other_county`: the place is another county's than the incident, and the
        person has not said so with a reason. Nothing is changed; `facts` name the county.
    IllegalTransitionError, VersionConflictError, NotFoundError
        About the incident.
    """
    county = counties.find_at(wish.place)
    if county is None:
        raise BadInputError(
            "outside_country",
            said("the place is outside Romania"),
            said("choose a place within the country"),
        )
    with scoped(engine, scope) as connection:
        locked = _open(connection, incident_id, expected_version)
        is_elsewhere = county != locked.county
        if is_elsewhere and (wish.abroad != county or not (wish.reason or "").strip()):
            raise ConflictError(
                "place_in_other_county",
                said(
                    "the place is in {county}, the incident is with {owner}",
                    county=counties.get(county).name,
                    owner=counties.get(locked.county).name,
                ),
                said("transfer the incident, or confirm with a reason that it stays here"),
                county=county,
            )
        told = {
            "lon": wish.place.lon, "lat": wish.place.lat, "address": wish.address,
            "place_county": county,
        }  # fmt: skip
        incidents.change_incident(
            connection, scope, locked,
            IncidentChange("place_confirmed", wish.reason if is_elsewhere else None, told),
            confirmed_place=point_element(wish.place), confirmed_address=wish.address,
            confirmed_at=func.present_moment(), confirmed_by=scope.actor,
        )  # fmt: skip
        _audit(connection, scope, "incident.place_confirmed", locked)
        return found.incident_view(connection, incident_id)


def withdraw_place(
    engine: Engine,
    scope: Scope,
    incident_id: UUID,
    *,
    reason: str,
    expected_version: int | None = None,
) -> IncidentView:
    """
    Take back what was confirmed: the area that the reports give counts again.

    Raises
    ------
    ConflictError
        `no_confirmed_place`.
    IllegalTransitionError, VersionConflictError, NotFoundError
        About the incident.
    """
    with scoped(engine, scope) as connection:
        locked = _open(connection, incident_id, expected_version)
        confirmed = found.incident_view(connection, incident_id).confirmed
        if confirmed is None:
            raise ConflictError(
                "no_confirmed_place", said("no place is confirmed for the incident"), ""
            )
        told = {
            "lon": confirmed.place.lon, "lat": confirmed.place.lat, "address": confirmed.address,
        }  # fmt: skip
        incidents.change_incident(
            connection, scope, locked, IncidentChange("place_withdrawn", reason, told),
            confirmed_place=None, confirmed_address=None, confirmed_at=None, confirmed_by=None,
        )  # fmt: skip
        _audit(connection, scope, "incident.place_withdrawn", locked)
        return found.incident_view(connection, incident_id)


def _open(
    connection: Connection, incident_id: UUID, expected_version: int | None
) -> LockedIncident:
    locked = found.locked_incident(connection, incident_id, expected_version)
    next_state(locked.state, IncidentAction.PLACE)
    return locked


def _audit(connection: Connection, scope: Scope, action: str, locked: LockedIncident) -> None:
    audit(
        connection, scope, action, object_type="incident",
        object_id=locked.id, county=locked.county,
    )  # fmt: skip
