"""Who has an incident on the screen: seen by colleagues, by no other county, and not for long."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch import services
from dispatch.views import IncidentView
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.errors import NotFoundError
from tests.conftest_d.database import Database, scope_of_county
from tests.conftest_d.dispatching import Desk


def person(name: str, *counties: str, role: str = "dispatcher") -> Scope:
    return Scope(name, role, counties or ("B3",))


def others(desk: Desk, incident: IncidentView, scope: Scope, **options: bool) -> list[str]:
    seen = services.tell_presence(desk.engine, scope, incident.id, **options)
    return [f"{one.actor}{' writes' if one.is_writing else ''}" for one in seen]


def time_passes(database: Database, seconds: float) -> None:
    with database.owner.begin() as connection:
        connection.execute(
            text("UPDATE incident_presence SET seen_at = seen_at - :time"),
            {"time": timedelta(seconds=seconds)},
        )


def test_two_at_one_incident_see_each_other_and_not_themselves(desk: Desk):
    incident, elsewhere = desk.incident(), desk.incident()
    ana, dan, eva = person("ana"), person("dan", role="operator"), person("eva", "B2", "B3")
    assert others(desk, incident, ana) == []
    assert others(desk, incident, dan, is_writing=True) == ["ana"]
    assert others(desk, incident, ana) == ["dan writes"]
    assert others(desk, incident, eva) == ["ana", "dan writes"]
    assert others(desk, incident, dan, is_writing=False) == ["ana", "eva"]
    assert others(desk, elsewhere, ana) == []
    services.end_presence(desk.engine, dan, incident.id)
    assert others(desk, incident, ana) == ["eva"]


@pytest.mark.parametrize(
    ("seconds", "is_there"), [(0, True), (25, True), (31, False), (900, False)]
)
def test_who_is_not_heard_of_for_half_a_minute_is_gone(
    desk: Desk, database: Database, seconds: float, is_there: bool
):
    incident = desk.incident()
    others(desk, incident, person("ana"))
    time_passes(database, seconds)
    assert others(desk, incident, person("dan")) == ["ana"] * is_there
    with database.owner.begin() as connection:
        kept = connection.execute(text("SELECT count(*) FROM incident_presence")).scalar_one()
    # What is long past is not kept at all.
    assert kept == (1 if seconds > 600 else 2)


@pytest.mark.parametrize("stranger", [scope_of_county("VS"), person("planner", role="planner")])
def test_nobody_else_sees_who_works_on_it(desk: Desk, stranger: Scope):
    incident = desk.incident()
    others(desk, incident, person("ana"))
    if stranger.role == "dispatcher":
        for ask in (services.tell_presence, services.end_presence):
            with pytest.raises(NotFoundError):
                ask(desk.engine, stranger, incident.id)
    with scoped(desk.engine, stranger) as connection:
        assert connection.execute(text("SELECT * FROM incident_presence")).all() == []


def test_nobody_tells_of_another(desk: Desk):
    incident = desk.incident()
    statement = text("INSERT INTO incident_presence (incident_id, actor) VALUES (:id, 'dan')")
    with pytest.raises(DBAPIError), scoped(desk.engine, person("ana")) as connection:
        connection.execute(statement, {"id": incident.id})
