"""``locate`` and ``recommend``: the two questions of every call, from the command line."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.edge import Json, say, show
from dispatch.roles import Role
from geodata.errors import BadInputError, RefusedError
from geodata.said import said

if TYPE_CHECKING:
    from dispatch.belief.hearing import Message
    from dispatch.model import Recommendation


# A message is at most a megabyte; a reader that stops here cannot be fed for ever.
_READ_AT_MOST = 64_000_000


def locate(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE...",
            help="Location reports in the order in which they came, or - for stdin.",
        ),
    ] = None,
    message_format: Annotated[
        str, typer.Option("--format", help="auto, or the name of a format.")
    ] = "auto",
    caller: Annotated[
        str | None, typer.Option(help="The caller's number, where no report names it.")
    ] = None,
    words: Annotated[
        str | None, typer.Option("--said", help="What the caller says, heard after the reports.")
    ] = None,
    as_json: Json = False,
) -> None:
    """
    Read the location reports of a call and say which county owns it. Needs no database.

    Several reports become one belief: each step is told, and a conflict is shown.
    """
    from api.hearing import hearing_on
    from dispatch.answers.belief import belief_answer
    from dispatch.belief.kept import read_or_keep
    from dispatch.ground import load_ground
    from geodata.numbering import read_number

    unread = _messages(files or [], message_format, words)
    number = read_number(caller).e164 if caller else None
    hearing = hearing_on(load_ground())
    # Refuses what cannot be read and leaves no number, where a call goes on without it.
    messages = [
        replace(message, reading=read_or_keep(hearing, message, caller=number))
        for message in unread
    ]
    answer = belief_answer(hearing.believe(messages, caller=number))
    if as_json:
        show(answer)
    else:
        say(*_located_lines(answer))


def recommend(
    lon: Annotated[float, typer.Option(help="Longitude, degrees east.")],
    lat: Annotated[float, typer.Option(help="Latitude, degrees north.")],
    radius_m: Annotated[
        float, typer.Option("--radius-m", help="Radius of the caller area, metres.")
    ] = 100.0,
    as_json: Json = False,
) -> None:
    """Rank the teams of the configured database for a place, by road time, with reasons."""
    from dispatch.answers.recommendation import recommendation_answer

    owner, recommendation = _recommended(lon, lat, radius_m)
    if as_json:
        show({"owner": owner, **recommendation_answer(recommendation)})
    else:
        say(*_recommended_lines(owner, recommendation))


def _recommended(lon: float, lat: float, radius_m: float) -> tuple[str, "Recommendation"]:
    from api.cli.context import cli_scope, load_settings
    from api.database import running_engines, utc_now
    from api.installation import road_folder, roads_in_use
    from dispatch.closures.standing import bring_up_to_date
    from dispatch.ground import load_ground
    from dispatch.jurisdiction.county_assignment import owner_of_circle
    from dispatch.recommendation.proposal import Proposer
    from dispatch.recommendation.sampled_area import sampled_shape
    from geodata.areas.shapes import Circle
    from geodata.points import LonLat

    place = LonLat.checked(lon, lat)
    if not 1.0 <= radius_m <= 100_000.0:
        raise BadInputError(
            "bad_radius",
            said("a radius of {radius_m:g} m is not usable", radius_m=radius_m),
            said("1 to 100000 metres"),
        )
    ground = load_ground()
    owner = owner_of_circle(ground, place, radius_m)
    if owner is None:
        raise BadInputError(
            "outside_country",
            said("that place is in none of the 47 counties"),
            said("check lon and lat"),
        )
    area = sampled_shape(ground.population, Circle(place, radius_m))
    settings, now = load_settings().database, utc_now()
    with running_engines(settings) as engines:
        travel = roads_in_use(settings)
        if travel.generation is not None and bring_up_to_date(
            engines.app, road_folder(settings), now
        ):
            travel.follow()
        proposer = Proposer(engines.app, ground.counties, ground.population, travel)
        proposal = proposer.propose_for(cli_scope(Role.DISPATCHER), owner, area, now=now)
    return owner, proposal.recommendation


def _messages(files: list[str], message_format: str, words: str | None) -> "list[Message]":
    from datetime import UTC, datetime, timedelta

    from dispatch.belief.hearing import SPOKEN, Message

    read = [(_read(file), message_format) for file in files]
    if words is not None:
        read.append((words.encode(), SPOKEN))
    if not read:
        raise RefusedError(
            "usage", said("there is no report to read"), said("name a file, or --said")
        )
    now = datetime.now(UTC)
    # Their order is what was given; when they came nobody knows here.
    return [
        Message(raw, now + timedelta(milliseconds=i), format=name, is_live=False)
        for i, (raw, name) in enumerate(read)
    ]


def _read(file: str) -> bytes:
    try:
        if file == "-":
            return sys.stdin.buffer.read(_READ_AT_MOST)
        with Path(file).open("rb") as stream:
            return stream.read(_READ_AT_MOST)
    except OSError as error:
        raise BadInputError(
            "file_unreadable",
            said("cannot read {file}: {why}", file=file, why=error.strerror),
            said("name a file, or - for stdin"),
        ) from error


def _located_lines(answer: Mapping[str, Any]) -> list[str]:
    owner = answer["owner"] or "none of the 47 counties"
    sure = "ambiguous" if answer["ambiguous"] else "clear"
    lines = [f"owner {owner} ({sure}, margin {answer['margin']:.2f})", answer["reason"]["en"], ""]
    lines += [
        f"{row['code']:<3} {row['name']:<22} people {row['population_share']:6.1%}"
        f"   area {row['area_share']:6.1%}"
        for row in answer["counties"]
    ]
    if answer["outside_share"]:
        lines.append(f"--  outside the country    area {answer['outside_share']:6.1%}")
    lines += [f"warning: {warning['message']}" for warning in answer["warnings"]]
    return lines + _belief_lines(answer)


def _belief_lines(answer: Mapping[str, Any]) -> list[str]:
    """Tell how several reports became one belief; nothing to tell of a single one."""
    steps, conflict = answer["steps"], answer["conflict"]
    if len(steps) < 2:
        return []
    lines = [""]
    for number, step in enumerate(steps, 1):
        words = step["report"]["extras"].get("said")
        quoted = f'  "{words}"' if words else ""
        lines.append(f"{number}. {step['reason']['en']} [{step['report']['format']}]{quoted}")
    if conflict is not None:
        lines.append(f"CONFLICT: {conflict['reason']['en']}")
    if answer["question"]:
        lines.append(f"ask: {answer['question']['en']}")
    return lines


def _recommended_lines(owner: str, recommendation: "Recommendation") -> list[str]:
    lines = [f"owner {owner}"]
    for candidate in recommendation.candidates:
        time = candidate.travel_time
        minutes = f"{time.seconds / 60:5.1f} min" if time.seconds is not None else "  ?"
        lines.append(
            f"{candidate.rank:>2}. {candidate.callsign:<10} {candidate.county:<3} {minutes}"
            f" ({time.source.value})  {candidate.explanation['en']}"
        )
    lines += [
        f" -  {row.callsign:<10} {row.county:<3} {row.explanation['en']}"
        for row in recommendation.excluded
    ]
    lines += [f"shortfall: {row.explanation['en']}" for row in recommendation.shortfalls]
    return lines
