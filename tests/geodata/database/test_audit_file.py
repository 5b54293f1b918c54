"""Exported audit files: any change to them shows, and what is none is refused."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from geodata.database.audit import AuditEntry, ChainedEntry
from geodata.database.audit_file import AuditFormat, verify_lines, written_lines
from geodata.errors import MalformedError

AT = datetime(2026, 3, 14, 22, 5, 7, 120_000, UTC)


def chain(*numbers: int) -> list[ChainedEntry]:
    """Build entries that hash as the database's do; a missing number is another county's."""
    entries: list[ChainedEntry] = []
    prev: bytes | None = None
    for number in numbers:
        if entries and number != entries[-1].entry.n + 1:
            prev = hashlib.sha256(b"elsewhere").digest()
        detail: dict[str, Any] = {"rows": number, "said": 'ș "x", y'}
        entry = AuditEntry(
            number, AT, "ana", "supervisor", "incident.read", "incident", None, "B3", detail
        )
        content = json.dumps(
            [number, "1773525907.120000", "ana", "supervisor", "incident.read", "incident", None,
             "B3", detail], ensure_ascii=False,
        )  # fmt: skip
        digest = hashlib.sha256((prev or b"") + content.encode()).digest()
        entries.append(ChainedEntry(entry, prev, digest, content))
        prev = digest
    return entries


def written(form: AuditFormat, *numbers: int) -> list[str]:
    return list(written_lines(chain(*numbers), form))


@pytest.mark.parametrize("form", AuditFormat)
@pytest.mark.parametrize(
    ("numbers", "gaps"), [((), 0), ((5,), 0), ((1, 2, 3), 0), ((2, 4, 5, 9), 2)]
)
def test_a_file_as_it_came_is_good(form: AuditFormat, numbers: tuple[int, ...], gaps: int):
    verdict = verify_lines(written(form, *numbers))
    assert (verdict.entries, verdict.gaps) == (len(numbers), gaps)
    assert (verdict.broken_at, verdict.is_whole) == (None, True)


@pytest.mark.parametrize("form", AuditFormat)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("incident.read", "incident.note"),
        ("ana", "dan"),
        ("2026-03-14T22:05:07", "2026-03-14T22:05:08"),
        ("B3", "B4"),
    ],
)
def test_a_changed_entry_is_found_whether_shown_or_hashed(form: AuditFormat, old: str, new: str):
    for count in (1, -1):
        lines = written(form, 1, 2, 3)
        at = 2 if form is AuditFormat.CSV else 1
        lines[at] = lines[at].replace(old, new, count)
        assert verify_lines(lines).broken_at == 2


@pytest.mark.parametrize("form", AuditFormat)
def test_a_changed_detail_is_found(form: AuditFormat):
    lines = written(form, 1, 2, 3)
    at = 2 if form is AuditFormat.CSV else 1
    quote = '""' if form is AuditFormat.CSV else '"'
    changed = lines[at].replace(f"{quote}rows{quote}: 2", f"{quote}rows{quote}: 0", 1)
    assert changed != lines[at]
    lines[at] = changed
    assert verify_lines(lines).broken_at == 2


@pytest.mark.parametrize("form", AuditFormat)
def test_an_entry_that_was_taken_out_or_put_elsewhere_is_found(form: AuditFormat):
    head = 1 if form is AuditFormat.CSV else 0
    lines = written(form, 1, 2, 3)
    swapped = [*lines[:head], lines[head + 1], lines[head], *lines[head + 2 :]]
    assert verify_lines(swapped).broken_at == 1
    # One that is missing looks like another county's, but the count at the end tells.
    missing = verify_lines([*lines[: head + 1], *lines[head + 2 :]])
    assert (missing.gaps, missing.is_whole) == (1, False)
    cut = verify_lines(lines[:-1])
    assert (cut.broken_at, cut.is_whole) == (None, False)


@pytest.mark.parametrize("form", AuditFormat)
def test_an_entry_that_was_made_up_whole_breaks_the_next(form: AuditFormat):
    lines = written(form, 1, 2, 3)
    other = written(form, 0, 2)
    head = 1 if form is AuditFormat.CSV else 0
    lines[head + 1] = other[head + 1]
    assert verify_lines(lines).broken_at in (2, 3)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["hello\n"],
        ['{"a": 1}\n'],
        ["[]\n"],
        ['{"end": "x"}\n'],
        ["n,at,actor\n", "1,2,3\n"],
        ['{"end": 0}\n', '{"end": 0}\n'],
        ["{broken\n"],
    ],
)
def test_what_is_no_export_is_refused(lines: list[str]):
    with pytest.raises(MalformedError) as refused:
        verify_lines(lines)
    assert refused.value.code == "not_an_export"
