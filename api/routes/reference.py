"""The ground under every map: counties, places and roads, as compressed cached JSON."""

from collections.abc import Callable
from typing import Any, Literal

from fastapi import APIRouter, Request, Response

from api.routes.parameters import PROBLEMS, Parts, ReadsReference
from maps.ground import counties_geojson, places_rows, roads_of_level

router = APIRouter(prefix="/v1", tags=["reference"], responses=PROBLEMS)


@router.get("/counties", response_class=Response)
def read_counties(request: Request, parts: Parts, _scope: ReadsReference) -> Response:
    """Return the 47 jurisdictions as GeoJSON polygons, thinned for drawing."""
    return _answer(request, parts, "counties", lambda: counties_geojson(parts.ground.counties))


@router.get("/map/places", response_class=Response)
def read_places(request: Request, parts: Parts, _scope: ReadsReference) -> Response:
    """Return all localities as rows of name, longitude, latitude, population."""
    return _answer(request, parts, "places", lambda: places_rows(parts.ground.localities))


@router.get("/basemap", response_class=Response)
def read_basemap(
    request: Request,
    parts: Parts,
    _scope: ReadsReference,
    detail: Literal["major", "middle", "minor"] = "major",
) -> Response:
    """Return the roads that one level of detail adds, one MultiLineString per class."""
    return _answer(
        request,
        parts,
        f"basemap-{detail}",
        lambda: roads_of_level(parts.travel.basemap_geojson(), detail),
    )


def _answer(request: Request, parts: Parts, name: str, build: Callable[[], Any]) -> Response:
    document = parts.documents.get(name, build)
    headers = {
        "ETag": document.etag,
        "Cache-Control": "private, max-age=3600",
        "Vary": "Accept-Encoding, Cookie, Authorization",
    }
    if request.headers.get("if-none-match") == document.etag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(document.compressed, media_type="application/json", headers=headers)
    return Response(document.plain, media_type="application/json", headers=headers)
