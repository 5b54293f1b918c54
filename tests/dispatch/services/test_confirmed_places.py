"""A person confirms where an incident is, and takes it back; the database keeps to it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch import services
from dispatch.errors import IllegalTransitionError, VersionConflictError
from dispatch.model import Resolution
from dispatch.recommendation.proposal import Proposer
from dispatch.services import PlaceWish
from dispatch.views import IncidentView
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.errors import BadInputError, ConflictError, NotFoundError
from geodata.people.population import load_population
from geodata.points import LonLat
from geodata.territories.counties import load_counties
from geodata.travel.travel_times import load_travel_times
from tests.conftest_d.database import scope_of_county
from tests.conftest_d.dispatching import Desk

COUNTIES = load_counties()
TITAN, PARK = LonLat(26.16, 44.415), LonLat(26.152, 44.420)
OBOR, VOLUNTARI = LonLat(26.125, 44.452), LonLat(26.19, 44.49)


def confirm(
    desk: Desk,
    incident: IncidentView,
    place: LonLat = TITAN,
    version: int | None = None,
    **more: str,
) -> IncidentView:
    return services.confirm_place(
        desk.engine, desk.scope, incident.id, PlaceWish(place, **more),
        counties=COUNTIES, expected_version=version,
    )  # fmt: skip


def withdraw(desk: Desk, incident: IncidentView, **options: int) -> IncidentView:
    return services.withdraw_place(
        desk.engine, desk.scope, incident.id, reason="another street", **options
    )


def last_event(desk: Desk, incident: IncidentView):
    return services.incident_timeline(desk.engine, desk.scope, incident.id)[-1]


def test_a_confirmed_place_says_by_whom_and_when_and_is_taken_back(desk: Desk):
    incident = desk.incident()
    assert incident.confirmed is None
    shown = confirm(desk, incident, address="Strada Liviu Rebreanu 12").confirmed
    assert shown is not None
    assert (shown.place, shown.address, shown.by) == (
        TITAN, "Strada Liviu Rebreanu 12", desk.scope.actor
    )  # fmt: skip
    told = last_event(desk, incident)
    assert (told.kind, told.payload["place_county"], told.version) == ("place_confirmed", "B3", 2)
    changed = confirm(desk, incident, PARK)
    assert changed.confirmed is not None
    assert (changed.confirmed.place, changed.confirmed.address) == (PARK, None)
    back = withdraw(desk, incident, expected_version=3)
    assert (back.confirmed, back.version) == (None, 4)
    told = last_event(desk, incident)
    assert (told.kind, told.reason, told.payload["lon"]) == (
        "place_withdrawn",
        "another street",
        PARK.lon,
    )
    with pytest.raises(ConflictError, match="no place is confirmed"):
        withdraw(desk, incident)


@pytest.mark.parametrize(
    ("place", "county", "name"), [(OBOR, "B2", "Sectorul 2"), (VOLUNTARI, "IF", "Ilfov")]
)
def test_a_place_of_another_county_asks_first(desk: Desk, place: LonLat, county: str, name: str):
    incident = desk.incident()
    for wish in ({}, {"abroad": county}, {"reason": "why"}, {"abroad": "VS", "reason": "why"},
                 {"abroad": county, "reason": "  "}):  # fmt: skip
        with pytest.raises(ConflictError, match=name) as asked:
            confirm(desk, incident, place, **wish)
        assert (asked.value.code, asked.value.facts) == (
            "place_in_other_county",
            {"county": county},
        )
    assert services.get_incident(desk.engine, desk.scope, incident.id).version == 1
    shown = confirm(desk, incident, place, abroad=county, reason="the child is on its way here")
    assert (shown.county, shown.confirmed and shown.confirmed.place) == ("B3", place)
    assert last_event(desk, incident).reason == "the child is on its way here"


@pytest.mark.parametrize("place", [LonLat(27.9, 43.2), LonLat(21.0, 52.2), LonLat(29.9, 44.0)])
def test_a_place_abroad_or_in_the_sea_is_refused(desk: Desk, place: LonLat):
    with pytest.raises(BadInputError) as refused:
        confirm(desk, desk.incident(), place, abroad="B3", reason="why")
    assert refused.value.code == "outside_country"


def test_only_the_version_that_was_seen_of_an_open_case_of_ones_own(desk: Desk):
    incident = desk.incident()
    services.note(desk.engine, desk.scope, incident.id, "he says the fourth floor")
    with pytest.raises(VersionConflictError):
        confirm(desk, incident, version=1)
    stranger = Desk(desk.engine, scope_of_county("VS"))
    with pytest.raises(NotFoundError):
        confirm(stranger, incident)
    services.close(desk.engine, desk.scope, incident.id, resolution=Resolution.CHILD_SAFE)
    for change in (confirm, withdraw):
        with pytest.raises(IllegalTransitionError):
            change(desk, incident)


def test_teams_are_ranked_for_the_confirmed_place(desk: Desk):
    proposer = Proposer(desk.engine, COUNTIES, load_population(), load_travel_times())
    incident = desk.incident()
    asked = [
        proposer.area_of(view).middle()
        for view in (incident, confirm(desk, incident, TITAN), withdraw(desk, incident))
    ]
    assert asked[1] == pytest.approx(TITAN)
    assert asked[0] == asked[2] != asked[1]


@pytest.mark.parametrize(
    "change",
    [
        "confirmed_by = 'somebody else'",
        "confirmed_by = NULL",
        "confirmed_at = NULL",
        "confirmed_place = NULL",
        "confirmed_address = ''",
        "confirmed_place = NULL, confirmed_at = NULL, confirmed_by = NULL",
    ],
)
def test_the_database_refuses_half_a_place_and_another_name(desk: Desk, change: str):
    incident = confirm(desk, desk.incident(), address="here")
    statement = text(f"UPDATE incident SET {change} WHERE id = :id")
    with pytest.raises(DBAPIError), scoped(desk.engine, desk.scope) as connection:
        connection.execute(statement, {"id": incident.id})


def test_a_team_does_not_move_its_own_destination(desk: Desk):
    team, incident = desk.team("B3-1").team, desk.incident()
    services.assign(desk.engine, desk.scope, incident.id, team.id, reason="near")
    confirm(desk, incident)
    crew = Scope("crew", "team", ("B3",), team.id)
    statement = text("UPDATE incident SET confirmed_address = 'elsewhere' WHERE id = :id")
    with (
        pytest.raises(DBAPIError, match="confirmed by who says so"),
        scoped(desk.engine, crew) as connection,
    ):
        connection.execute(statement, {"id": incident.id})
