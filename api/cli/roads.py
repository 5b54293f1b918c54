"""``roads``: the road index in use, a new one from OSM, its check."""

from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.edge import Json, say, show
from api.cli.progress import told_progress
from geodata.errors import BadInputError
from geodata.points import LonLat
from geodata.said import said

roads = typer.Typer(
    help="Road index and maps from it: info, import, verify, isochrones, coverage.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@roads.command("info")
def info(as_json: Json = False) -> None:
    """Say which road index is in use: source, licence, counts, extent."""
    from api.cli.context import load_settings
    from api.installation import missed_import

    about = in_use().info()
    if missed := missed_import(load_settings().database):
        about["to_be_imported_again"] = missed
    if as_json:
        show(about)
    else:
        say(*(f"{name}: {value}" for name, value in about.items()))


@roads.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="An .osm.pbf file.")],
    bbox: Annotated[
        str | None, typer.Option(help="WEST,SOUTH,EAST,NORTH, degrees: only roads inside.")
    ] = None,
    county: Annotated[str | None, typer.Option(help="Only roads of this county.")] = None,
    as_json: Json = False,
) -> None:
    """Build the road index of an OSM file and use it from then on; all or nothing."""
    from geodata.roads.publishing.importing import STAGES, check_import, import_roads

    folder, box = _folder(), _box(bbox) if bbox else None
    check_import(file, folder)
    with told_progress(file, STAGES) as tell:
        summary = import_roads(file, folder, bbox=box, county=county, progress=tell)
    if as_json:
        show(summary.as_dict())
    else:
        say(*(f"{name}: {value}" for name, value in summary.as_dict().items()))


@roads.command("verify")
def verify(
    pairs: Annotated[int, typer.Option(min=10, max=100_000, help="Pairs to compare.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the random pairs.")] = 119,
    as_json: Json = False,
) -> int:
    """Compare random drives with a plain Dijkstra search; exit 1 at any difference."""
    from dataclasses import asdict

    from api.database import utc_now
    from geodata.roads.verify import verify_index

    origins = 50
    # The index of this hour, the one that answers now.
    index, _ = in_use().roads_at(utc_now())
    found = verify_index(index, searches=-(-pairs // origins), origins=origins, seed=seed)
    if as_json:
        show(asdict(found))
    else:
        say(
            f"{found.pairs} pairs, largest difference {found.largest_difference_ms} ms, "
            f"{found.unreachable} without a way"
        )
    return 1 if found.largest_difference_ms else 0


def in_use() -> Any:
    """Return the travel times of this installation."""
    from api.cli.context import load_settings
    from api.installation import roads_in_use

    return roads_in_use(load_settings().database)


def _folder() -> Path:
    from api.cli.context import load_settings
    from api.installation import road_folder

    return road_folder(load_settings().database)


def _box(text: str) -> tuple[float, float, float, float]:
    parts = text.split(",")
    if len(parts) != 4:
        raise BadInputError(
            "bad_bbox", said("{text!r:.60} is no box", text=text), said("WEST,SOUTH,EAST,NORTH")
        )
    west, south = LonLat.checked(parts[0], parts[1])
    east, north = LonLat.checked(parts[2], parts[3])
    return west, south, east, north


def parse_place(text: str) -> LonLat:
    """Read "LON,LAT"; raises RefusedError."""
    lon, comma, lat = text.partition(",")
    if not comma:
        raise BadInputError(
            "bad_place", said("{text!r:.60} is no place", text=text), said("LON,LAT in degrees")
        )
    return LonLat.checked(lon.strip(), lat.strip())
