"""Answers that are written at once: what a client reads is what the core has said."""

import json
import math
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from api.json_answer import JsonAnswer, written
from api.schemas.answers import OutcomeAnswer, PositionsAnswer
from tests.conftest_d.waiting import finished

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


@pytest.mark.parametrize(
    "outcomes",
    [
        (),
        (OutcomeAnswer(fix_at=datetime(2026, 3, 1, 3, 15, tzinfo=UTC), outcome="latest"),),
        (OutcomeAnswer(fix_at=None, outcome="refused", code="x", message="Țăndărei"),) * 3,
    ],
)
def test_a_model_is_written_as_fastapi_would_have_written_it(outcomes: tuple[OutcomeAnswer, ...]):
    app = FastAPI()

    def endpoint() -> PositionsAnswer:
        return PositionsAnswer(outcomes=outcomes)

    app.get("/usual")(endpoint)
    app.get("/written")(written(endpoint))

    async def ask(path: str) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://x"
        ) as one:
            return await one.get(path)

    usual, at_once = (finished(ask(path)) for path in ("/usual", "/written"))
    assert (at_once.content, at_once.headers) == (usual.content, usual.headers)
    described = [one["get"]["responses"]["200"] for one in app.openapi()["paths"].values()]
    schemas = [one["content"]["application/json"]["schema"]["$ref"] for one in described]
    assert schemas == ["#/components/schemas/PositionsAnswer"] * 2
