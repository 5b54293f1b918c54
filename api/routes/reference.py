"""The ground under every map: counties, places and roads, as compressed cached JSON."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response

from api.routes.parameters import PROBLEMS, Parts, ReadsReference
from geodata.roads.basemap_cells import CELLS_ACROSS, BasemapCells
from maps.ground import counties_geojson, places_rows, roads_of_level
from maps.road_cells import cell_document, far_document, names_document

router = APIRouter(prefix="/v1", tags=["reference"], responses=PROBLEMS)

# Borders and localities come with the program; roads may be imported while it runs, and pages that
# are open then should not draw the old ones for long.
_GROUND_S, _ROADS_S = 3600, 60

Cell = Annotated[int, Path(ge=0, lt=CELLS_ACROSS)]


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
    roads = parts.travel.map_cells
    return _answer(
        request,
        parts,
        f"basemap-{detail}",
        lambda: roads_of_level(parts.travel.basemap_geojson(), detail),
        roads=roads,
    )


@router.get("/basemap/far", response_class=Response)
def read_far_roads(request: Request, parts: Parts, _scope: ReadsReference) -> Response:
    """Return the main roads of the whole country, thinned for a map of counties."""
    roads = parts.travel.map_cells
    return _answer(request, parts, "far-roads", lambda: far_document(roads), roads=roads)


@router.get("/basemap/cells/{column}/{row}", response_class=Response)
def read_cell(
    request: Request,
    parts: Parts,
    _scope: ReadsReference,
    column: Cell,
    row: Cell,
    level: Literal["main", "minor", "names"] = "main",
) -> Response:
    """
    Return the roads, or the street names, of one cell: a Web Mercator tile at zoom 11.

    Lines are flat lists of whole steps of `unit_deg` degrees: longitude and latitude of the
    first point, then the step to each next one.
    """
    cells = parts.travel.map_cells

    def build() -> dict[str, Any]:
        if level == "names":
            return names_document(cells, column, row)
        return cell_document(cells, column, row, level)

    # Millions of cells hold nothing: one document is kept for all of them.
    place = "nowhere" if cells.is_empty(column, row) else f"{column}-{row}"
    return _answer(request, parts, f"roads-{level}-{place}", build, roads=cells)


def _answer(
    request: Request,
    parts: Parts,
    name: str,
    build: Callable[[], Any],
    *,
    roads: BasemapCells | None = None,
) -> Response:
    documents = parts.documents if roads is None else parts.documents.drawn_from(roads)
    document = documents.get(name, build)
    headers = {
        "ETag": document.etag,
        "Cache-Control": f"private, max-age={_GROUND_S if roads is None else _ROADS_S}",
        "Vary": "Accept-Encoding, Cookie, Authorization",
    }
    if request.headers.get("if-none-match") == document.etag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(document.compressed, media_type="application/json", headers=headers)
    return Response(document.plain, media_type="application/json", headers=headers)
