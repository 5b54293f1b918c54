"""``travel-times``: how long each of a list of teams drives to a place or an area."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.edge import Json, say, show
from api.cli.place_files import NamedPlace, read_places
from api.cli.roads import in_use, parse_place
from geodata.errors import BadInputError
from geodata.points import LonLat
from geodata.said import said

if TYPE_CHECKING:
    from dispatch.model import TravelTime
    from dispatch.recommendation.sampled_area import SampledArea
    from geodata.roads.snapping import SnappedMany
    from geodata.travel.travel_times import TravelTimes

# How far the nearest road is looked for, to say how far it is; it is not used for times.
_LOOK_M = 50_000.0
# Farther from its road than this, somebody has a way to go that no time contains.
_FAR_M = 100.0
_ROAD_WORDS = {
    "off_the_roads": "{}: an estimate",
    "road_apart": "its road is joined to no other of the map, perhaps no way by land",
    "far_from_road": "{}, on foot or by track: not in the time",
}


def travel_times(
    to: Annotated[str, typer.Option("--to", help="LON,LAT of the destination, degrees.")],
    teams: Annotated[Path, typer.Option("--from", help="CSV with the columns name, lon, lat.")],
    radius_m: Annotated[
        float, typer.Option("--radius-m", help="Radius of the destination's area; adds p10, p90.")
    ] = 0.0,
    as_json: Json = False,
) -> None:
    """Time the drives of a list of teams to a place, by road, fastest first."""
    from api.database import utc_now
    from dispatch.policy import RecommendationPolicy
    from dispatch.recommendation.area_times import times_to_area

    if not 0.0 <= radius_m <= 100_000.0:
        raise BadInputError(
            "bad_radius",
            said("a radius of {radius_m:g} m is not usable", radius_m=radius_m),
            said("0 to 100000"),
        )
    rows, destination = read_places(teams, fault="bad_teams"), parse_place(to)
    travel = in_use()
    times = times_to_area(
        [row.place for row in rows],
        _area(destination, radius_m),
        travel=travel,
        at=utc_now(),
        policy=RecommendationPolicy(),
    )
    starts = travel.place_origins([row.place for row in rows])
    end = travel.place_destinations([destination])
    roads_m = _roads_m(travel, [row.place for row in rows], starts)
    end_m = _roads_m(travel, [destination], end)[0]
    apart = ~travel.index.leads(starts.piece, outward=True)
    answers = [
        _answer(row, time, road_m, apart=one, has_spread=radius_m > 0, limit_m=travel.max_snap_m)
        for row, time, road_m, one in zip(rows, times, roads_m, apart.tolist(), strict=True)
    ]
    end_apart = not travel.index.leads(end.piece, outward=False)[0]
    end_notes = _road_notes(end_m, travel.max_snap_m, apart=end_apart)
    answers.sort(key=lambda row: (row["seconds"] is None, row["seconds"]))
    if as_json:
        show(
            {
                "to": list(destination),
                "radius_m": radius_m,
                "nearest_road_m": end_m,
                "notes": end_notes,
                "profile": times[0].profile,
                **_in_force(travel),
                "times": answers,
            }
        )
    else:
        words = [_ROAD_WORDS[note].format(_far(end_m)) for note in end_notes]
        say(*(_line(row) for row in answers), *(f"destination: {text}" for text in words))
        say(f"speeds: {times[0].profile}", *_closures(travel))


def _in_force(travel: "TravelTimes") -> dict[str, Any]:
    about = travel.info()
    return {name: about[name] for name in ("closures_in_force", "closures_as_of")}


def _closures(travel: "TravelTimes") -> list[str]:
    facts = _in_force(travel)
    if not facts["closures_in_force"]:
        return []
    count, at = facts["closures_in_force"], facts["closures_as_of"]
    return [f"road closures in force: {count} (as of {at})"]


def _area(place: LonLat, radius_m: float) -> "SampledArea":
    from dispatch.recommendation.sampled_area import SampledArea, sampled_shape
    from geodata.areas.shapes import Circle
    from geodata.people.population import load_population

    if radius_m == 0:
        return SampledArea.of_place(place)
    return sampled_shape(load_population(), Circle(place, radius_m))


def _roads_m(
    travel: "TravelTimes", places: Sequence[LonLat], placed: "SnappedMany"
) -> list[float | None]:
    """Metres to the road used of each place; to any road where none is, None beyond `_LOOK_M`."""
    import numpy as np

    lon, lat = np.array(places, np.float64).T.copy()
    any_road = travel.index.snap(lon, lat, max_distance_m=_LOOK_M).distance_m
    found = np.where(placed.piece >= 0, placed.distance_m, any_road)
    return [round(one, 1) if np.isfinite(one) else None for one in found.tolist()]


def _answer(
    row: NamedPlace,
    time: "TravelTime",
    road_m: float | None,
    *,
    apart: bool,
    has_spread: bool,
    limit_m: float,
) -> dict[str, Any]:
    spread = {"p10_s": _rounded(time.p10_s), "p90_s": _rounded(time.p90_s)}
    return {
        "name": row.name,
        "line": row.line,
        "lon": row.place.lon,
        "lat": row.place.lat,
        "seconds": _rounded(time.seconds),
        "late_s": _rounded(time.late_s),
        **(spread if has_spread else {}),
        "source": time.source.value,
        "nearest_road_m": road_m,
        "notes": _notes(row, road_m, limit_m, apart=apart),
    }


def _notes(row: NamedPlace, road_m: float | None, limit_m: float, *, apart: bool) -> list[str]:
    from geodata.territories.counties import load_counties

    notes = ["duplicate_name"] if row.is_duplicate else []
    if load_counties().find_at(row.place) is None:
        notes.append("outside_country")
    return notes + _road_notes(road_m, limit_m, apart=apart)


def _road_notes(road_m: float | None, limit_m: float, *, apart: bool) -> list[str]:
    """Say what is behind a time: no road near, one that is joined to no other, or one far off."""
    if road_m is None or road_m > limit_m:
        return ["off_the_roads"]
    far = ["far_from_road"] if road_m > _FAR_M else []
    return ["road_apart", *far] if apart else far


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)


def _line(row: dict[str, Any]) -> str:
    if row["seconds"] is None:
        time = "unreachable"
    else:
        time = f"{row['seconds'] / 60:6.1f} min  {row['source']}{_late(row)}"
    if row.get("p90_s") is not None:
        time += f"  ({row['p10_s'] / 60:.1f} to {row['p90_s'] / 60:.1f} within the area)"
    return f"{row['name']:<20} {time}{''.join(f'  [{text}]' for text in _remarks(row))}"


def _late(row: dict[str, Any]) -> str:
    """Say what nine of ten drives do not exceed, where it reads otherwise than the time."""
    late = None if row["late_s"] is None else f"{row['late_s'] / 60:.1f}"
    if late is None or late == f"{row['seconds'] / 60:.1f}":
        return ""
    return f"  9 in 10 up to {late}"


def _remarks(row: dict[str, Any]) -> list[str]:
    words = {
        "duplicate_name": f"name is there twice, line {row['line']}",
        "outside_country": "outside Romania",
        **_ROAD_WORDS,
    }
    return [words[note].format(_far(row["nearest_road_m"])) for note in row["notes"]]


def _far(road_m: float | None) -> str:
    if road_m is None:
        return "no road of the network within 50 km"
    if road_m < 1000:
        return f"nearest road {road_m:.0f} m away"
    return f"nearest road {road_m / 1000:.1f} km away"
