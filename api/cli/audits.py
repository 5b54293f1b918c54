"""``audit``: whether an exported audit trail is what the database wrote."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from api.cli.edge import Json, say, show
from geodata.errors import BadInputError
from geodata.said import said

app = typer.Typer(
    help="Audit trail: verify an exported file.", no_args_is_help=True, rich_markup_mode=None
)


@app.callback()
def _group() -> None:
    """Keep `verify` a command of its own while it is the only one."""


@app.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(help="File of GET /v1/audit/export, JSON lines or CSV.")],
    offline: Annotated[
        bool, typer.Option("--offline", help="Only the file itself, without the database.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Verify an exported file: its hashes, its links, its end, and the database's own; exit 1."""
    from geodata.database.audit_file import verify_lines

    try:
        with file.open(encoding="utf-8", newline="") as lines:
            verdict = verify_lines(lines)
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(
            "file_unreadable",
            said("{file} cannot be read", file=file),
            said("give the path of an exported file"),
        ) from error
    foreign = None if offline else _foreign_entry(verdict.hashes)
    answer = {
        "entries": verdict.entries,
        "gaps": verdict.gaps,
        "broken_at": verdict.broken_at,
        "is_whole": verdict.is_whole,
        "not_in_database": foreign,
        "compared_with_database": not offline,
    }
    is_good = verdict.broken_at is None and verdict.is_whole and foreign is None
    if as_json:
        show({**answer, "is_good": is_good})
    else:
        say(*_sentences(answer), "good" if is_good else "NOT GOOD")
    return 0 if is_good else 1


def _foreign_entry(hashes: Mapping[int, bytes]) -> int | None:
    from api.cli.context import cli_scope, load_settings
    from api.database import running_engines
    from dispatch.services.trail import find_foreign_entry

    with running_engines(load_settings().database) as engines:
        return find_foreign_entry(engines.app, cli_scope(), hashes)


def _sentences(answer: Mapping[str, object]) -> list[str]:
    lines = [f"{answer['entries']} entries, {answer['gaps']} gaps (entries of other counties)"]
    if answer["broken_at"] is not None:
        lines.append(f"entry {answer['broken_at']} was changed, or one before it was taken out")
    if not answer["is_whole"]:
        lines.append("the end is missing: the file was cut")
    if answer["not_in_database"] is not None:
        lines.append(f"entry {answer['not_in_database']} is not so in the database")
    return lines
