"""
Doing once what is sent several times: an answer was lost, and whoever waited sends again.

The key is the sender's, for one account and one route; it is kept before the work begins, so
that of two that come at the same time one is told to wait. A refusal has done nothing: its key
is forgotten, and what is sent again is tried again.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from dispatch.repository import sent_once
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.errors import ConflictError
from geodata.said import said


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """The answer to the first request of a key: HTTP status, media type, body."""

    status: int
    media_type: str | None
    body: bytes


def begin_once(
    engine: Engine, scope: Scope, *, route: str, key: str, body: bytes
) -> FirstAnswer | None:
    """
    Return the answer that a key got already; None when the work is to be done now.

    Raises
    ------
    ConflictError
        `idempotency_key_reused`, `outcome_unknown`.
    """
    digest, request = hashlib.sha256(body).digest(), _request(scope, route, key)
    with scoped(engine, scope) as connection:
        sent_once.forget_old(connection)
        if sent_once.begin(connection, request, digest):
            return None
        known = sent_once.find(connection, request)
    if known is not None and bytes(known["body_sha256"]) != digest:
        raise ConflictError(
            "idempotency_key_reused",
            said("the key of this request was used for another one"),
            said("send a new request with a new Idempotency-Key"),
        )
    if known is None or known["status"] is None:
        raise ConflictError(
            "outcome_unknown",
            said("the first request with this key has no answer yet"),
            said("wait, look at how things stand, and send it again only if it was not done"),
        )
    return FirstAnswer(known["status"], known["content_type"], bytes(known["answer"]))


def end_once(
    engine: Engine, scope: Scope, *, route: str, key: str, answer: FirstAnswer | None
) -> None:
    """Keep the answer of a key for a day; None: nothing was done, and the key is free again."""
    request = _request(scope, route, key)
    with scoped(engine, scope) as connection:
        if answer is None:
            sent_once.give_up(connection, request)
        else:
            sent_once.end(
                connection,
                request,
                status=answer.status,
                kind=answer.media_type,
                body=answer.body,
            )


def _request(scope: Scope, route: str, key: str) -> Mapping[str, str]:
    return {"account": scope.actor, "route": route, "key": key}
