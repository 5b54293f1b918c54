"""The centres at a glance on a real database: what is counted where, since when, and for whom."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, text

from dispatch import services
from dispatch.centres import Centre, Level, NoCentre, Overview
from dispatch.model import Resolution
from dispatch.services import four_eyes, ringing
from dispatch.services.centres import read_overview
from geodata.database.scope import Scope
from geodata.reference.codes import CODES
from tests.conftest_d.database import Database, scope_of_county
from tests.conftest_d.dispatching import Desk, a_fix

ANA, BOSS = scope_of_county("B3"), scope_of_county("B3", "VS", role="supervisor", actor="boss")
NATIONAL = Scope("radu", "supervisor", tuple(CODES))
TELEPHONE = Scope("exchange", "telephone", tuple(CODES))
ADMIN = Scope("adi", "administrator", tuple(CODES))


def overview(desk: Desk, scope: Scope = BOSS) -> Overview:
    return read_overview(desk.engine, scope)


def centre(desk: Desk, county: str = "B3", scope: Scope = BOSS) -> Centre:
    (found,) = (one for one in overview(desk, scope).centres if one.county == county)
    return found


def ring(desk: Desk, county: str | None = "B3") -> UUID:
    known = ringing.announce_ring(desk.engine, TELEPHONE, line="119-1", county=county, caller=None)
    return known.id


def change(database: Database, statement: str) -> None:
    """Let time pass, or set what no use case of today sets, as the owner."""
    with database.owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))


def test_nothing_waits_where_nothing_happens(desk: Desk):
    assert [one.county for one in overview(desk).centres] == ["B3", "VS"]
    assert all(one == Centre(one.county, one.county) for one in overview(desk).centres)


def test_rings_wait_until_somebody_claims_them(desk: Desk, database: Database):
    first = ring(desk)
    ring(desk, "VS")
    assert (centre(desk).ringing.count, centre(desk).level) == (1, Level.WAITING)
    ringing.claim(desk.engine, ANA, first, post="1")
    assert (centre(desk).ringing.count, centre(desk).posts_taken) == (0, 1)
    assert centre(desk).level is Level.BUSY
    ringing.hand_back(desk.engine, ANA, first)
    assert (centre(desk).ringing.count, centre(desk).posts_taken) == (1, 0)
    change(database, "UPDATE ringing_call SET rang_at = rang_at - interval '3 minutes',"
                     " handed_back_at = handed_back_at - interval '3 minutes'")  # fmt: skip
    stale = centre(desk)
    assert (stale.ringing.count, stale.missed.count, stale.level) == (0, 1, Level.ALARM)
    assert stale.missed.since is not None
    assert datetime.now(UTC) - stale.missed.since > timedelta(minutes=3)
    ringing.claim(desk.engine, ANA, first, post="1")
    ringing.end_ringing(desk.engine, ANA, first, outcome=ringing.RingingOutcome.ANSWERED)
    assert centre(desk).level is Level.CALM


def test_cases_wait_for_a_team_since_they_were_opened_or_left(desk: Desk, database: Database):
    case, team = desk.incident(), desk.team("T1")
    waiting = centre(desk)
    assert (waiting.without_team.count, waiting.without_team.since) == (1, case.opened_at)
    assert waiting.open_cases.usual == 1
    bound = services.assign(desk.engine, ANA, case.id, team.team.id, reason="x")
    assert (centre(desk).without_team.count, centre(desk).level) == (0, Level.BUSY)
    services.release(desk.engine, ANA, bound.id, reason="x")
    since = centre(desk).without_team.since
    assert since is not None
    assert since > case.opened_at
    services.close(desk.engine, ANA, case.id, resolution=Resolution.CHILD_SAFE)
    assert centre(desk).without_team.count == 0
    change(database, "UPDATE incident SET opened_at = opened_at - interval '3 days'")
    services.reopen(desk.engine, ANA, case.id, reason="x")
    assert centre(desk).past_time.count == 0


@pytest.mark.parametrize(("priority", "minutes"), [(1, 4), (2, 10), (3, 60)])
def test_a_case_is_past_its_time_by_its_urgency(
    desk: Desk, database: Database, priority: int, minutes: int
):
    desk.incident()
    change(database, f"UPDATE incident SET priority = {priority},"
                     f" opened_at = now() - interval '{minutes * 60 - 30} s'")  # fmt: skip
    assert centre(desk).past_time.count == 0
    change(database, "UPDATE incident SET opened_at = opened_at - interval '1 minute'")
    late = centre(desk)
    assert (late.past_time.count, late.level) == (1, Level.ALARM)
    assert late.past_time.since is not None
    assert timedelta(0) < datetime.now(UTC) - late.past_time.since < timedelta(minutes=2)
    counts = (late.open_cases.urgent, late.open_cases.usual, late.open_cases.can_wait)
    assert counts == tuple(int(priority == one) for one in (1, 2, 3))


def test_a_team_that_should_have_arrived_is_past_its_time(desk: Desk, database: Database):
    case, team = desk.incident(), desk.team("T1")
    services.assign(desk.engine, ANA, case.id, team.team.id, reason="x")
    change(database, "UPDATE assignment SET eta_at = now() - interval '4 minutes'")
    assert centre(desk).past_time.count == 0
    change(database, "UPDATE assignment SET eta_at = now() - interval '6 minutes'")
    assert centre(desk).past_time.count == 1
    change(database, "UPDATE assignment SET on_scene_at = now()")
    assert centre(desk).past_time.count == 0


@pytest.mark.parametrize(("seconds", "silent"), [(30, 0), (590, 0), (610, 1), (None, 1)])
def test_a_team_that_is_not_heard_of_is_silent(desk: Desk, seconds: float | None, silent: int):
    team = desk.team("T1")
    if seconds is not None:
        services.record_positions(desk.engine, ANA, [a_fix(team.team.id, seconds)])
    load = centre(desk).teams
    assert (load.on_shift, load.available, load.silent) == (1, 1, silent)


def test_ambiguous_cases_and_those_named_elsewhere_since(desk: Desk, database: Database):
    desk.incident()
    assert centre(desk).ambiguous == 0
    change(database, "UPDATE county_assignment SET ambiguous = true")
    assert centre(desk).ambiguous == 1
    change(database, "UPDATE county_assignment SET ambiguous = false, owner = 'VS', at = now()")
    assert centre(desk).ambiguous == 1


@pytest.mark.parametrize(
    ("state", "settled", "counts"),
    [
        ("pending", False, (1, 0)),
        ("sent", False, (1, 0)),
        ("given_up", False, (1, 1)),
        ("rejected", False, (1, 1)),
        ("rejected", True, (0, 0)),
        ("acknowledged", False, (0, 0)),
    ],
)
def test_handovers_count_until_they_are_acknowledged_or_settled(
    desk: Desk, database: Database, state: str, settled: bool, counts: tuple[int, int]
):
    services.transfer(desk.engine, ANA, desk.incident().id, to="112", reason="pericol")
    change(database, f"UPDATE handover SET state = '{state}', next_at = CASE WHEN '{state}' IN"
                     " ('pending', 'sent') THEN now() END,"
                     f" settled_at = CASE WHEN {settled} THEN now() END,"
                     f" settled_by = CASE WHEN {settled} THEN 'ana' END")  # fmt: skip
    shown = centre(desk)
    assert (shown.handovers.count, shown.handovers_failed) == counts
    assert (shown.level is Level.ALARM) == (counts[1] > 0)


def test_what_is_proposed_to_be_closed_waits_for_a_second_person(desk: Desk):
    four_eyes.set_closing_policy(desk.engine, BOSS, "B3", four_eyes=True, misdials_too=False)
    case = desk.incident()
    services.close(desk.engine, ANA, case.id, resolution=Resolution.CHILD_SAFE)
    assert centre(desk).to_confirm.count == 1


def test_people_with_an_open_page_are_counted_at_their_centre(database: Database, desk: Desk):
    def sign_in(name: str, role: str, *counties: str, kind: str = "cookie") -> None:
        account = services.create_account(
            database.accounts, ADMIN, username=name, password="correct horse battery",
            role=role, counties=counties,
        )  # fmt: skip
        services.issue_token(database.accounts, account.id, kind=kind, lifetime=timedelta(hours=1))  # type: ignore[arg-type]

    sign_in("op-b3", "operator", "B3")
    services.verify_login(database.accounts, "op-b3", "correct horse battery")
    sign_in("disp-both", "dispatcher", "B3", "VS")
    sign_in("gateway", "operator", "B3", kind="bearer")
    sign_in("nation", "dispatcher", *CODES)
    sign_in("chief", "supervisor", "B3")
    assert centre(desk).people_signed_in == 2
    assert centre(desk, "VS").people_signed_in == 1
    change(database, "UPDATE session SET last_used_at = now() - interval '7 minutes'")
    assert centre(desk).people_signed_in == 0


def test_only_who_supervises_learns_how_many_are_signed_in(desk: Desk, database: Database):
    for role in ("operator", "dispatcher", "planner", "team"):
        with database.app.begin() as connection:
            connection.execute(
                text("SELECT set_config('app.role', :role, true),"
                     " set_config('app.counties', '{B3}', true)"),
                {"role": role},
            )  # fmt: skip
            rows = connection.execute(text("SELECT * FROM signed_in_by_county('1 day')")).all()
            assert rows == []


def test_a_supervisor_sees_their_counties_and_the_nation_all_and_what_is_of_none(desk: Desk):
    ring(desk, None)
    ring(desk, "CJ")
    desk.call(owner=None)
    assert overview(desk).of_none is None
    assert {one.county for one in overview(desk).centres} == {"B3", "VS"}
    nation = overview(desk, NATIONAL)
    assert {one.county for one in nation.centres} == set(CODES)
    assert nation.centres[0].county == "CJ"
    assert nation.of_none is not None
    assert nation.of_none != NoCentre()
    assert (nation.of_none.ringing.count, nation.of_none.calls.count) == (1, 1)


def test_the_worst_come_first_and_of_equal_ones_who_waits_longest(desk: Desk, database: Database):
    for county in ("VS", "B3", "CJ"):
        desk.incident(county)
    ring(desk, "TM")
    change(database, "UPDATE ringing_call SET hung_up_at = now()")
    change(database, "UPDATE incident SET opened_at = opened_at - interval '5 minutes'"
                     " WHERE county = 'CJ'")  # fmt: skip
    shown = [one.county for one in overview(desk, NATIONAL).centres]
    assert shown[:4] == ["TM", "CJ", "VS", "B3"]


def test_it_costs_as_many_statements_for_the_nation_as_for_one_county(desk: Desk):
    counted: dict[str, int] = {}
    for name, scope in (("one", scope_of_county("B3", role="supervisor")), ("all", NATIONAL)):
        asked: list[str] = []

        def note(
            _c: object, _u: object, statement: str, *_: object, into: list[str] = asked
        ) -> None:
            into.append(statement)

        event.listen(desk.engine, "before_cursor_execute", note)
        overview(desk, scope)
        event.remove(desk.engine, "before_cursor_execute", note)
        counted[name] = len(asked)
    assert counted["one"] == counted["all"] <= 4
