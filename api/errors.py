"""
The one table that turns the core's words into HTTP, as RFC 9457 problem details.

The core raises a `RefusedError` whose class says of which kind it is; nothing below
``api`` knows a status. `STATUS_BY_KIND` knows the kinds of `geodata.errors` and nothing
else: a new code needs a class of the right kind, never a line here. Unknown exceptions
become a 500 without any detail of the inside.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, Match

from api.language import fault_message, field_name, status_title, words_for
from geodata.errors import (
    BadInputError,
    ConflictError,
    MalformedError,
    NotAllowedError,
    NotFoundError,
    NotSignedInError,
    RefusedError,
    TooLargeError,
    TooManyRequestsError,
    UnavailableError,
    UnsupportedEncodingError,
    UpstreamError,
    UpstreamTimeoutError,
)
from geodata.said import said

PROBLEM_JSON = "application/problem+json"

_log = logging.getLogger("dispatch119.api")


STATUS_BY_KIND: Mapping[type[RefusedError], HTTPStatus] = {
    RefusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    BadInputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    MalformedError: HTTPStatus.BAD_REQUEST,
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnsupportedEncodingError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    NotSignedInError: HTTPStatus.UNAUTHORIZED,
    NotAllowedError: HTTPStatus.FORBIDDEN,
    NotFoundError: HTTPStatus.NOT_FOUND,
    ConflictError: HTTPStatus.CONFLICT,
    TooManyRequestsError: HTTPStatus.TOO_MANY_REQUESTS,
    UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    UpstreamError: HTTPStatus.BAD_GATEWAY,
    UpstreamTimeoutError: HTTPStatus.GATEWAY_TIMEOUT,
}


def status_of(error: RefusedError) -> HTTPStatus:
    """Return the HTTP status of a refusal: that of the nearest kind among its classes."""
    return next(STATUS_BY_KIND[kind] for kind in type(error).__mro__ if kind in STATUS_BY_KIND)


# The hint says how long it may really take; asking sooner costs nobody anything.
_RETRY_AFTER_S = "5"


def problem(request: Request, status: int, error: RefusedError, **extra: Any) -> JSONResponse:
    """
    Build the problem document of a refusal, in the language that the request asks for.

    `extra` members follow the standard ones.
    """
    words = words_for(request)
    headers = {"Content-Language": words.language.value, "Vary": "Accept-Language"}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        headers["Retry-After"] = _RETRY_AFTER_S
    return JSONResponse(
        {
            "type": f"urn:dispatch119:problem:{error.code}",
            "title": status_title(status, words),
            "status": status,
            "detail": words.say(error.message),
            "code": error.code,
            "hint": words.say(error.hint),
            "instance": request.url.path,
            **extra,
        },
        status_code=status,
        media_type=PROBLEM_JSON,
        headers=headers,
    )


async def _refused(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RefusedError):
        raise error
    return problem(request, status_of(error), error, **error.facts)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    faults = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        malformed = MalformedError(
            "invalid_json", said("the body is not JSON"), said("send application/json")
        )
        return problem(request, status_of(malformed), malformed)
    words = words_for(request)
    # The rejected values are left out: a body may hold a child's data.
    listed = [
        {"field": field_name(fault["loc"]), "message": fault_message(fault, words)}
        for fault in faults
    ]
    first = listed[0]
    refusal = BadInputError(
        "invalid_request",
        said("{field}: {fault}", field=first["field"], fault=first["message"]),
        said("see /openapi.json"),
    )
    return problem(request, status_of(refusal), refusal, errors=listed)


_HTTP_REFUSALS: Mapping[int, tuple[str, str, str]] = {
    404: (
        "not_found",
        said("there is nothing at this address"),
        said("see /openapi.json"),
    ),
    405: (
        "method_not_allowed",
        said("this address does not take that method"),
        said("see /openapi.json"),
    ),
    400: (
        "bad_request",
        said("the request cannot be read"),
        said("see /openapi.json"),
    ),
}


async def _http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    if isinstance(error, BodyTooLargeError | BodyEncodedError):
        return problem(request, status_of(error.refusal), error.refusal)
    code, message, hint = _HTTP_REFUSALS.get(
        error.status_code, ("bad_request", str(error.detail), said("see /openapi.json"))
    )
    answer = problem(request, error.status_code, RefusedError(code, message, hint))
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        answer.headers["Allow"] = ", ".join(sorted(_methods_at(request)))
    return answer


def _methods_at(request: Request) -> set[str]:
    """Return the methods that the routes of an address take together."""
    return {
        method
        for route in _routes(request.app.routes)
        if route.matches(request.scope)[0] is not Match.NONE
        for method in getattr(route, "methods", None) or ()
    }


def _routes(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """Go through all routes; FastAPI keeps those of an included router inside it."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is None:
            yield route
        else:
            yield from _routes(inner.routes)


async def _not_storable(request: Request, error: Exception) -> JSONResponse:
    # The net below the checks of each door. Its text quotes the value, so nothing of it is told.
    _log.warning("a value that the database cannot hold", extra={"kind": type(error).__name__})
    refusal = BadInputError(
        "invalid_request",
        said("a value cannot be stored: text without NUL, numbers and times within bounds"),
        said("see /openapi.json"),
    )
    return problem(request, status_of(refusal), refusal)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    # Only the kind of the error: its text may quote a caller's data.
    _log.error("unexpected error", extra={"kind": type(error).__name__}, exc_info=error)
    refusal = RefusedError(
        "internal_error",
        said("the server made a mistake"),
        said("try again; tell the administrator"),
    )
    return problem(request, 500, refusal)


async def _gone(_request: Request, _error: Exception) -> Response:
    # Whoever sent half a body and went away, or was too slow with it: no fault of ours, no line of
    # the log for each of them, and nobody left to read this.
    return Response(status_code=HTTPStatus.REQUEST_TIMEOUT)


class BodyTooLargeError(HTTPException):
    """
    A request body over the limit, raised while it is being received with the `chunk`
    that went over it.

    An `HTTPException` because FastAPI turns every other exception raised during
    reading into a 400.
    """

    def __init__(self, limit: int, chunk: bytes = b"") -> None:
        super().__init__(413, "too large")
        self.chunk = chunk
        self.refusal = TooLargeError(
            "too_large",
            said("the body is larger than {limit:,} bytes", limit=limit),
            said("send one report per request and leave out what is not needed"),
        )


class BodyEncodedError(HTTPException):
    """A request body that is packed (gzip, br, ...), raised when it is about to be received."""

    def __init__(self, encoding: str) -> None:
        super().__init__(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "encoded")
        self.refusal = UnsupportedEncodingError(
            "content_encoding",
            said("a body with Content-Encoding {encoding} is not read", encoding=encoding[:40]),
            said("send it as it is, without Content-Encoding"),
        )


def add_error_handlers(app: FastAPI) -> None:
    """Register every handler on `app`."""
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DataError, _not_storable)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _unexpected)
