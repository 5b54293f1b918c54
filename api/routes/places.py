"""Places: looked up by name, said by coordinates, and confirmed for an incident by a person."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from api.routes.parameters import PROBLEMS, HandlesIncidents, Parts, ReadsReference
from api.schemas.answers import Answer, IncidentAnswer, Place
from api.schemas.requests import ConfirmPlaceRequest, ReleaseRequest
from api.wiring import Services
from dispatch import services as use_cases
from dispatch.place_search import MOST_FOUND
from dispatch.services import PlaceWish
from dispatch.views import IncidentView
from geodata.points import LonLat

router = APIRouter(prefix="/v1", tags=["places"], responses=PROBLEMS)


class FoundPlaceAnswer(Answer):
    """A locality, or a street within one; `is_guess`: only with a letter changed."""

    kind: Literal["locality", "street"]
    name: str
    locality: str
    county: str
    place: Place
    is_guess: bool


class PlacesAnswer(Answer):
    """The places, best first; `left_out` is what no data here knows, such as a house number."""

    places: tuple[FoundPlaceAnswer, ...]
    left_out: str


class PlaceAtAnswer(Answer):
    """What is at a place: its county (None abroad), the nearest locality and street."""

    county: str | None
    locality: str | None
    street: str | None


@router.get("/places")
def find_places(
    parts: Parts,
    _scope: ReadsReference,
    q: Annotated[str, Query(min_length=1, max_length=200)],
    county: Annotated[str | None, Query(max_length=4)] = None,
    lon: float | None = None,
    lat: float | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST_FOUND)] = 12,
) -> PlacesAnswer:
    """
    Look up localities of the country and streets of the road network by name.

    Without diacritics, begun words and usual short forms are understood. Those of `county`,
    and what is near `lon`, `lat`, come first.
    """
    near = LonLat.checked(lon, lat) if lon is not None and lat is not None else None
    found = parts.places.find(q, county=county, near=near, limit=limit)
    return PlacesAnswer.model_validate(found)


@router.get("/places/at")
def read_place_at(parts: Parts, _scope: ReadsReference, lon: float, lat: float) -> PlaceAtAnswer:
    """Say in which county a place lies, and what is nearest to it."""
    return PlaceAtAnswer.model_validate(parts.places.at(LonLat.checked(lon, lat)))


@router.post("/incidents/{incident_id}/place")
def confirm_place(
    incident_id: UUID, wish: ConfirmPlaceRequest, parts: Parts, scope: HandlesIncidents
) -> IncidentAnswer:
    """
    Confirm where an incident is; teams are ranked for it, and those under way go there.

    Refused with 409 `place_in_other_county` where it is another county's ground, until `abroad`
    names that county and `reason` says why the incident stays.
    """
    view = use_cases.confirm_place(
        parts.engine,
        scope,
        incident_id,
        PlaceWish(wish.checked(), wish.address, wish.abroad, wish.reason),
        counties=parts.ground.counties,
        expected_version=wish.expected_version,
    )
    return _aimed(parts, view)


@router.post("/incidents/{incident_id}/place/withdraw")
def withdraw_place(
    incident_id: UUID, wish: ReleaseRequest, parts: Parts, scope: HandlesIncidents
) -> IncidentAnswer:
    """Take back the confirmed place: the reported area counts again."""
    view = use_cases.withdraw_place(
        parts.engine,
        scope,
        incident_id,
        reason=wish.reason,
        expected_version=wish.expected_version,
    )
    return _aimed(parts, view)


def _aimed(parts: Services, view: IncidentView) -> IncidentAnswer:
    """Send the teams under way to where the incident is now, and answer with it."""
    place = view.confirmed.place if view.confirmed else view.center
    if place is not None and view.assignments:
        parts.following.aim_anew({one.id for one in view.assignments}, place)
    return IncidentAnswer.of(view)
