"""Keys of what was sent, on a real database."""

import pytest
from sqlalchemy import text

from dispatch import services
from geodata.errors import ConflictError
from tests.conftest_d.database import Database
from tests.conftest_d.dispatching import Desk

ASKED = {"route": "POST /v1/somewhere", "key": "k-1"}


@pytest.mark.parametrize(
    ("age", "is_known"), [("23 hours", True), ("25 hours", False), ("3 days", False)]
)
def test_an_answer_is_kept_for_a_day(desk: Desk, database: Database, age: str, is_known: bool):
    answer = services.FirstAnswer(201, "application/json", b"{}")
    assert services.begin_once(desk.engine, desk.scope, body=b"a", **ASKED) is None
    services.end_once(desk.engine, desk.scope, answer=answer, **ASKED)
    with database.owner.begin() as connection:
        moved = "UPDATE idempotency_key SET made_at = now() - cast(:age AS interval)"
        connection.execute(text(moved), {"age": age})
    known = services.begin_once(desk.engine, desk.scope, body=b"a", **ASKED)
    assert known == (answer if is_known else None)


def test_what_has_no_answer_is_not_done_again(desk: Desk):
    assert services.begin_once(desk.engine, desk.scope, body=b"a", **ASKED) is None
    with pytest.raises(ConflictError) as refused:
        services.begin_once(desk.engine, desk.scope, body=b"a", **ASKED)
    assert refused.value.code == "outcome_unknown"
    services.end_once(desk.engine, desk.scope, answer=None, **ASKED)
    assert services.begin_once(desk.engine, desk.scope, body=b"b", **ASKED) is None
