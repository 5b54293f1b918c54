import asyncio
import logging

import httpx
import pytest
from fastapi import FastAPI

from api.errors import STATUS_BY_CLASS, AccessError, add_error_handlers, status_of
from dispatch.errors import AlreadyAssignedError, NotFoundError
from geodata.errors import BadShapeError, DatabaseUnavailableError, RefusedError

SECRET = "+40712345678 at 26.1,44.4"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (AccessError("invalid_token", "m"), 401),
        (AccessError("forbidden_role", "m"), 403),
        (NotFoundError("not_found", "m"), 404),
        (AlreadyAssignedError("team_already_assigned", "m"), 409),
        (BadShapeError("any_new_code", "m"), 422),
        (BadShapeError("too_large", "m"), 413),
        (DatabaseUnavailableError("any_new_code", "m"), 503),
        (RefusedError("any_new_code", "m"), 422),
    ],
)
def test_the_code_decides_and_otherwise_the_nearest_class(error: RefusedError, status: int) -> None:
    assert status_of(error) == status


def test_every_class_of_the_core_has_a_status() -> None:
    def all_of(cls: type[RefusedError]) -> set[type[RefusedError]]:
        return {cls}.union(*(all_of(sub) for sub in cls.__subclasses__()))

    core = {c for c in all_of(RefusedError) if c.__module__.startswith(("dispatch", "geodata"))}
    assert all(any(base in STATUS_BY_CLASS for base in cls.__mro__) for cls in core)


@pytest.fixture
def broken() -> FastAPI:
    app = FastAPI()
    add_error_handlers(app)

    @app.get("/broken")
    def fail() -> None:
        raise RuntimeError(SECRET)

    return app


def get(app: FastAPI, path: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(path)

    return asyncio.run(ask())


def test_an_unexpected_error_tells_nothing_of_the_inside(
    broken: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = get(broken, "/broken")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
    assert SECRET not in answer.text
    assert all(SECRET not in record.getMessage() for record in caplog.records)


def test_a_problem_has_all_members_of_the_standard(broken: FastAPI) -> None:
    problem = get(broken, "/nowhere").json()
    assert problem == {
        "type": "urn:dispatch119:problem:not_found",
        "title": "Not Found",
        "status": 404,
        "detail": "there is nothing at this address",
        "code": "not_found",
        "hint": "see /openapi.json",
        "instance": "/nowhere",
    }
