"""What planners ask: how far a team gets from a place."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.routes.parameters import PROBLEMS, Now, Parts, Plans
from geodata.errors import BadInputError
from geodata.people.homes import load_homes
from geodata.points import LonLat
from geodata.said import said
from geodata.travel.isochrones import draw_isochrones

router = APIRouter(prefix="/v1", tags=["planning"], responses=PROBLEMS)


# Not async: the work runs in a thread, the event loop goes on.
@router.get("/isochrones")
def read_isochrones(
    parts: Parts,
    _scope: Plans,
    moment: Now,
    lon: Annotated[str, Query(description="Longitude, degrees, EPSG:4326.", max_length=30)],
    lat: Annotated[str, Query(description="Latitude, degrees.", max_length=30)],
    minutes: Annotated[str, Query(description="Minutes of the rings.", max_length=60)] = "10,20,30",
    *,
    inward: Annotated[bool, Query(description="From where the place is reached, instead.")] = False,
) -> dict[str, Any]:
    """
    Return areas reached by road within some minutes, with the people there, as GeoJSON.

    Times are those of the current hour. `meets_edge` says that the road network in use
    ends inside a ring.
    """
    place, limits = LonLat.checked(lon, lat), _minutes(minutes)
    with parts.planning.turn():
        found = draw_isochrones(
            parts.travel, [place], limits, at=moment, homes=load_homes(), outward=not inward
        )
        return found.geojson()


def _minutes(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError as error:
        raise BadInputError(
            "bad_minutes", said("the minutes are no numbers"), said("10,20,30")
        ) from error
