"""
The one table that turns the core's words into HTTP, as RFC 9457 problem details.

The core raises a `RefusedError` with a stable code; nothing below ``api`` knows a
status. A code found in `STATUS_BY_CODE` decides; otherwise the nearest class in
`STATUS_BY_CLASS`. Unknown exceptions become a 500 without any detail of the inside.
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from dispatch.errors import (
    AlreadyAssignedError,
    AssignmentRefusedError,
    BadDemandError,
    IllegalTransitionError,
    NotAllowedError,
    NotFoundError,
    UnreadableReportError,
    VersionConflictError,
)
from geodata.errors import (
    BadCoordinateError,
    BadShapeError,
    DatabaseUnavailableError,
    ReferenceDataError,
    RefusedError,
    RoadNetworkError,
)
from geodata.said import said

PROBLEM_JSON = "application/problem+json"

_log = logging.getLogger("dispatch119.api")


class AccessError(RefusedError):
    """A request that is refused for who sends it, not for what it says."""


class RequestError(RefusedError):
    """A request whose form (not its content) cannot be used: body, header, method."""


STATUS_BY_CLASS: Mapping[type[RefusedError], int] = {
    BadCoordinateError: 422,
    BadShapeError: 422,
    ReferenceDataError: 503,
    RoadNetworkError: 503,
    DatabaseUnavailableError: 503,
    UnreadableReportError: 422,
    BadDemandError: 422,
    NotFoundError: 404,
    NotAllowedError: 403,
    VersionConflictError: 409,
    IllegalTransitionError: 409,
    AssignmentRefusedError: 409,
    AlreadyAssignedError: 409,
    RefusedError: 422,
}

STATUS_BY_CODE: Mapping[str, int] = {
    # who
    "authentication_required": 401,
    "invalid_token": 401,
    "login_failed": 401,
    "forbidden_role": 403,
    "csrf_header_missing": 403,
    "too_many_attempts": 429,
    # form
    "bad_request": 400,
    "invalid_json": 400,
    "invalid_request": 422,
    "empty_message": 400,
    "malformed_json": 400,
    "malformed_xml": 400,
    "truncated_message": 400,
    "bad_encoding": 400,
    "too_large": 413,
    "method_not_allowed": 405,
    # state
    "not_found": 404,
    "upstream_timeout": 504,
    "upstream_unreachable": 502,
    "upstream_too_large": 502,
    "upstream_failed": 502,
    "upstream_unreadable": 502,
    "no_location_server": 503,
    "number_withheld": 409,
    "unknown_county": 422,
    "unknown_class": 422,
    "busy": 409,
    "planning_busy": 503,
    "off_the_roads": 404,
    "username_taken": 409,
    "callsign_taken": 409,
    "call_has_incident": 409,
    "already_joined": 409,
    "same_county": 409,
    "team_out_of_reach": 409,
    "illegal_status_change": 409,
    "override_reason_required": 422,
    "handover_not_failed": 409,
    "delivery_final": 409,
    "page_missing": 404,
}


def status_of(error: RefusedError) -> int:
    """Return the HTTP status of a refusal: by its code, else by its nearest class."""
    by_code = STATUS_BY_CODE.get(error.code)
    if by_code is not None:
        return by_code
    for cls in type(error).__mro__:
        if cls in STATUS_BY_CLASS:
            return STATUS_BY_CLASS[cls]
    return HTTPStatus.UNPROCESSABLE_ENTITY


def problem(request: Request, status: int, error: RefusedError, **extra: Any) -> JSONResponse:
    """Build the problem document of a refusal; `extra` members follow the standard ones."""
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
    return JSONResponse(
        {
            "type": f"urn:dispatch119:problem:{error.code}",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": error.message,
            "code": error.code,
            "hint": error.hint,
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
        refusal = RequestError(
            "invalid_json", said("the body is not JSON"), said("send application/json")
        )
        return problem(request, 400, refusal)
    # The rejected values are left out: a body may hold a child's data.
    listed = [
        {"field": ".".join(str(part) for part in fault["loc"]), "message": fault["msg"]}
        for fault in faults
    ]
    first = listed[0]
    refusal = RequestError(
        "invalid_request",
        said("{field}: {fault}", field=first["field"], fault=first["message"]),
        said("see /openapi.json"),
    )
    return problem(request, 422, refusal, errors=listed)


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
    if isinstance(error, BodyTooLargeError):
        return problem(request, 413, error.refusal)
    code, message, hint = _HTTP_REFUSALS.get(
        error.status_code, ("bad_request", str(error.detail), said("see /openapi.json"))
    )
    return problem(request, error.status_code, RequestError(code, message, hint))


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    # Only the kind of the error: its text may quote a caller's data.
    _log.error("unexpected error", extra={"kind": type(error).__name__}, exc_info=error)
    refusal = RequestError(
        "internal_error",
        said("the server made a mistake"),
        said("try again; tell the administrator"),
    )
    return problem(request, 500, refusal)


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
        self.refusal = RequestError(
            "too_large",
            said("the body is larger than {limit:,} bytes", limit=limit),
            said("send one report per request and leave out what is not needed"),
        )


def add_error_handlers(app: FastAPI) -> None:
    """Register every handler on `app`."""
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)
