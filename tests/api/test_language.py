"""The interface answers in the language that is asked for."""

import httpx
import pytest
from fastapi import FastAPI, Query

from api.errors import add_error_handlers
from geodata.errors import NotFoundError
from geodata.said import said
from tests.conftest_d.waiting import finished


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()
    add_error_handlers(app)

    @app.get("/refused")
    def refuse() -> None:
        raise NotFoundError(
            "not_found", said("there is nothing at this address"), said("see /openapi.json")
        )

    @app.get("/bounded")
    def bounded(radius_m: float = Query(ge=1.5)) -> float:
        return radius_m

    return app


def get(app: FastAPI, path: str, language: str | None) -> httpx.Response:
    headers = {"Accept-Language": language} if language else {}

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(path, headers=headers)

    return finished(ask())


@pytest.mark.parametrize("language", ["ro", "ro-RO,ro;q=0.9,en;q=0.8", "fr, ro;q=0.2"])
def test_a_refusal_is_romanian_where_romanian_is_asked_for(app: FastAPI, language: str) -> None:
    answer = get(app, "/refused", language)
    assert answer.headers["content-language"] == "ro"
    assert answer.json()["title"] == "Nu există"
    assert answer.json()["detail"] == "la această adresă nu este nimic"


@pytest.mark.parametrize("language", [None, "en-GB", "fr", "*", "ro;q=0"])
def test_a_refusal_is_english_for_everybody_else(app: FastAPI, language: str | None) -> None:
    answer = get(app, "/refused", language)
    assert answer.headers["content-language"] == "en"
    assert answer.json()["detail"] == "there is nothing at this address"


def test_caches_keep_the_languages_apart(app: FastAPI) -> None:
    assert get(app, "/refused", "ro").headers["vary"] == "Accept-Language"


def test_a_fault_of_a_field_is_said_in_the_language_with_its_bound(app: FastAPI) -> None:
    problem = get(app, "/bounded?radius_m=1", "ro").json()
    assert problem["errors"] == [
        {"field": "query.radius_m", "message": "trebuie să fie cel puțin 1,5"}
    ]


def test_a_missing_field_is_named(app: FastAPI) -> None:
    assert get(app, "/bounded", "ro").json()["detail"] == "query.radius_m: câmpul lipsește"
