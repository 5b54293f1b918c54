"""The description of the interface: what FastAPI writes, with refusals as they are really sent."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from api.errors import PROBLEM_JSON

_PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}
_UNUSED = ("HTTPValidationError", "ValidationError")


def describe_problems(app: FastAPI) -> None:
    """Let `app.openapi()` describe every 4xx and 5xx as problem details (RFC 9457)."""
    written = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = written()
            for answer in _refusals(document):
                answer["content"] = {PROBLEM_JSON: _PROBLEM}
            for name in _UNUSED:
                document["components"]["schemas"].pop(name, None)
        return written()

    app.openapi = openapi  # type: ignore[method-assign]


def _refusals(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        for operation in path.values():
            for status, answer in operation.get("responses", {}).items():
                if status[0] in "45":
                    yield answer
