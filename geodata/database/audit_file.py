"""
Exported entries of the audit trail as lines of a file, and whether such a file was tampered with.

Two forms with the same members: a JSON object a line, or CSV under a head. Each entry brings the
text that was hashed (`content`), the hash of the entry before it (`prev`) and its own (`hash`), so
that a file is verified without this program: `hash` is the SHA-256 of `prev` and `content`. The
last line tells how many there are: a file that was cut lacks it. What a county may not read is
missing in between; there the links cannot be followed, and the verdict counts such gaps.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from geodata.database.audit import ChainedEntry
from geodata.errors import MalformedError
from geodata.said import said

_MEMBERS = (
    "n", "at", "actor", "role", "action", "object_type", "object_id", "county", "detail",
    "prev", "hash", "content",
)  # fmt: skip
_HASHED = _MEMBERS[:9]
_END = "end"


class AuditFormat(StrEnum):
    """The forms of an exported file."""

    JSONL = "jsonl"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """
    What a file's own lines say about it.

    Attributes
    ----------
    entries
        How many were read.
    gaps
        How often entries are missing between two lines, as those of other counties are.
    broken_at
        Number of the first entry that does not fit; None when all do.
    is_whole
        Whether the last line is there and its count is right.
    hashes
        The hashes by number, to compare with a database.
    """

    entries: int
    gaps: int
    broken_at: int | None
    is_whole: bool
    hashes: Mapping[int, bytes] = field(default_factory=dict, repr=False)


# ── writing ───────────────────────────────────────────────────────────────────
def written_lines(entries: Iterable[ChainedEntry], form: AuditFormat) -> Iterator[str]:
    """Write entries as they come, each with its line end; the end last."""
    if form is AuditFormat.CSV:
        yield _csv_line(_MEMBERS)
    count = 0
    for one in entries:
        count += 1
        yield _written(one, form)
    if form is AuditFormat.CSV:
        yield _csv_line((_END, count))
    else:
        yield _json_line({_END: count})


def _written(one: ChainedEntry, form: AuditFormat) -> str:
    entry = one.entry
    members: dict[str, Any] = {
        **{name: getattr(entry, name) for name in _HASHED},
        "at": entry.at.isoformat(),
        "prev": one.prev.hex() if one.prev is not None else None,
        "hash": one.hash.hex(),
        "content": one.content,
    }
    if form is AuditFormat.JSONL:
        return _json_line(members)
    members["detail"] = json.dumps(members["detail"], ensure_ascii=False)
    return _csv_line(members.values())


def _json_line(members: Mapping[str, Any]) -> str:
    return json.dumps(members, ensure_ascii=False) + "\n"


def _csv_line(values: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(values)
    return line.getvalue()


# ── verifying ─────────────────────────────────────────────────────────────────
def verify_lines(lines: Iterable[str]) -> FileVerdict:
    """
    Verify an exported file by itself, whichever of the forms it has.

    Raises
    ------
    MalformedError
        `not_an_export`: it is no such file.
    """
    hashes: dict[int, bytes] = {}
    gaps, broken_at, told = 0, None, None
    last: int | None = None
    for row in _rows(lines):
        if told is not None:
            raise _no_export()
        if _END in row:
            told = row[_END]
            continue
        number = row["n"]
        follows = last is not None and number == last + 1
        gaps += last is not None and not follows
        fits = _fits(row) and (last is None or number > last)
        if follows and last is not None:
            fits = fits and row["prev"] == hashes[last].hex()
        if not fits and broken_at is None:
            broken_at = number
        hashes[number] = _bytes_of(row["hash"])
        last = number
    return FileVerdict(len(hashes), gaps, broken_at, told == len(hashes), hashes)


def _fits(row: Mapping[str, Any]) -> bool:
    """Tell whether an entry hashes to what it says, and shows what was hashed."""
    hashed = hashlib.sha256(_bytes_of(row["prev"] or "") + row["content"].encode()).hexdigest()
    try:
        content = json.loads(row["content"], parse_float=Decimal)
    except ValueError:
        return False
    shown = [row[name] for name in _HASHED]
    shown[1] = _epoch(row["at"])
    if not isinstance(content, list) or len(content) != len(shown):
        return False
    content[1] = Decimal(str(content[1]))
    return hashed == row["hash"] and content == shown


def _epoch(at: str) -> Decimal:
    moment = datetime.fromisoformat(at)
    since = moment - datetime.fromtimestamp(0, moment.tzinfo)
    return Decimal(since.days * 86_400 + since.seconds) + Decimal(since.microseconds) / 1_000_000


def _rows(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    ahead = iter(lines)
    first = next(ahead, "")
    try:
        if first.startswith("{"):
            yield from (_json_row(line) for line in _after(first, ahead))
        elif first.strip() == ",".join(_MEMBERS):
            yield from (_csv_row(cells) for cells in csv.reader(ahead))
        else:
            raise _no_export()
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        raise _no_export() from error


def _after(first: str, ahead: Iterator[str]) -> Iterator[str]:
    yield first
    yield from ahead


def _json_row(line: str) -> dict[str, Any]:
    row = json.loads(line, parse_float=Decimal)
    return _checked(row) if isinstance(row, dict) else _checked({})


def _csv_row(cells: list[str]) -> dict[str, Any]:
    if cells[:1] == [_END]:
        return {_END: int(cells[1])}
    row: dict[str, Any] = dict(zip(_MEMBERS, cells, strict=True))
    row |= {name: row[name] or None for name in ("object_id", "county", "prev")}
    row["n"] = int(row["n"])
    row["detail"] = json.loads(row["detail"], parse_float=Decimal)
    return _checked(row)


def _checked(row: dict[str, Any]) -> dict[str, Any]:
    if set(row) == {_END} and isinstance(row[_END], int):
        return row
    texts = all(isinstance(row.get(name), str) for name in ("at", "hash", "content"))
    if set(row) != set(_MEMBERS) or not texts or not isinstance(row["n"], int):
        raise _no_export()
    return row


def _bytes_of(digest: str) -> bytes:
    return bytes.fromhex(digest)


def _no_export() -> MalformedError:
    return MalformedError(
        "not_an_export",
        said("this is no exported audit trail"),
        said("export it with GET /v1/audit/export, and keep the file as it came"),
    )
