"""``data`` and ``roads``: the compiled reference data and the road index."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.checking import show_findings
from api.cli.edge import say, show

data = typer.Typer(
    help="Reference data: build, verify.", no_args_is_help=True, rich_markup_mode=None
)
roads = typer.Typer(help="Road index: info.", no_args_is_help=True, rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


@data.command("build")
def build(
    source: Annotated[Path, typer.Option(help="Folder with the original files.")],
    target: Annotated[
        Path | None, typer.Option(help="Where the compiled files go; default: in place.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Compile the reference data from the original files; same input, same bytes."""
    from geodata.reference import files
    from geodata.reference.build import build_reference

    folder = target or files.DATA
    manifest = build_reference(source, folder)
    if as_json:
        show(manifest)
    else:
        say(f"written to {folder}")


@data.command("verify")
def verify(as_json: Json = False) -> int:
    """Compare the compiled files with their checksums; exit 1 when one differs."""
    from api.checks import reference_findings

    return show_findings(reference_findings(), as_json=as_json)


@roads.command("info")
def info(as_json: Json = False) -> None:
    """Say which road index is in use: source, licence, counts, extent."""
    from geodata.travel_time import load_travel_times

    about = load_travel_times().info()
    if as_json:
        show(about)
    else:
        say(*(f"{name}: {value}" for name, value in about.items()))
