"""What was asked for under a key, and the first answer to it; an account sees its own only."""

from collections.abc import Mapping

from sqlalchemy import Connection, RowMapping, text

_FORGET = text("SELECT forget_idempotency_keys()")
_BEGIN = text(
    "INSERT INTO idempotency_key (account, route, key, body_sha256)"
    " VALUES (:account, :route, :key, :body_sha256) ON CONFLICT DO NOTHING RETURNING true"
)
_ONE = "WHERE account = :account AND route = :route AND key = :key"
_FIND = text(
    f"SELECT body_sha256, status, content_type, answer FROM idempotency_key {_ONE}"  # noqa: S608
)
_END = text(
    "UPDATE idempotency_key"  # noqa: S608
    f" SET status = :status, content_type = :content_type, answer = :answer {_ONE}"
)
_GIVE_UP = text(f"DELETE FROM idempotency_key {_ONE}")  # noqa: S608


def forget_old(connection: Connection) -> None:
    """Forget the keys of more than a day ago, whosever they are."""
    connection.execute(_FORGET)


def begin(connection: Connection, request: Mapping[str, str], body_sha256: bytes) -> bool:
    """Keep a new key of `request` (account, route, key); False when it is known already."""
    row = {**request, "body_sha256": body_sha256}
    return connection.execute(_BEGIN, row).scalar_one_or_none() is not None


def find(connection: Connection, request: Mapping[str, str]) -> RowMapping | None:
    """Return what is known of a key; `status` is None while it has no answer."""
    return connection.execute(_FIND, dict(request)).mappings().one_or_none()


def end(
    connection: Connection,
    request: Mapping[str, str],
    *,
    status: int,
    kind: str | None,
    body: bytes,
) -> None:
    """Keep the answer of a key, `kind` being its media type."""
    answer = {"status": status, "content_type": kind, "answer": body}
    connection.execute(_END, {**request, **answer})


def give_up(connection: Connection, request: Mapping[str, str]) -> None:
    """Forget a key under which nothing was done."""
    connection.execute(_GIVE_UP, dict(request))
