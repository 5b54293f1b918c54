"""``data``: the compiled reference data."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.checking import show_findings
from api.cli.edge import Json, say, show

data = typer.Typer(
    help="Reference data: build, verify, import-osm.", no_args_is_help=True, rich_markup_mode=None
)


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
def verify(
    folder: Annotated[
        Path | None, typer.Option(help="Folder of compiled files; default: those in use.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Compare the compiled files with their checksums; exit 1 when one differs."""
    from geodata.reference import files
    from geodata.reference.manifest import verify_reference

    return show_findings(verify_reference(folder or files.DATA), as_json=as_json)


@data.command("import-osm")
def import_osm(
    file: Annotated[Path, typer.Argument(help="An .osm.pbf file of the whole country.")],
    target: Annotated[Path, typer.Option(help="Folder for the compiled files; replaced whole.")],
    as_json: Json = False,
) -> None:
    """Compile counties, communes and places of an OSM file into our form, with a report."""
    from dataclasses import asdict

    from geodata.reference.build.osm import import_reference

    report = asdict(import_reference(file, target))
    if as_json:
        show(report)
    else:
        say(*(f"{name}: {value}" for name, value in report.items()), f"written to {target}")
