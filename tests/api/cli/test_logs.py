"""A log line carries the fields that are allowed, and nobody's data."""

import json
import logging
import sys

from api.cli.logs import JsonFormatter

PHONE = "+40712345678"


def line_of(**extra: object) -> dict[str, object]:
    record = logging.makeLogRecord({"msg": "request", "name": "dispatch119.access", **extra})
    parsed: dict[str, object] = json.loads(JsonFormatter().format(record))
    return parsed


def test_a_line_carries_what_is_allowed() -> None:
    line = line_of(route="/v1/calls/{call_id}", status=200, ms=3.2)
    assert (line["route"], line["status"], line["message"]) == (
        "/v1/calls/{call_id}",
        200,
        "request",
    )


def test_a_field_that_nobody_allowed_never_reaches_the_file() -> None:
    assert PHONE not in json.dumps(line_of(caller=PHONE, place=[26.1, 44.4]))


def test_an_exception_is_told_by_kind_and_place_without_its_text() -> None:
    try:
        raise ValueError(PHONE)
    except ValueError:
        line = line_of(exc_info=sys.exc_info())
    assert line["kind"] == "ValueError"
    assert line["where"]
    assert PHONE not in json.dumps(line)
