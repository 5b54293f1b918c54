"""``roads refit``: the speeds of the hours of the week, learnt from the teams' own tracks."""

from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.edge import Json, say, show

if TYPE_CHECKING:
    from geodata.roads.profiles import SpeedProfile
    from geodata.roads.refit import ClassError, Refit


def refit(
    days: Annotated[int, typer.Option(min=1, max=366, help="Days of tracks to read.")] = 30,
    try_only: Annotated[bool, typer.Option("--try", help="Report, and change nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Fit the hour-of-week speeds to the teams' own tracks and use them from then on."""
    from api.cli.context import cli_scope, load_settings
    from api.database import running_engines, utc_now
    from api.installation import road_folder, roads_in_use
    from dispatch import services as use_cases
    from dispatch.closures.standing import bring_up_to_date
    from geodata.roads.profile_file import read_profile, write_profile
    from geodata.roads.tracks import refit_from_tracks

    settings, now = load_settings().database, utc_now()
    root, since = road_folder(settings), now - timedelta(days=days)
    travel = roads_in_use(settings)
    with running_engines(settings) as engines:
        tracks = use_cases.read_tracks(engines.app, cli_scope(), since=since, until=now)
        found = refit_from_tracks(travel.index, tracks, read_profile(root))
        profile = _dated(found, since, now)
        if not try_only:
            write_profile(root, profile)
            bring_up_to_date(engines.app, root, now)
    report = _report(found, profile, used=not try_only)
    if as_json:
        show(report)
    else:
        say(*_lines(report))


def _dated(found: "Refit", since: datetime, until: datetime) -> "SpeedProfile":
    source = (
        f"{found.drives} drives of {found.tracks} own tracks,"
        f" {_day(since)} to {_day(until)}, fitted {_day(until)}"
    )
    return replace(found.profile, source=source)


def _day(moment: datetime) -> date:
    return moment.date()


def _report(found: "Refit", profile: "SpeedProfile", *, used: bool) -> dict[str, Any]:
    return {
        "profile": profile.as_dict(),
        "tracks": found.tracks,
        "drives": found.drives,
        "held_out": found.held_out,
        "error_before": round(found.error_before, 4),
        "error_after": round(found.error_after, 4),
        "classes": [_class(one) for one in found.classes],
        "whole_held_out": found.whole_held_out,
        "inside_before": _share(found.inside_before),
        "inside_after": _share(found.inside_after),
        "used": used,
    }


def _class(one: "ClassError") -> dict[str, Any]:
    figures = asdict(one)
    return {name: _share(x) if isinstance(x, float) else x for name, x in figures.items()}


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _lines(report: dict[str, Any]) -> list[str]:
    profile = report["profile"]
    return [
        f"{report['drives']} drives of {report['tracks']} tracks",
        f"median error on {report['held_out']} drives held out:"
        f" {report['error_before']:.1%} before, {report['error_after']:.1%} after",
        *(
            f"  {one['name']:<14} {one['drives']:5} drives  error {one['error_before']:.1%} to"
            f" {one['error_after']:.1%}  bias {one['bias_before']:+.1%} to {one['bias_after']:+.1%}"
            for one in report["classes"]
        ),
        *_range_lines(report),
        f"fixed seconds of a drive {profile['start_s']:.0f}",
        *(
            f"  up to {belt['to_m']:.0f} m from the centre  factor {belt['factor']:.3f}"
            f"  {belt['drives']} drives"
            for belt in profile["belts"]
        ),
        *(
            f"  {band['first']:02}-{band['last']:02}  factor {band['factor']:.3f}"
            f"  {band['drives']} drives"
            for band in profile["bands"]
        ),
        f"in use: {profile['name']}" if report["used"] else "nothing was changed",
    ]


def _range_lines(report: dict[str, Any]) -> list[str]:
    """How often drives ended within their range; nine of ten should."""
    if not report["whole_held_out"]:
        return ["no whole drive from standing to standing: ranges and fixed seconds are kept"]
    return [
        f"within the range, of {report['whole_held_out']} whole drives held out:"
        f" {report['inside_before']:.0%} before, {report['inside_after']:.0%} after"
    ]
