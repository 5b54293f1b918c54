"""Answers that are written at once: what a client reads is what the core has said."""

import json
import math
from typing import Any
from uuid import UUID

import pytest

from api.json_answer import JsonAnswer

ID = UUID(int=119)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({"call_id": ID, "incident_id": None}, {"call_id": str(ID), "incident_id": None}),
        (
            {"name": "Țăndărei", "shares": (0.1, 1 / 3)},
            {"name": "Țăndărei", "shares": [0.1, 1 / 3]},
        ),
        ({"margin": math.nan, "late_s": math.inf}, {"margin": None, "late_s": None}),
        ({}, {}),
    ],
)
def test_what_is_read_is_what_was_said(said: dict[str, Any], read: dict[str, Any]):
    answer = JsonAnswer(said, status_code=201)
    assert (answer.status_code, json.loads(answer.body)) == (201, read)
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("strange", [object(), {1, 2}, b"bytes"])
def test_what_has_no_form_in_json_is_not_sent_half(strange: object):
    with pytest.raises(TypeError):
        JsonAnswer({"ok": 1, "strange": strange})
