"""The record of closures: who may write, and that nothing of it is ever lost."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch import services
from dispatch.closures.model import ClosureState, RoadClosure
from dispatch.errors import IllegalTransitionError
from geodata.database.engine import scoped
from geodata.errors import NotAllowedError, RefusedError
from geodata.points import LonLat
from geodata.roads.closures import Closure
from tests.conftest_d.database import Database, scope_of_county

NOW = datetime.now(UTC)
B3 = scope_of_county("B3")


def a_closure(**facts: object) -> Closure:
    return Closure(**{"id": "new", "valid_from": NOW, "spot": LonLat(26.1, 44.4), **facts})  # type: ignore[arg-type]


def recorded(database: Database, scope=B3, county: str = "B3", **facts: object) -> RoadClosure:
    return services.record_road_closure(
        database.app, scope, a_closure(**facts), county=county, reason="works", meant={"pieces": 1}
    )


def end(database: Database, closure_id: UUID, scope=B3) -> RoadClosure:
    return services.end_road_closure(database.app, scope, closure_id, reason="done")


def listed(database: Database, *states: str) -> list[UUID]:
    rows = services.list_road_closures(database.app, B3, states=set(states) or None)
    return [row.id for row in rows]


def test_what_was_drawn_comes_back_as_it_was(database: Database) -> None:
    made = recorded(database, valid_until=NOW + timedelta(hours=1), factor=0.5)
    assert services.get_road_closure(database.app, B3, made.id) == made
    expected = a_closure(id=str(made.id), valid_until=NOW + timedelta(hours=1), factor=0.5)
    assert made.as_closure() == expected
    assert (made.recorded_by, made.meant) == ("ana", {"pieces": 1})


def test_lists_follow_the_state(database: Database) -> None:
    active = recorded(database)
    coming = recorded(database, valid_from=NOW + timedelta(days=1))
    over = recorded(database)
    end(database, over.id)
    assert listed(database, ClosureState.ACTIVE) == [active.id]
    assert listed(database, ClosureState.UPCOMING) == [coming.id]
    assert listed(database, ClosureState.OVER) == [over.id]
    assert set(listed(database)) == {active.id, coming.id, over.id}


@pytest.mark.parametrize("role", ["operator", "team", "planner", "administrator", ""])
def test_other_roles_cannot_write_even_in_the_database(database: Database, role: str) -> None:
    scope = scope_of_county("B3", role=role)
    with pytest.raises((RefusedError, DBAPIError)):
        recorded(database, scope)


def test_nobody_writes_in_the_name_of_another_county(database: Database) -> None:
    with pytest.raises((RefusedError, DBAPIError)):
        recorded(database, county="VS")


def test_another_county_does_not_take_it_back(database: Database) -> None:
    made = recorded(database)
    with pytest.raises(NotAllowedError):
        end(database, made.id, scope_of_county("VS"))


def test_it_is_taken_back_once(database: Database) -> None:
    made = recorded(database)
    ended = end(database, made.id)
    assert (ended.ended_by, ended.end_reason) == ("ana", "done")
    with pytest.raises(IllegalTransitionError):
        end(database, made.id)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM road_closure",
        "TRUNCATE road_closure",
        "UPDATE road_closure SET reason = 'other'",
        "UPDATE road_closure SET ended_at = now(), ended_by = 'x', valid_until = now()",
        "UPDATE road_closure SET factor = 0.5",
    ],
)
def test_the_record_only_grows_whoever_tries(database: Database, change: str) -> None:
    recorded(database)
    scope = scope_of_county("B3", role="supervisor")
    for engine in (database.app, database.owner):
        with pytest.raises((RefusedError, DBAPIError)), scoped(engine, scope) as connection:
            connection.execute(text(change))


def test_without_an_actor_nothing_is_read(database: Database) -> None:
    recorded(database)
    with scoped(database.app, scope_of_county("B3", actor="")) as connection:
        assert connection.execute(text("SELECT count(*) FROM road_closure")).scalar_one() == 0
