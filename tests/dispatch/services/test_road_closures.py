"""The record of closures: who may write, and that nothing of it is ever lost."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch import services
from dispatch.closures.model import ClosureState, RoadClosure
from dispatch.errors import IllegalTransitionError
from geodata.database.engine import Scope, scoped
from geodata.database.migrate import downgrade, migrate
from geodata.errors import NotAllowedError, RefusedError
from geodata.points import LonLat
from geodata.reference.codes import CODES
from geodata.roads.closures import Closure
from tests.conftest_d.database import Database, scope_of_county

NOW = datetime.now(UTC)
B3 = scope_of_county("B3")


def a_closure(**facts: object) -> Closure:
    return Closure(**{"id": "new", "valid_from": NOW, "spot": LonLat(26.1, 44.4), **facts})  # type: ignore[arg-type]


def recorded(
    database: Database, scope=B3, counties: tuple[str, ...] = ("B3",), **facts: object
) -> RoadClosure:
    return services.record_road_closure(
        database.app, scope, a_closure(**facts), counties=counties, reason="works",
        meant={"pieces": 1},
    )  # fmt: skip


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
        recorded(database, counties=("VS",))


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


# ── whose ground ──────────────────────────────────────────────────────────────
VS = scope_of_county("VS", actor="vasile")
SIX = tuple(f"B{n}" for n in range(1, 7))
BUCHAREST = shapely.box(26.02, 44.38, 26.18, 44.50)


@pytest.mark.parametrize(
    ("scope", "facts"),
    [
        (VS, {"spot": None, "area": BUCHAREST}),
        (VS, {"spot": None, "area": shapely.LineString([(27.73, 46.64), (27.6, 47.16)])}),
        (VS, {"spot": None, "area": shapely.box(27.3, 46.5, 27.9, 47.2)}),
        (VS, {"spot": LonLat(26.16, 44.415)}),
        (scope_of_county("B3", role="supervisor"), {"spot": None, "area": BUCHAREST}),
        (scope_of_county(*SIX[:5]), {"spot": None, "area": BUCHAREST}),
        (scope_of_county("IF"), {"spot": None, "area": BUCHAREST}),
    ],
)
def test_the_database_refuses_a_drawing_on_foreign_ground_whatever_the_code_says(
    seeded_database: Database, scope: Scope, facts: dict[str, object]
) -> None:
    with pytest.raises(NotAllowedError) as refused:
        recorded(seeded_database, scope, scope.counties, **facts)
    assert refused.value.code == "roads_of_other_counties"


@pytest.mark.parametrize(
    "facts",
    [
        {"spot": LonLat(26.16, 44.415)},
        {"spot": None, "area": shapely.box(26.15, 44.41, 26.17, 44.42)},
        {"spot": None, "way_ids": (1, 2)},
    ],
)
def test_own_ground_is_closed(seeded_database: Database, facts: dict[str, object]) -> None:
    assert recorded(seeded_database, **facts).counties == ("B3",)


def test_the_database_adds_the_counties_that_a_drawing_reaches(seeded_database: Database) -> None:
    national = scope_of_county(*CODES, role="supervisor", actor="nina")
    made = recorded(seeded_database, national, ("B1",), spot=None, area=BUCHAREST)
    assert {*SIX, "IF"} >= set(made.counties) >= set(SIX)
    assert made.counties[0] == "B1"


def over_the_border(database: Database) -> RoadClosure:
    """Recorded by sector 3; one of its roads lies in sector 2 too."""
    return recorded(database, counties=("B3", "B2"))


def test_whoever_is_affected_takes_it_back_and_nobody_else(database: Database) -> None:
    made = over_the_border(database)
    with pytest.raises(NotAllowedError) as refused:
        end(database, made.id, VS)
    assert "B3, B2" in refused.value.hint
    assert end(database, made.id, scope_of_county("B2", actor="bogdan")).ended_by == "bogdan"


def test_the_database_lets_only_concerned_counties_take_it_back(database: Database) -> None:
    made = over_the_border(database)
    taken_back = "UPDATE road_closure SET ended_at = now(), ended_by = 'x' WHERE id = :id"
    for counties, rows in (("VS", 0), ("B2", 1)):
        with scoped(database.app, scope_of_county(counties)) as connection:
            assert connection.execute(text(taken_back), {"id": made.id}).rowcount == rows


def test_every_county_concerned_finds_it_in_its_audit_trail(database: Database) -> None:
    made = over_the_border(database)
    end(database, made.id, scope_of_county("B2", actor="bogdan"))
    for county in ("B3", "B2"):
        trail = services.list_audit(database.app, scope_of_county(county, role="supervisor"))
        told = [(row.actor, row.action) for row in trail if row.object_id == str(made.id)]
        assert told == [("bogdan", "road_closure.ended"), ("ana", "road_closure.recorded")]
    assert not services.list_audit(database.app, scope_of_county("VS", role="supervisor"))


def test_closures_of_before_belong_to_the_ground_they_were_drawn_on(
    seeded_database: Database,
) -> None:
    downgrade(seeded_database.url, "0005")
    old = (
        "INSERT INTO road_closure (county, area, spot, way_ids, reason, valid_from, recorded_by)"
        " VALUES ('VS', ST_GeomFromText(:area, 4326), ST_GeomFromText(:spot, 4326), :ways,"
        " :reason, now(), 'vasile')"
    )
    rows = (
        ("foreign", {"area": BUCHAREST.wkt, "spot": None, "ways": []}),
        ("own", {"area": None, "spot": "POINT (27.728 46.640)", "ways": []}),
        ("ways", {"area": None, "spot": None, "ways": [5]}),
    )
    with scoped(seeded_database.app, VS) as connection:
        for reason, values in rows:
            connection.execute(text(old), {**values, "reason": reason})
    migrate(seeded_database.url)
    found = {row.reason: row for row in services.list_road_closures(seeded_database.app, B3)}
    assert set(found["foreign"].counties) >= set(SIX)
    assert "VS" not in found["foreign"].counties
    assert (found["own"].counties, found["ways"].counties) == (("VS",), ("VS",))
    assert end(seeded_database, found["foreign"].id).ended_by == "ana"
