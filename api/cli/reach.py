"""``roads isochrones`` and ``roads coverage``: maps for planners, as one file each."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.edge import Json, say, show
from api.cli.place_files import read_places
from api.cli.roads import in_use, parse_place, roads
from geodata.errors import BadInputError, UnavailableError
from geodata.instants import checked_instant
from geodata.points import LonLat
from geodata.said import listed, said

__all__ = ["roads"]

if TYPE_CHECKING:
    from geodata.travel.isochrones import Isochrones
    from geodata.travel.travel_times import TravelTimes

Box = tuple[float, float, float, float]

Language = Annotated[str, typer.Option(help="Language of the page: ro or en.")]
At = Annotated[
    str | None, typer.Option("--at", help="Hour of the times, ISO 8601 with an offset; now.")
]

# A page with every lane of a country would not open; streets show up to this size.
_MOST_PIECES_WITH_STREETS = 120_000
_MARGIN_DEG = 0.15


@roads.command("isochrones")
def isochrones(
    *,
    origins: Annotated[
        list[str] | None, typer.Option("--from", help="LON,LAT to start from; may be repeated.")
    ] = None,
    bases: Annotated[
        Path | None, typer.Option(help="CSV of places to start from: name, lon, lat.")
    ] = None,
    minutes: Annotated[str, typer.Option(help="Minutes of the rings.")] = "10,20,30",
    out: Annotated[
        Path | None, typer.Option(help="File to write: .html (a map) or .geojson.")
    ] = None,
    inward: Annotated[
        bool, typer.Option("--inward", help="From where the places are reached, instead.")
    ] = False,
    at: At = None,
    language: Language = "ro",
    as_json: Json = False,
) -> None:
    """Draw what can be reached by road within some minutes, and count the people there."""
    from geodata.people.homes import load_homes
    from geodata.travel.isochrones import draw_isochrones

    names, places = _starts(origins or [], bases)
    suffix = _suffix(out, (".html", ".geojson", ".json"))
    travel = in_use()
    found = draw_isochrones(
        travel,
        places,
        parse_minutes(minutes),
        at=_moment(at),
        homes=load_homes(),
        outward=not inward,
    )
    if out is not None:
        text = (
            _isochrone_page(found, names, travel, language)
            if suffix == ".html"
            else json.dumps(found.geojson(), ensure_ascii=False)
        )
        _write(out, text)
    if as_json:
        show(_isochrone_answer(found, names, out))
    else:
        say(*_isochrone_lines(found), *([f"written to {out}"] if out else []))


@roads.command("coverage")
def coverage(
    bases: Annotated[Path, typer.Option(help="CSV of the bases: name, lon, lat.")],
    minutes: Annotated[float, typer.Option(help="Limit that counts as near.")] = 20.0,
    out: Annotated[Path | None, typer.Option(help="File to write: .html (a map).")] = None,
    at: At = None,
    language: Language = "ro",
    as_json: Json = False,
) -> None:
    """Find every junction's and every home's nearest base; people left out by county."""
    from geodata.people.homes import load_homes
    from geodata.territories.counties import load_counties
    from geodata.travel.coverage import Base, answer, cover_people
    from maps.pages.planning import coverage_page

    _suffix(out, (".html",))
    rows = [Base(row.name, row.place) for row in read_places(bases, fault="bad_bases")]
    travel = in_use()
    found = cover_people(
        travel, rows, minutes, at=_moment(at), homes=load_homes(), counties=load_counties()
    )
    if out is not None:
        lon, lat = found.node_places.T
        box = float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())
        _write(out, coverage_page(found, **_ground(travel, box), language=language))
    answered = answer(found)
    if as_json:
        show({**answered, **({"file": str(out)} if out else {})})
    else:
        say(*_coverage_lines(answered), *([f"written to {out}"] if out else []))


def parse_minutes(text: str) -> list[float]:
    """Read "10,20,30"; raises RefusedError `bad_minutes`."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError as error:
        raise BadInputError(
            "bad_minutes", said("{text!r:.60} is no list of minutes", text=text), said("10,20,30")
        ) from error


def _starts(origins: Sequence[str], bases: Path | None) -> tuple[list[str], list[LonLat]]:
    rows = [] if bases is None else read_places(bases, fault="bad_bases")
    names = [""] * len(origins) + [row.name for row in rows]
    return names, [parse_place(text) for text in origins] + [row.place for row in rows]


def _moment(text: str | None) -> datetime:
    from api.database import utc_now

    if text is None:
        return utc_now()
    try:
        at = datetime.fromisoformat(text)
        return at if at.tzinfo is None else checked_instant(at)
    except ValueError as error:
        raise BadInputError(
            "bad_time",
            said("{text!r:.60} is no time", text=text),
            said("2026-03-01T22:30:00+02:00"),
        ) from error


def _suffix(out: Path | None, known: tuple[str, ...]) -> str:
    suffix = "" if out is None else out.suffix.lower()
    if out is not None and suffix not in known:
        raise BadInputError(
            "bad_file_name",
            said("{file} is of no known kind", file=out.name),
            listed(known, said(" or ")),
        )
    return suffix


def _write(out: Path, text: str) -> None:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInputError(
            "file_unwritable",
            said("{file} cannot be written: {why}", file=out, why=error.strerror),
            said("another folder"),
        ) from error


def _isochrone_page(
    found: "Isochrones", names: Sequence[str], travel: "TravelTimes", language: str
) -> str:
    from maps.pages.planning import isochrone_page

    outline = found.rings[-1].area.bounds
    return isochrone_page(found, names=names, **_ground(travel, outline), language=language)


def _ground(travel: "TravelTimes", box: Box) -> dict[str, Any]:
    """Counties, roads and places of a page; places only near the box (degrees)."""
    from geodata.territories.counties import load_counties
    from geodata.territories.localities import load_localities
    from maps.ground import counties_geojson, places_rows
    from maps.pages.assets import default_vendor_dir, missing_vendor_files

    if missing := missing_vendor_files(default_vendor_dir()):
        raise UnavailableError(
            "assets_missing",
            said("{missing} is not installed", missing=missing[0]),
            said("make setup"),
        )
    west, south, east, north = box
    few = travel.index.network.piece_count <= _MOST_PIECES_WITH_STREETS
    return {
        "counties": counties_geojson(load_counties()),
        "basemap": travel.basemap_geojson("residential" if few else "secondary"),
        "places": [
            row
            for row in places_rows(load_localities())
            if west - _MARGIN_DEG <= row[1] <= east + _MARGIN_DEG
            and south - _MARGIN_DEG <= row[2] <= north + _MARGIN_DEG
        ],
    }


def _isochrone_answer(
    found: "Isochrones", names: Sequence[str], out: Path | None
) -> dict[str, Any]:
    places = zip(names, found.places, found.starts, strict=True)
    return {
        "at": found.at.isoformat(),
        "profile": found.profile,
        "outward": found.outward,
        "places": [
            {
                "name": name,
                "lon": place.lon,
                "lat": place.lat,
                "snap_m": None if start is None else round(start.distance_m, 1),
            }
            for name, place, start in places
        ],
        "rings": [
            {
                "minutes": ring.minutes,
                "area_km2": round(ring.area_km2, 2),
                "persons": round(ring.total_persons),
                "persons_by_county": {k: round(n) for k, n in sorted(ring.persons.items())},
                "meets_edge": ring.meets_edge,
            }
            for ring in found.rings
        ],
        **({"file": str(out)} if out else {}),
    }


def _isochrone_lines(found: "Isochrones") -> list[str]:
    lines = [
        f"{ring.minutes:5g} min {ring.area_km2:10,.1f} km2 {ring.total_persons:12,.0f} people"
        + ("  (the road network ends inside)" if ring.meets_edge else "")
        for ring in found.rings
    ]
    off = sum(start is None for start in found.starts)
    if off:
        lines.append(f"{off} of {len(found.starts)} places have no road near")
    return [*lines, f"speeds: {found.profile}"]


def _coverage_lines(answered: dict[str, Any]) -> list[str]:
    rows = [row for row in answered["counties"] if row["beyond"]]
    lines = [f"county                    people   within {answered['minutes']:g} min    farther"]
    lines += [
        f"{row['name']:<22}{row['persons']:>10,}{row['within']:>16,}{row['beyond']:>11,}"
        + ("  (estimate)" if row["estimated"] == row["persons"] else "")
        for row in rows
    ]
    return [*lines, f"speeds: {answered['profile']}"]
