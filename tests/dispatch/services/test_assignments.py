"""Assigning, releasing and following teams; and many people doing it at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dispatch import services
from dispatch.errors import (
    AlreadyAssignedError,
    IllegalTransitionError,
    OverrideReasonError,
    TeamNotFreeError,
    VersionConflictError,
)
from dispatch.model import IncidentState, Resolution
from geodata.errors import ConflictError, RefusedError
from geodata.points import LonLat
from teams.errors import IllegalStatusError
from teams.model import TeamStatus
from tests.conftest_d.database import Database, scope_of_county
from tests.conftest_d.dispatching import Desk
from tests.conftest_d.recommending import HOME, ask, make_team


def all_at_once(jobs: list[Callable[[], Any]]) -> list[Any]:
    """Run jobs in threads that start together; results, or the refusals that were raised."""
    barrier = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return job()
        except RefusedError as error:
            return error

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def assign(desk: Desk, incident, team, **options):
    options = {"reason": "near"} | options
    return services.assign(desk.engine, desk.scope, incident.id, team.id, **options)


def state(desk: Desk, incident) -> IncidentState:
    return services.get_incident(desk.engine, desk.scope, incident.id).state


def status(desk: Desk, team) -> TeamStatus:
    return services.get_team(desk.engine, desk.scope, team.id).team.status


def move(desk: Desk, team, *statuses: TeamStatus) -> None:
    for one in statuses:
        services.set_team_status(desk.engine, desk.scope, team.id, one)


def reassign(desk: Desk, bound, team, **options):
    options = {"reason": "the car broke down"} | options
    return services.reassign(desk.engine, desk.scope, bound.id, team.id, **options)


def on_it(desk: Desk, incident) -> list[str | None]:
    rows = services.get_incident(desk.engine, desk.scope, incident.id).assignments
    return [row.callsign for row in rows]


# ── one person ────────────────────────────────────────────────────────────────
def test_an_assignment_moves_team_and_incident_and_is_told_in_the_timeline(desk: Desk):
    team, incident = desk.team("B3-1").team, desk.incident()
    bound = assign(desk, incident, team, route=[HOME, LonLat(26.2, 44.5)])
    assert (bound.callsign, bound.route["type"]) == ("B3-1", "LineString")
    assert (state(desk, incident), status(desk, team)) == ("assigned", "assigned")
    last = services.incident_timeline(desk.engine, desk.scope, incident.id)[-1]
    assert (last.kind, last.reason, last.payload["callsign"]) == ("assigned", "near", "B3-1")


def test_a_team_that_was_not_proposed_needs_a_reason(desk: Desk):
    with pytest.raises(OverrideReasonError, match="not the team that was proposed") as refused:
        assign(desk, desk.incident(), desk.team("B3-1").team, reason=" ")
    assert refused.value.code == "override_reason_required"


def test_following_the_proposal_needs_no_reason_and_keeps_its_eta(desk: Desk):
    team = desk.team("B3-1").team
    proposal = ask([make_team(id=team.id)], LonLat(26.12, 44.43))
    bound = assign(desk, desk.incident(), team, proposal=proposal, reason=None)
    assert (bound.proposed_rank, bound.override_reason) == (1, None)
    assert bound.eta_s == proposal.candidates[0].travel_time.seconds


def test_the_team_that_was_seen_first_needs_no_reason_when_the_list_has_changed(desk: Desk):
    seen, nearer = desk.team("B3-1").team, desk.team("B3-2").team
    teams = [make_team(id=nearer.id), make_team("B3-2", LonLat(26.2, 44.5), id=seen.id)]
    proposal = ask(teams, LonLat(26.12, 44.43))
    assert proposal.candidates[0].team_id == nearer.id
    bound = assign(desk, desk.incident(), seen, proposal=proposal, seen_first=seen.id, reason=None)
    assert (bound.proposed_rank, bound.proposed_team_id) == (2, nearer.id)


def test_who_comes_second_is_told_who_was_first_and_asked_for_no_reason(desk: Desk):
    team = desk.team("B3-1").team
    assign(desk, desk.incident(), team)
    with pytest.raises(AlreadyAssignedError) as refused:
        assign(desk, desk.incident(), team, proposal=None, reason=None)
    assert refused.value.facts == {"assigned_by": desk.scope.actor}


def test_the_way_of_a_team_moves_the_incident(desk: Desk):
    team, incident = desk.team("B3-1").team, desk.incident()
    assign(desk, incident, team)
    seen = []
    for one in (TeamStatus.EN_ROUTE, TeamStatus.ON_SCENE, TeamStatus.RETURNING):
        move(desk, team, one)
        seen.append(state(desk, incident))
    assert seen == ["en_route", "on_scene", "open"]
    (done,) = services.list_assignments(desk.engine, desk.scope, open_only=False)
    assert done.en_route_at < done.on_scene_at < done.released_at


def test_a_team_cannot_arrive_without_an_assignment(desk: Desk):
    with pytest.raises(IllegalStatusError):
        move(desk, desk.team("B3-1").team, TeamStatus.ON_SCENE)


def test_saying_the_same_status_again_changes_nothing(desk: Desk):
    team = desk.team("B3-1").team
    view = services.set_team_status(desk.engine, desk.scope, team.id, TeamStatus.AVAILABLE)
    assert view.team.version == 1


def test_a_status_for_an_old_version_of_the_team_is_refused(desk: Desk):
    team = desk.team("B3-1").team
    move(desk, team, TeamStatus.OUT_OF_SERVICE)
    with pytest.raises(VersionConflictError):
        services.set_team_status(
            desk.engine, desk.scope, team.id, TeamStatus.AVAILABLE, expected_version=1
        )


def test_a_team_out_of_service_is_not_assigned(desk: Desk):
    team = desk.team("B3-1").team
    move(desk, team, TeamStatus.OUT_OF_SERVICE)
    with pytest.raises(TeamNotFreeError, match="B3-1 is out_of_service"):
        assign(desk, desk.incident(), team)


def test_releasing_the_only_team_opens_the_incident_again(desk: Desk):
    team, incident = desk.team("B3-1").team, desk.incident()
    bound = assign(desk, incident, team)
    services.release(desk.engine, desk.scope, bound.id, reason="turned back")
    assert (state(desk, incident), status(desk, team)) == ("open", "available")
    with pytest.raises(IllegalTransitionError, match="already"):
        services.release(desk.engine, desk.scope, bound.id, reason="again")


def test_the_furthest_remaining_team_decides_the_state(desk: Desk):
    first, second, incident = desk.team("B3-1").team, desk.team("B3-2").team, desk.incident()
    bound = assign(desk, incident, first)
    assign(desk, incident, second)
    move(desk, second, TeamStatus.EN_ROUTE)
    services.release(desk.engine, desk.scope, bound.id, reason="one is enough")
    assert state(desk, incident) == "en_route"


def test_closing_releases_every_team(desk: Desk):
    team, incident = desk.team("B3-1").team, desk.incident()
    assign(desk, incident, team)
    move(desk, team, TeamStatus.EN_ROUTE, TeamStatus.ON_SCENE)
    services.close(desk.engine, desk.scope, incident.id, resolution=Resolution.CHILD_SAFE)
    assert status(desk, team) == "returning"
    assert services.list_assignments(desk.engine, desk.scope) == []


def test_an_incident_with_a_team_is_not_handed_to_another_county(seeded_database: Database):
    desk = Desk(seeded_database.app, scope_of_county("B3"))
    incident = desk.incident()
    assign(desk, incident, desk.team("B3-1").team)
    with pytest.raises(IllegalTransitionError, match="while a team is bound"):
        services.transfer(
            desk.engine, desk.scope, incident.id, to="county", county="IF", reason="x"
        )


def test_a_newer_eta_is_kept_without_a_new_version(desk: Desk):
    incident = desk.incident()
    bound = assign(desk, incident, desk.team("B3-1").team)
    newer = services.record_eta(
        desk.engine, desk.scope, bound.id, eta_s=300.0, eta_at=None, source="road"
    )
    assert (newer.eta_s, newer.eta_source) == (300.0, "road")
    assert services.get_incident(desk.engine, desk.scope, incident.id).version == 2


# ── mutual aid ────────────────────────────────────────────────────────────────
@pytest.fixture
def aid(seeded_database: Database) -> Desk:
    return Desk(seeded_database.app, scope_of_county("B3"))


def test_a_neighbours_team_is_seen_by_both_counties_while_it_helps(aid: Desk):
    team, ilfov = aid.team("IF-1", "IF").team, scope_of_county("IF")
    bound = assign(aid, aid.incident(), team)
    assert [view.lent_to for view in services.list_teams(aid.engine, aid.scope)] == ["B3"]
    assert services.get_team(aid.engine, ilfov, team.id).assignment.id == bound.id
    services.release(aid.engine, aid.scope, bound.id, reason="done")
    assert services.list_teams(aid.engine, aid.scope) == []


def test_the_lending_county_does_not_see_the_incident(aid: Desk):
    incident = aid.incident()
    assign(aid, incident, aid.team("IF-1", "IF").team)
    assert services.list_incidents(aid.engine, scope_of_county("IF")) == []


def test_the_lending_county_may_call_its_team_back(aid: Desk):
    incident = aid.incident()
    bound = assign(aid, incident, aid.team("IF-1", "IF").team)
    services.release(aid.engine, scope_of_county("IF"), bound.id, reason="needed at home")
    assert state(aid, incident) == "open"


def test_a_far_countys_team_cannot_be_taken(aid: Desk):
    with pytest.raises(ConflictError, match="no neighbour"):
        assign(aid, aid.incident(), aid.team("VS-1", "VS").team)


def test_a_team_abroad_reports_its_own_arrival(aid: Desk):
    team, incident = aid.team("IF-1", "IF").team, aid.incident()
    assign(aid, incident, team)
    phone = Desk(aid.engine, scope_of_county("IF", role="team", actor="phone"))
    phone = Desk(aid.engine, type(phone.scope)("phone", "team", ("IF",), team.id))
    move(phone, team, TeamStatus.EN_ROUTE, TeamStatus.ON_SCENE)
    assert state(aid, incident) == "on_scene"


# ── many at once ──────────────────────────────────────────────────────────────
def test_of_eight_dispatchers_who_want_one_team_exactly_one_gets_it(desk: Desk):
    team = desk.team("B3-1").team
    incidents = [desk.incident() for _ in range(8)]
    results = all_at_once([lambda one=one: assign(desk, one, team) for one in incidents])
    refused = [result for result in results if isinstance(result, AlreadyAssignedError)]
    (won,) = [result for result in results if not isinstance(result, RefusedError)]
    assert len(refused) == 7
    number = services.get_incident(desk.engine, desk.scope, won.incident_id).number
    assert {error.message for error in refused} == {f"B3-1 was assigned to {number} by ana"}


def test_two_clicks_on_one_incident_give_one_assignment_and_one_clear_refusal(desk: Desk):
    team, incident = desk.team("B3-1").team, desk.incident()
    results = all_at_once([lambda: assign(desk, incident, team, expected_version=1)] * 2)
    assert sorted(type(result).__name__ for result in results) == [
        "AlreadyAssignedError", "AssignmentView",
    ]  # fmt: skip
    assert len(services.list_assignments(desk.engine, desk.scope)) == 1


def test_the_rule_holds_in_the_database_whatever_the_program_does(desk: Desk, database: Database):
    team, incident = desk.team("B3-1").team, desk.incident()
    assign(desk, incident, team)
    with pytest.raises(IntegrityError, match="one_open_per_team"), database.owner.begin() as c:
        c.execute(
            text(
                "INSERT INTO assignment (incident_id, team_id, county, team_county, assigned_by)"
                " SELECT incident_id, team_id, county, team_county, 'x' FROM assignment"
            )
        )


def test_changes_from_all_sides_never_lose_one_or_deadlock(desk: Desk):
    incident = desk.incident()
    teams = [desk.team(f"B3-{n}").team for n in range(4)]
    jobs = [lambda one=one: assign(desk, incident, one) for one in teams]
    jobs += [
        lambda n=n: services.note(desk.engine, desk.scope, incident.id, str(n)) for n in range(4)
    ]
    assert not [result for result in all_at_once(jobs) if isinstance(result, RefusedError)]
    events = services.incident_timeline(desk.engine, desk.scope, incident.id)
    assert [event.version for event in events] == list(range(1, 10))


def test_two_calls_of_one_number_at_once_open_one_incident(desk: Desk):
    calls = all_at_once([lambda: desk.call(caller="+40721000001")] * 6)
    assert len({call.incident_id for call in calls}) == 1


def test_arriving_and_being_released_at_once_end_in_one_consistent_state(desk: Desk):
    team, incident = desk.team("B3-1").team, desk.incident()
    bound = assign(desk, incident, team)
    all_at_once(
        [
            lambda: move(desk, team, TeamStatus.ON_SCENE),
            lambda: services.release(desk.engine, desk.scope, bound.id, reason="back"),
        ]
    )
    held = services.get_team(desk.engine, desk.scope, team.id)
    assert held.assignment is None
    assert (state(desk, incident), held.team.status in {"available", "returning"}) == ("open", True)


# ── another team instead ──────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "way", [(), (TeamStatus.EN_ROUTE,), (TeamStatus.EN_ROUTE, TeamStatus.ON_SCENE)]
)
def test_another_team_goes_instead_in_one_step(desk: Desk, way: tuple[TeamStatus, ...]):
    old, new, incident = desk.team("B3-1").team, desk.team("B3-2").team, desk.incident()
    bound = assign(desk, incident, old)
    move(desk, old, *way)
    version = services.get_incident(desk.engine, desk.scope, incident.id).version
    after = reassign(desk, bound, new, expected_version=version)
    assert (after.callsign, after.override_reason) == ("B3-2", "the car broke down")
    assert on_it(desk, incident) == ["B3-2"]
    # The new team has not left yet, wherever the old one was.
    assert (state(desk, incident), status(desk, new)) == ("assigned", "assigned")
    assert status(desk, old) in {TeamStatus.AVAILABLE, TeamStatus.RETURNING}
    timeline = services.incident_timeline(desk.engine, desk.scope, incident.id)
    assert [event.version for event in timeline] == [*range(1, version + 2)]
    told = timeline[-1].payload
    assert (timeline[-1].kind, told["callsign"], told["released_callsign"]) == (
        "reassigned", "B3-2", "B3-1"
    )  # fmt: skip


def test_of_two_teams_only_the_named_one_is_replaced(desk: Desk):
    teams = [desk.team(f"B3-{n}").team for n in (1, 2, 3)]
    incident = desk.incident()
    first, second = assign(desk, incident, teams[0]), assign(desk, incident, teams[1])
    move(desk, teams[0], TeamStatus.EN_ROUTE)
    reassign(desk, second, teams[2])
    assert on_it(desk, incident) == ["B3-1", "B3-3"]
    # Somebody is still on the way.
    assert state(desk, incident) == "en_route"
    reassign(desk, first, teams[1])
    assert (on_it(desk, incident), state(desk, incident)) == (["B3-3", "B3-2"], "assigned")
    nths = [
        event.payload["nth"]
        for event in services.incident_timeline(desk.engine, desk.scope, incident.id)
        if event.kind == "assigned"
    ]
    assert nths == [1, 2]


def test_a_refusal_leaves_the_old_team_bound(desk: Desk):
    old, busy, away = (desk.team(f"B3-{n}").team for n in (1, 2, 3))
    far, incident = desk.team("VS-1", "VS").team, desk.incident()
    bound = assign(desk, incident, old)
    assign(desk, desk.incident(), busy)
    move(desk, away, TeamStatus.OUT_OF_SERVICE)
    for team, kind in (
        (busy, AlreadyAssignedError),
        (old, AlreadyAssignedError),
        (away, TeamNotFreeError),
        (far, ConflictError),
    ):
        with pytest.raises(kind):
            reassign(desk, bound, team)
    with pytest.raises(VersionConflictError):
        reassign(desk, bound, desk.team("B3-4").team, expected_version=1)
    with pytest.raises(OverrideReasonError):
        reassign(desk, bound, desk.team("B3-5").team, reason=" ")
    assert (on_it(desk, incident), status(desk, old)) == (["B3-1"], "assigned")


def test_who_comes_second_is_told_who_goes_now(desk: Desk):
    old, new, late = (desk.team(f"B3-{n}").team for n in (1, 2, 3))
    bound = assign(desk, desk.incident(), old)
    reassign(desk, bound, new)
    with pytest.raises(IllegalTransitionError, match="on the incident now: B3-2") as refused:
        reassign(desk, bound, late)
    assert refused.value.code == "already_released"
    (now,) = services.list_assignments(desk.engine, desk.scope)
    services.release(desk.engine, desk.scope, now.id, reason="no need")
    with pytest.raises(IllegalTransitionError, match="no team is on the incident"):
        services.release(desk.engine, desk.scope, bound.id, reason="again")


def test_many_replace_the_same_team_and_one_wins(desk: Desk):
    incident = desk.incident()
    bound = assign(desk, incident, desk.team("B3-0").team)
    teams = [desk.team(f"B3-{n}").team for n in range(1, 6)]
    done = all_at_once([lambda team=team: reassign(desk, bound, team) for team in teams])
    (winner,) = [one for one in done if not isinstance(one, Exception)]
    assert {one.code for one in done if isinstance(one, Exception)} == {"already_released"}
    assert on_it(desk, incident) == [winner.callsign]
    free = [team for team in teams if team.callsign != winner.callsign]
    assert {status(desk, team) for team in free} == {"available"}


def test_one_team_is_wanted_by_many_incidents_at_once(desk: Desk):
    wanted = desk.team("B3-9").team
    cases = [desk.incident() for _ in range(4)]
    held = [assign(desk, case, desk.team(f"B3-{n}").team) for n, case in enumerate(cases)]
    jobs = [lambda bound=bound: reassign(desk, bound, wanted) for bound in held[:3]]
    done = all_at_once([*jobs, lambda: assign(desk, cases[3], wanted)])
    losers = [one for one in done if isinstance(one, Exception)]
    assert [one.code for one in losers] == ["team_already_assigned"] * 3
    # Nobody has lost a team by losing the race.
    assert all(on_it(desk, case) for case in cases)
    assert sum("B3-9" in on_it(desk, case) for case in cases) == 1


def test_two_teams_change_places_at_once_and_nobody_waits_for_ever(desk: Desk):
    one, other = desk.team("B3-1").team, desk.team("B3-2").team
    cases = [desk.incident(), desk.incident()]
    first, second = assign(desk, cases[0], one), assign(desk, cases[1], other)
    done = all_at_once([
        lambda: reassign(desk, first, other), lambda: reassign(desk, second, one)
    ])  # fmt: skip
    assert {each.code for each in done} == {"team_already_assigned"}
    assert [on_it(desk, case) for case in cases] == [["B3-1"], ["B3-2"]]
