"""
A table of cells in memory: arrays of 33 bytes per cell, found by binary search.

Two kinds of file are read: OpenCelliD's CSV, and the `#`-separated text that Romanian
operators deliver (ANCOM decision 1023/2008). The order of the latter's fields is not
public; `OPERATOR_RO` is our assumption, to be replaced by the order agreed with each
operator. Coordinates EPSG:4326 degrees, lengths metres, bearings degrees from north.

Traps: 2147483647 (the largest whole number of 32 bits), 0/0 and blanks stand for "no
coordinates"; the cell is then known and has no place.
"""

import math
import struct
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dispatch.errors import UnreadableReportError
from dispatch.location.cells.reader import CellIdentity, CellKind, identity
from geodata.errors import ReferenceDataError
from geodata.points import LonLat, is_swapped
from geodata.said import said

NO_COORDINATE = 2147483647
_UNKNOWN = np.int32(NO_COORDINATE)
_STEPS = 1e7

_ALIASES = {
    "net": "mnc", "cid": "cell", "ci": "cell", "lac": "area", "tac": "area", "range": "range_m",
    "longitude": "lon", "latitude": "lat", "technology": "radio",
}  # fmt: skip
_RADIOS = {"GSM": 0, "UMTS": 1, "LTE": 2, "NR": 3}
_RADIO_ALIASES = {"2G": "GSM", "3G": "UMTS", "WCDMA": "UMTS", "4G": "LTE", "5G": "NR"}
_RADIO_NAMES = tuple(_RADIOS)


@dataclass(frozen=True, slots=True)
class Columns:
    """
    How a file is laid out: separator, and the fields in their order.

    Fields that matter: radio, mcc, mnc, area, cell, lon, lat, range_m, azimuth,
    beamwidth, confidence (share or per cent). Any other name is passed over. A file with
    a line of headings overrides `fields`. `scale` turns its coordinates into degrees.
    """

    separator: str
    fields: tuple[str, ...]
    scale: float = 1.0
    encoding: str = "utf-8"


OPENCELLID = Columns(
    ",",
    ("radio", "mcc", "mnc", "area", "cell", "unit", "lon", "lat", "range_m", "samples",
     "changeable", "created", "updated", "average_signal"),
)  # fmt: skip
OPERATOR_RO = Columns(
    "#",
    ("radio", "mcc", "mnc", "area", "cell", "lat", "lon", "range_m", "confidence", "azimuth",
     "beamwidth"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """What a table knows of one cell; None where it does not."""

    radio: str
    place: LonLat | None
    range_m: float | None
    azimuth_deg: float | None
    beamwidth_deg: float | None
    confidence: float | None


class CellTable:
    """Cells by identity. `skipped` lines could not be read."""

    def __init__(self, keys: NDArray[np.uint64], facts: NDArray[np.void], skipped: int) -> None:
        order = np.argsort(keys, kind="stable")
        self._keys = keys[order]
        self._facts = facts[order]
        self.skipped = skipped

    def __len__(self) -> int:
        return len(self._keys)

    @classmethod
    def load(
        cls, path: Path, columns: Columns = OPENCELLID, *, mcc: str | None = None
    ) -> "CellTable":
        """
        Read a file line by line; of two lines for one cell the later one counts.

        Parameters
        ----------
        path
            Text of `columns.encoding`, gunzipped.
        columns
            Its layout.
        mcc
            Only cells of this country (226), all when None.

        Raises
        ------
        ReferenceDataError
            `cell_table_missing` or `bad_cell_table`.
        """
        try:
            with path.open(encoding=columns.encoding, errors="replace") as lines:
                return cls.from_lines(lines, columns, mcc=mcc)
        except OSError as error:
            hint = said("check the path of the cell table")
            message = said("the cell table {path} cannot be read", path=path.name)
            raise ReferenceDataError("cell_table_missing", message, hint) from error

    @classmethod
    def from_lines(
        cls, lines: Iterable[str], columns: Columns = OPENCELLID, *, mcc: str | None = None
    ) -> "CellTable":
        """Read lines of text; see `load`."""
        keys, packed, skipped = array("Q"), bytearray(), 0
        for row in _rows(lines, columns):
            if mcc is not None and row.get("mcc") != mcc:
                continue
            try:
                key, facts = _read(row, columns.scale)
            except (ValueError, OverflowError):
                skipped += 1
                continue
            keys.append(key)
            packed += _LINE.pack(*facts)
        if skipped and not keys:
            hint = said("check the separator and the order of the columns")
            raise ReferenceDataError(
                "bad_cell_table", said("no line of the table can be read"), hint
            )
        table = np.frombuffer(packed, dtype=_FACTS)
        return cls(np.frombuffer(keys, dtype=np.uint64).copy(), table.copy(), skipped)

    def find(self, wanted: CellIdentity) -> Cell | None:
        """Return what is known of a cell, None if the table has no such cell."""
        found = self._find(wanted.key)
        if found is None and wanted.kind is CellKind.ECGI and wanted.area is not None:
            # Four numbers with a long cell can also be UMTS: LAC, and RNC together with the cell.
            found = self._find(CellIdentity(CellKind.CGI, wanted.mcc, wanted.mnc,
                                            wanted.area & 0xFFFF, wanted.cell).key)  # fmt: skip
        return found

    def _find(self, key: int) -> Cell | None:
        wanted = np.uint64(key)
        i = int(np.searchsorted(self._keys, wanted, side="right")) - 1
        return _cell(self._facts[i]) if i >= 0 and self._keys[i] == wanted else None


_FACTS = np.dtype(
    [("lon", "<i4"), ("lat", "<i4"), ("range_m", "<f4"), ("azimuth", "<f4"), ("beamwidth", "<f4"),
     ("confidence", "<f4"), ("radio", "u1")]
)  # fmt: skip
_LINE = struct.Struct("<iiffffB")


def _cell(facts: np.void) -> Cell:
    place = None
    if facts["lon"] != _UNKNOWN:
        place = LonLat(round(int(facts["lon"]) / _STEPS, 7), round(int(facts["lat"]) / _STEPS, 7))
    return Cell(
        _RADIO_NAMES[int(facts["radio"])], place, _known(facts["range_m"]),
        _known(facts["azimuth"]), _known(facts["beamwidth"]), _known(facts["confidence"]),
    )  # fmt: skip


def _known(value: np.float32) -> float | None:
    return None if math.isnan(value) else round(float(value), 6)


# ── reading ───────────────────────────────────────────────────────────────────
def _rows(lines: Iterable[str], columns: Columns) -> Iterator[dict[str, str]]:
    fields = columns.fields
    for number, line in enumerate(lines):
        parts = [part.strip(' "\r\n\ufeff') for part in line.split(columns.separator)]
        if number == 0 and "mcc" in {part.lower() for part in parts}:
            fields = tuple(_ALIASES.get(part.lower(), part.lower()) for part in parts)
        elif any(parts):
            yield dict(zip(fields, parts, strict=False))


def _read(row: dict[str, str], scale: float) -> tuple[int, tuple[int | float, ...]]:
    """Return key and facts of one line; raises `ValueError` when it is no cell."""
    radio = row.get("radio", "GSM").upper()
    kind = _kind(_RADIO_ALIASES.get(radio, radio))
    try:
        area = int(row["area"]) if row.get("area") else None
        found = identity(kind, _network(row), area, int(row["cell"]))
    except (KeyError, UnreadableReportError) as error:
        raise ValueError("no identity") from error
    lon, lat = _place(row, scale)
    facts = (
        lon, lat, _number(row, "range_m", lambda x: 0.0 < x <= 200_000.0),
        _number(row, "azimuth", lambda x: 0.0 <= x <= 360.0),
        _number(row, "beamwidth", lambda x: 0.0 < x <= 360.0),
        _share(row), _RADIOS[_RADIO_ALIASES.get(radio, radio)],
    )  # fmt: skip
    return found.key, facts


def _kind(radio: str) -> CellKind:
    if radio not in _RADIOS:
        raise ValueError("unknown radio")
    return {"LTE": CellKind.ECGI, "NR": CellKind.NCGI}.get(radio, CellKind.CGI)


def _network(row: dict[str, str]) -> tuple[str, str]:
    mcc, mnc = row["mcc"], row["mnc"]
    if not (mcc.isdigit() and len(mcc) == 3 and mnc.isdigit() and len(mnc) <= 3):
        raise ValueError("no network")
    return mcc, mnc


def _place(row: dict[str, str], scale: float) -> tuple[int, int]:
    unknown = (NO_COORDINATE, NO_COORDINATE)
    texts = row.get("lon", ""), row.get("lat", "")
    if not all(texts):
        return unknown
    written = tuple(float(text.replace(",", ".")) for text in texts)
    if NO_COORDINATE in written or not any(written) or not all(map(math.isfinite, written)):
        return unknown
    lon, lat = (value * scale for value in written)
    if abs(lon) > 180.0 or abs(lat) > 90.0 or is_swapped(lon, lat):
        raise ValueError("not on Earth, or exchanged")
    return round(lon * _STEPS), round(lat * _STEPS)


def _number(row: dict[str, str], name: str, is_usable: Callable[[float], bool]) -> float:
    text = row.get(name, "")
    value = float(text.replace(",", ".")) if text else math.nan
    return value if is_usable(value) else math.nan


def _share(row: dict[str, str]) -> float:
    value = _number(row, "confidence", lambda x: 0.0 < x <= 100.0)
    return value / 100.0 if value > 1.0 else value
