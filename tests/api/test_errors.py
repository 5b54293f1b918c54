"""Every refusal of the core has a status and the form of a problem document."""

import ast
import importlib
import logging
import pickle
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.errors import STATUS_BY_KIND, add_error_handlers, status_of
from dispatch.errors import AlreadyAssignedError, BrokenReportError, OversizedReportError
from geodata.errors import (
    BadShapeError,
    ConflictError,
    DatabaseUnavailableError,
    NotAllowedError,
    NotFoundError,
    NotSignedInError,
    RefusedError,
)
from tests.conftest_d.waiting import finished

SECRET = "+40712345678 at 26.1,44.4"
SLICES = ("api", "maps", "dispatch", "teams", "geodata")
_TABLE = tomllib.loads(Path(__file__).with_name("statuses.toml").read_text("utf-8"))
NEVER_ANSWERED = frozenset(_TABLE.pop("never"))
STATUS_OF_CODE = {code: int(status) for status, codes in _TABLE.items() for code in codes}


def refusals_in(source: Path) -> Iterator[tuple[str, type[RefusedError]]]:
    """Find every `SomeError("code", ...)` of a module, with the class it is made of."""
    module = importlib.import_module(".".join(source.with_suffix("").parts))
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        match node:
            case ast.Call(func=ast.Name(name), args=[ast.Constant(str(code)), *_]):
                cls = getattr(module, name, None)
                if isinstance(cls, type) and issubclass(cls, RefusedError):
                    yield code, cls


def modules() -> Iterator[Path]:
    for name in SLICES:
        yield from (path for path in sorted(Path(name).rglob("*.py")) if path.stem[:2] != "__")


# When a test asks, and not already when tests are collected: each process does that.
@lru_cache(maxsize=1)
def made() -> frozenset[tuple[str, type[RefusedError]]]:
    return frozenset((code, cls) for source in modules() for code, cls in refusals_in(source))


def test_every_code_is_answered_with_the_status_it_has_always_had() -> None:
    answered = {(code, cls) for code, cls in made() if code not in NEVER_ANSWERED}
    statuses = {(code, int(status_of(cls(code, "m")))) for code, cls in answered}
    assert statuses - set(STATUS_OF_CODE.items()) == set()


def test_the_kept_table_names_no_code_that_nobody_raises() -> None:
    # Written as data, or raised with a code that stands in a variable.
    elsewhere = {
        "bad_username", "unknown_role", "unknown_language", "unknown_county", "bad_coordinates",
        "bad_bases", "bad_teams",
    }  # fmt: skip
    assert set(STATUS_OF_CODE) - {code for code, _ in made()} - elsewhere == set()


def test_what_is_raised_is_of_a_kind_and_not_just_refused() -> None:
    plain = {code for code, cls in made() if cls is RefusedError}
    assert plain == {"internal_error", "usage"}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotSignedInError("any_new_code", "m"), 401),
        (NotAllowedError("any_new_code", "m"), 403),
        (NotFoundError("any_new_code", "m"), 404),
        (AlreadyAssignedError("any_new_code", "m"), 409),
        (BadShapeError("any_new_code", "m"), 422),
        (BrokenReportError("any_new_code", "m"), 400),
        (OversizedReportError("any_new_code", "m"), 413),
        (DatabaseUnavailableError("any_new_code", "m"), 503),
        (RefusedError("any_new_code", "m"), 422),
    ],
)
def test_the_nearest_kind_decides_whatever_the_code(error: RefusedError, status: int) -> None:
    assert status_of(error) == status


def test_every_class_of_the_core_is_of_a_kind() -> None:
    def all_of(cls: type[RefusedError]) -> set[type[RefusedError]]:
        return {cls}.union(*(all_of(sub) for sub in cls.__subclasses__()))

    kinds = set(STATUS_BY_KIND) - {RefusedError}
    core = {c for c in all_of(RefusedError) if c.__module__.startswith(("dispatch", "geodata"))}
    kindless = {cls.__name__ for cls in core if not kinds & set(cls.__mro__)}
    # LoST answers in elements of its own, whose names are the codes. A location server's
    # failure is only ever raised as one of its subclasses, which are of a kind.
    assert kindless == {"RefusedError", "LostError", "LostRedirectError", "LocationServerError"}


def test_a_refusal_travels_between_processes_with_its_facts() -> None:
    sent = AlreadyAssignedError("team_already_assigned", "m", "h", assigned_by="ana")
    came = pickle.loads(pickle.dumps(sent))
    assert type(came) is AlreadyAssignedError
    assert isinstance(came, ConflictError)
    assert (came.as_dict(), came.facts, str(came)) == (sent.as_dict(), sent.facts, "m")


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

    return finished(ask())


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
