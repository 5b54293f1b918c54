"""Where the compiled reference files are, and how a missing one is reported."""

import csv
import json
from pathlib import Path
from typing import Any

from geodata.errors import ReferenceDataError
from geodata.said import said

DATA = Path(__file__).with_name("data")

BORDERS = "borders.json"
COUNTIES = "counties.csv"
LOCALITIES = "localities.csv"
NUMBERING = "landline_prefixes.csv"
MOBILE_NETWORKS = "mobile_networks.csv"
ROADS = "bucharest_roads.npz"
MOTORWAYS = "motorways.json"
MANIFEST = "manifest.json"


def read_text(name: str, folder: Path = DATA) -> str:
    """
    Read one compiled file.

    Raises
    ------
    ReferenceDataError
        `reference_missing`: the file is not there.
    """
    return read_bytes(name, folder).decode("utf-8")


def read_bytes(name: str, folder: Path = DATA) -> bytes:
    """
    Read one compiled file as it is.

    Raises
    ------
    ReferenceDataError
        `reference_missing`: the file is not there.
    """
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise ReferenceDataError(
            "reference_missing",
            said("reference file {name} cannot be read", name=name),
            said("restore it from the repository or run: dispatch119 data build"),
        ) from error


def read_json(name: str, folder: Path = DATA) -> Any:
    """Read one compiled JSON file."""
    return json.loads(read_text(name, folder))


def read_rows(name: str, folder: Path = DATA) -> list[dict[str, str]]:
    """Read one compiled CSV file as rows of text by column name."""
    return list(csv.DictReader(read_text(name, folder).splitlines()))
