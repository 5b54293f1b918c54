"""``roads`` and ``travel-times``: the road index in use, a new one from OSM, drives by road."""

import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.edge import say, show
from geodata.errors import RefusedError
from geodata.points import LonLat

roads = typer.Typer(
    help="Road index: info, import, verify.", no_args_is_help=True, rich_markup_mode=None
)

Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


@roads.command("info")
def info(as_json: Json = False) -> None:
    """Say which road index is in use: source, licence, counts, extent."""
    about = _travel_times().info()
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
    from geodata.roads.importing import import_roads

    summary = import_roads(
        file, _folder(), bbox=_box(bbox) if bbox else None, county=county, progress=_progress
    )
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

    from geodata.roads.verify import verify_index

    origins = 50
    found = verify_index(
        _travel_times().index, searches=-(-pairs // origins), origins=origins, seed=seed
    )
    if as_json:
        show(asdict(found))
    else:
        say(
            f"{found.pairs} pairs, largest difference {found.largest_difference_ms} ms, "
            f"{found.unreachable} without a way"
        )
    return 1 if found.largest_difference_ms else 0


def travel_times(
    to: Annotated[str, typer.Option("--to", help="LON,LAT of the destination, degrees.")],
    teams: Annotated[Path, typer.Option("--from", help="CSV with the columns name, lon, lat.")],
    as_json: Json = False,
) -> None:
    """Time the drives of a list of teams to a place, by road, fastest first."""
    from api.wiring import utc_now

    places = _read_teams(teams)
    travel, now = _travel_times(), utc_now()
    seconds, is_estimate = travel.matrix([place for _, place in places], [_place(to)], at=now)
    rows = [
        {
            "name": name,
            "seconds": None if value != value else round(float(value), 1),  # noqa: PLR0124 - NaN
            "source": "estimate" if estimated else "road",
        }
        for (name, _), value, estimated in zip(
            places, seconds[:, 0], is_estimate[:, 0], strict=True
        )
    ]
    rows.sort(key=lambda row: (row["seconds"] is None, row["seconds"]))
    if as_json:
        show({"to": list(_place(to)), **_in_force(travel), "times": rows})
    else:
        say(*(_line(row) for row in rows), *_in_force_lines(travel))


def _line(row: dict[str, Any]) -> str:
    if row["seconds"] is None:
        return f"{row['name']:<20} unreachable"
    return f"{row['name']:<20} {row['seconds'] / 60:6.1f} min  {row['source']}"


def _in_force(travel: Any) -> dict[str, Any]:
    from api.wiring import utc_now

    about = travel.info()
    names = ("closures_in_force", "closures_as_of")
    return {"profile": travel.profile_name(utc_now()), **{name: about[name] for name in names}}


def _in_force_lines(travel: Any) -> list[str]:
    facts = _in_force(travel)
    if not facts["closures_in_force"]:
        return [f"speeds: {facts['profile']}"]
    return [
        f"speeds: {facts['profile']}",
        f"road closures in force: {facts['closures_in_force']} (as of {facts['closures_as_of']})",
    ]


def _travel_times() -> Any:
    from api.cli.context import load_settings
    from api.ground import roads_in_use

    return roads_in_use(load_settings().database)


def _folder() -> Path:
    from api.cli.context import load_settings
    from api.ground import road_folder

    return road_folder(load_settings().database)


def _progress(stage: str, count: int) -> None:
    # On standard error, over one line, and only for a person who looks at it.
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{stage}: {count:,}\033[K")


def _box(text: str) -> tuple[float, float, float, float]:
    parts = text.split(",")
    if len(parts) != 4:
        raise RefusedError("bad_bbox", f"{text!r:.60} is no box", "WEST,SOUTH,EAST,NORTH")
    west, south = LonLat.checked(parts[0], parts[1])
    east, north = LonLat.checked(parts[2], parts[3])
    return west, south, east, north


def _place(text: str) -> LonLat:
    lon, comma, lat = text.partition(",")
    if not comma:
        raise RefusedError("bad_place", f"{text!r:.60} is no place", "LON,LAT in degrees")
    return LonLat.checked(lon.strip(), lat.strip())


def _read_teams(file: Path) -> Sequence[tuple[str, LonLat]]:
    try:
        rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedError(
            "file_unreadable", f"{file} cannot be read", "a CSV file in UTF-8"
        ) from error
    if not rows or not {"name", "lon", "lat"} <= set(rows[0]):
        raise RefusedError(
            "bad_teams", f"{file.name} has no rows with name, lon and lat", "name,lon,lat"
        )
    return [(str(row["name"]), LonLat.checked(row["lon"], row["lat"])) for row in rows]
