"""
Lists of named places from a CSV file as people really save them.

Read are UTF-8 with or without a byte-order mark, columns separated by commas, semicolons
or tabs (what the heading uses), decimal commas where the separator leaves room for them,
other columns, empty rows, and headings in Romanian or English. Nothing is guessed about a
number: a row that is wrong is refused with its line.
"""

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from geodata.errors import BadCoordinateError, BadInputError
from geodata.points import LonLat
from geodata.said import said

_HEADINGS = {
    "name": ("name", "nume", "callsign", "indicativ", "team", "echipa", "echipă", "base", "baza"),
    "lon": ("lon", "lng", "longitude", "longitudine", "x"),
    "lat": ("lat", "latitude", "latitudine", "y"),
}
_MOST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """One row: name, place (EPSG:4326), line of the file, and whether the name is there twice."""

    name: str
    place: LonLat
    line: int
    is_duplicate: bool = False


def read_places(file: Path, *, fault: str) -> list[NamedPlace]:
    """
    Read a CSV file with columns for name, longitude and latitude (degrees).

    Raises
    ------
    RefusedError
        `file_unreadable`; the code `fault` (`bad_teams`, `bad_bases`): no such columns, no
        rows, or a row without a name or a number; the message names the line.
    BadCoordinateError
        A longitude or latitude that is none, with the line.
    """
    lines = _text(file).splitlines()
    heading = lines[0] if lines else ""
    separator = max(",;\t", key=heading.count)
    reader = csv.reader(lines, delimiter=separator)
    columns = _columns(next(reader, []))
    if columns is None:
        raise BadInputError(
            fault,
            said("{file} has no columns name, lon and lat", file=file.name),
            said("first line: name,lon,lat (commas, semicolons or tabs)"),
        )
    rows = [
        _row(file.name, reader.line_num, row, columns, fault, decimal_comma=separator != ",")
        for row in reader
        if any(cell.strip() for cell in row)
    ]
    if not rows:
        raise BadInputError(
            fault, said("{file} has no rows", file=file.name), said("one place a line")
        )
    times = Counter(row.name for row in rows)
    return [NamedPlace(r.name, r.place, r.line, times[r.name] > 1) for r in rows]


def _text(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return stream.read(_MOST_BYTES).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(
            "file_unreadable", said("{file} cannot be read", file=file), said("a CSV file in UTF-8")
        ) from error


def _columns(heading: list[str]) -> dict[str, int] | None:
    names = [cell.strip().strip('"').lower() for cell in heading]
    found = {
        column: next((names.index(name) for name in known if name in names), -1)
        for column, known in _HEADINGS.items()
    }
    return None if -1 in found.values() else found


def _row(
    file: str,
    line: int,
    row: list[str],
    columns: dict[str, int],
    fault: str,
    *,
    decimal_comma: bool,
) -> NamedPlace:
    cells = {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}
    if not all(cells.values()):
        missing = ", ".join(name for name, cell in cells.items() if not cell)
        raise BadInputError(
            fault,
            said("{file}, line {line:d}: no {missing}", file=file, line=line, missing=missing),
            said("every row needs name, lon and lat"),
        )
    lon, lat = (_number(cells[axis], decimal_comma=decimal_comma) for axis in ("lon", "lat"))
    try:
        return NamedPlace(cells["name"], LonLat.checked(lon, lat), line)
    except BadCoordinateError as error:
        raise BadCoordinateError(
            error.code,
            said("{file}, line {line:d}: {message}", file=file, line=line, message=error.message),
            error.hint,
        ) from error


def _number(text: str, *, decimal_comma: bool) -> str:
    return text.replace(",", ".") if decimal_comma and text.count(",") == 1 else text
