"""Closure requests: asked, seen by two counties, answered once, ended by whose ground it is."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch import services
from dispatch.closures.requests import ClosureRequest, RequestState
from dispatch.closures.shares import ClosureShare, find_shares, share_of
from dispatch.errors import IllegalTransitionError
from dispatch.services.closure_requests import MOST_WAITING, Asked
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.errors import BadInputError, NotAllowedError, NotFoundError, RefusedError
from geodata.points import LonLat
from geodata.reference.codes import CODES
from geodata.roads.closures import Closure
from geodata.roads.index import RoadIndex
from geodata.roads.meaning import Meaning
from tests.conftest_d.border_roads import a_closure, at, border_index, box, line
from tests.conftest_d.database import Database, scope_of_county

NOW = datetime.now(UTC)
VS = scope_of_county("VS", actor="vasile")
IS = scope_of_county("IS", actor="ioana")
B3 = scope_of_county("B3", actor="bogdan")
NATIONAL = scope_of_county(*CODES, role="supervisor", actor="nina")
AREA = box(-50, -3100, 350, 3100)
NOWHERE = uuid4()


@pytest.fixture(scope="module")
def index() -> RoadIndex:
    return border_index()


@pytest.fixture
def desk(seeded_database: Database, index: RoadIndex) -> "Desks":
    return Desks(seeded_database, index)


class Desks:
    """What desks of several counties do about requests, on one database and map."""

    def __init__(self, database: Database, index: RoadIndex) -> None:
        self.database, self.engine, self.index = database, database.app, index

    def ask(self, scope: Scope = VS, **facts: Any) -> Asked:
        facts = {"area": AREA, "valid_from": NOW} | facts
        shares = find_shares(self.index, scope, a_closure(**facts))
        return services.ask_to_close(
            self.engine, scope, shares.own, shares.others, reason="viitură"
        )

    def one(self, scope: Scope = VS, **facts: Any) -> ClosureRequest:
        (request,) = self.ask(scope, **facts).requests
        return request

    def accept(self, request_id: UUID, scope: Scope = IS) -> ClosureRequest:
        def find(closure: Closure, county: str) -> ClosureShare:
            return share_of(self.index, closure, (county,))

        return services.accept_closure_request(self.engine, scope, request_id, find=find)[0]

    def refuse(self, request_id: UUID, scope: Scope = IS) -> ClosureRequest:
        return services.refuse_closure_request(self.engine, scope, request_id, reason="e liber")

    def withdraw(self, request_id: UUID, scope: Scope = VS) -> ClosureRequest:
        return services.withdraw_closure_request(self.engine, scope, request_id)

    def get(self, request_id: UUID, scope: Scope = VS) -> ClosureRequest:
        return services.get_closure_request(self.engine, scope, request_id)

    def end(self, closure_id: UUID | None, scope: Scope = IS) -> None:
        assert closure_id is not None
        services.end_road_closure(self.engine, scope, closure_id, reason="a scăzut apa")

    def state(self, request_id: UUID, scope: Scope = VS) -> RequestState:
        return self.get(request_id, scope).state_at(datetime.now(UTC))

    def listed(self, scope: Scope, *states: RequestState) -> list[UUID]:
        rows = services.list_closure_requests(self.engine, scope, states=states or None)
        return [row.id for row in rows]

    def standing(self) -> set[str]:
        rows = services.list_road_closures(self.engine, VS, states={"active", "upcoming"})
        return {row.county for row in rows}

    def trail(self, county: str, request_id: UUID) -> list[tuple[str, str]]:
        scope = scope_of_county(county, role="supervisor")
        rows = services.list_audit(self.engine, scope)
        return [(row.actor, row.action) for row in rows if row.object_id == str(request_id)][::-1]


# ── asked ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("scope", "facts", "asked"),
    [
        (VS, {}, "IS"),
        (IS, {}, "VS"),
        (VS, {"area": None, "way_ids": (1, 2)}, "IS"),
        (IS, {"area": None, "way_ids": (1, 2), "factor": 0.25}, "VS"),
        (VS, {"area": line((-50, -2500), (50, -2500), (50, 2500), (-50, 2500))}, "IS"),
    ],
)  # fmt: skip
def test_the_own_part_holds_at_once_and_the_rest_waits(
    desk: Desks, scope: Scope, facts: dict[str, Any], asked: str
) -> None:
    made = desk.ask(scope, **facts)
    (request,) = made.requests
    assert made.closure is not None
    assert made.closure.county == scope.counties[0]
    assert desk.standing() == {scope.counties[0]}
    assert (request.county, request.asked_from, request.asked_by) == (
        asked, scope.counties[0], scope.actor,
    )  # fmt: skip
    assert (request.reason, request.own_closure) == ("viitură", made.closure.id)
    assert desk.state(request.id, scope) is RequestState.WAITING
    assert request.meant["pieces"] > 0


@pytest.mark.parametrize(
    ("scope", "facts", "asked"),
    [
        (VS, {"area": None, "way_ids": (2,)}, {"IS"}),
        (IS, {"area": None, "spot": at(0, -2500)}, {"VS"}),
        (B3, {}, {"VS", "IS"}),
    ],
)
def test_wholly_on_foreign_ground_nothing_is_closed_before_an_answer(
    desk: Desks, scope: Scope, facts: dict[str, Any], asked: set[str]
) -> None:
    made = desk.ask(scope, **facts)
    assert made.closure is None
    assert {row.county for row in made.requests} == asked
    assert desk.standing() == set()


def test_three_counties_answer_each_for_its_own_ground(desk: Desks) -> None:
    requests = {row.county: row.id for row in desk.ask(B3).requests}
    desk.accept(requests["VS"], VS)
    assert desk.standing() == {"VS"}
    desk.refuse(requests["IS"])
    assert desk.state(requests["VS"], B3) is RequestState.ACCEPTED
    assert desk.state(requests["IS"], B3) is RequestState.REFUSED
    assert desk.listed(VS) == [requests["VS"]]
    assert desk.listed(IS) == [requests["IS"]]


@pytest.mark.parametrize("scope", [VS, IS, NATIONAL])
def test_only_the_two_counties_see_a_request(desk: Desks, scope: Scope) -> None:
    request = desk.one()
    assert desk.listed(scope) == [request.id]
    assert desk.listed(B3) == []
    with pytest.raises(NotFoundError):
        desk.get(request.id, B3)
    for answer in (desk.accept, desk.refuse, desk.withdraw):
        with pytest.raises(NotFoundError):
            answer(request.id, B3)


# ── answered ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("scope", [IS, NATIONAL, scope_of_county("IS", role="supervisor")])
@pytest.mark.parametrize("facts", [{}, {"factor": 0.5}, {"area": None, "way_ids": (1, 2)}])
def test_what_is_accepted_is_a_closure_of_the_county_asked(
    desk: Desks, scope: Scope, facts: dict[str, Any]
) -> None:
    until = NOW + timedelta(hours=2)
    request = desk.one(valid_until=until, **facts)
    accepted = desk.accept(request.id, scope)
    assert accepted.answered_by == scope.actor
    assert accepted.closure is not None
    made = services.get_road_closure(desk.engine, VS, accepted.closure)
    assert (made.county, made.counties[0], made.valid_until) == ("IS", "IS", until)
    assert (made.factor, made.reason) == (request.factor, request.reason)
    assert made.valid_from >= request.asked_at
    assert desk.state(request.id) is RequestState.ACCEPTED


@pytest.mark.parametrize("scope", [IS, NATIONAL, scope_of_county("IS", "B3", actor="dan")])
def test_a_refusal_has_its_reason_and_closes_nothing(desk: Desks, scope: Scope) -> None:
    request = desk.one()
    refused = desk.refuse(request.id, scope)
    assert (refused.answered_by, refused.answer_reason) == (scope.actor, "e liber")
    assert desk.standing() == {"VS"}
    assert desk.get(request.id).answer_reason == "e liber"


@pytest.mark.parametrize("scope", [IS, NATIONAL, scope_of_county("IS", actor="irina")])
def test_the_county_affected_ends_what_it_accepted_and_the_asker_sees_who(
    desk: Desks, scope: Scope
) -> None:
    request = desk.one()
    accepted = desk.accept(request.id)
    desk.end(accepted.closure, scope)
    seen = desk.get(request.id)
    assert desk.state(request.id) is RequestState.ENDED
    assert (seen.ended_by, seen.end_reason) == (scope.actor, "a scăzut apa")
    assert desk.standing() == {"VS"}
    steps = [("vasile", "asked"), ("ioana", "accepted"), (scope.actor, "ended")]
    told = [(who, f"closure_request.{did}") for who, did in steps]
    for county in ("VS", "IS"):
        assert desk.trail(county, request.id) == told
    assert desk.trail("B3", request.id) == []


def test_the_asker_does_not_end_what_another_county_accepted(desk: Desks) -> None:
    accepted = desk.accept(desk.one(area=None, way_ids=(1, 2)).id)
    with pytest.raises(NotAllowedError) as refused:
        desk.end(accepted.closure, VS)
    assert refused.value.code == "closure_of_other_county"


@pytest.mark.parametrize("answer", ["accept", "refuse"])
@pytest.mark.parametrize(
    "asker", [VS, replace(VS, actor="vera"), scope_of_county("VS", role="supervisor")]
)
def test_the_asker_does_not_answer_itself(desk: Desks, asker: Scope, answer: str) -> None:
    request = desk.one()
    with pytest.raises(NotAllowedError) as refused:
        getattr(desk, answer)(request.id, asker)
    assert refused.value.code == "request_to_other_county"
    assert desk.state(request.id) is RequestState.WAITING


def test_only_the_asker_takes_a_request_back(desk: Desks) -> None:
    request = desk.one()
    with pytest.raises(NotAllowedError) as refused:
        desk.withdraw(request.id, IS)
    assert refused.value.code == "request_of_other_county"
    assert desk.withdraw(request.id).answered_by == "vasile"
    assert desk.state(request.id, IS) is RequestState.WITHDRAWN


@pytest.mark.parametrize("first", ["accept", "refuse", "withdraw"])
@pytest.mark.parametrize("second", ["accept", "refuse", "withdraw"])
def test_it_is_answered_once(desk: Desks, first: str, second: str) -> None:
    request = desk.one()
    getattr(desk, first)(request.id)
    before = desk.standing()
    with pytest.raises(IllegalTransitionError) as refused:
        getattr(desk, second)(request.id)
    assert refused.value.code == "request_answered"
    assert desk.standing() == before


@pytest.mark.parametrize(
    "answers",
    [("accept", "accept"), ("accept", "refuse"), ("accept", "withdraw"), ("refuse", "withdraw")],
)
def test_of_two_answers_at_once_one_holds(desk: Desks, answers: tuple[str, str]) -> None:
    request = desk.one()

    def outcome(answer: str) -> str:
        try:
            return str(getattr(desk, answer)(request.id).answer)
        except IllegalTransitionError as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(outcome, answers))
    assert sorted(o == "request_answered" for o in outcomes) == [False, True]
    (held,) = [one for one in outcomes if one != "request_answered"]
    assert desk.get(request.id).answer == held
    closed = services.list_road_closures(desk.engine, VS)
    assert len(closed) == (2 if held == "accepted" else 1)


def test_two_that_ask_at_once_both_wait(desk: Desks) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(desk.one, (VS, replace(VS, actor="vera"))))
    assert set(desk.listed(IS, RequestState.WAITING)) == {row.id for row in both}


# ── over ──────────────────────────────────────────────────────────────────────
def past(desk: Desks) -> UUID:
    request = desk.one(valid_until=datetime.now(UTC) + timedelta(seconds=1))
    with scoped(desk.engine, VS) as connection:
        connection.execute(text("SELECT pg_sleep(1.1)"))
    return request.id


def own_part_ended(desk: Desks) -> UUID:
    request = desk.one()
    desk.end(request.own_closure, VS)
    return request.id


def own_part_ended_by_national(desk: Desks) -> UUID:
    request = desk.one(area=None, way_ids=(1, 2))
    desk.end(request.own_closure, NATIONAL)
    return request.id


@pytest.mark.parametrize("expire", [past, own_part_ended, own_part_ended_by_national])
@pytest.mark.parametrize("answer", ["accept", "refuse", "withdraw"])
def test_a_request_expires_with_its_closure(
    desk: Desks, expire: Callable[[Desks], UUID], answer: str
) -> None:
    request_id = expire(desk)
    assert desk.state(request_id) is RequestState.EXPIRED
    assert desk.listed(IS, RequestState.WAITING) == []
    with pytest.raises(IllegalTransitionError) as refused:
        getattr(desk, answer)(request_id)
    assert refused.value.code == "request_expired"
    assert desk.standing() == set()


def test_what_would_be_over_already_is_not_asked_for(desk: Desks) -> None:
    start = NOW - timedelta(days=2)
    with pytest.raises(BadInputError) as refused:
        desk.ask(B3, valid_from=start, valid_until=start + timedelta(days=1))
    assert refused.value.code == "already_over"
    assert desk.listed(NATIONAL) == []


def test_whoever_is_asked_is_not_flooded(desk: Desks) -> None:
    share = ClosureShare(a_closure(way_ids=(2,)), ("IS",), Meaning(1, 1.0, ()))
    many = [share] * MOST_WAITING
    services.ask_to_close(desk.engine, VS, None, many, reason="mult")
    with pytest.raises(BadInputError) as refused:
        desk.one()
    assert refused.value.code == "too_many_closure_requests"
    assert desk.standing() == set()
    desk.one(IS)


# ── in the database ───────────────────────────────────────────────────────────
@pytest.mark.parametrize("role", ["operator", "team", "planner", "administrator", ""])
def test_other_roles_neither_ask_nor_answer_nor_see(desk: Desks, role: str) -> None:
    request = desk.one()
    for answer, scope in (("accept", IS), ("refuse", IS), ("withdraw", VS)):
        with pytest.raises((RefusedError, DBAPIError)):
            getattr(desk, answer)(request.id, replace(scope, role=role))
    with pytest.raises((RefusedError, DBAPIError)):
        desk.ask(replace(VS, role=role))
    assert desk.listed(replace(IS, role=role)) == []
    assert desk.state(request.id) is RequestState.WAITING


REFUSED = "UPDATE closure_request SET answer = 'refused', answered_at = now()"
ACCEPTED = (
    "UPDATE closure_request SET answer = 'accepted', answered_at = now(), answered_by = :actor,"
    " closure = :closure"
)


@pytest.mark.parametrize("scope", [VS, IS, B3])
@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM closure_request",
        "TRUNCATE closure_request",
        "UPDATE closure_request SET reason = 'other'",
        "UPDATE closure_request SET county = 'B3'",
        f"{REFUSED}, answered_by = 'somebody', answer_reason = 'x'",
        # Without a reason.
        f"{REFUSED}, answered_by = app_actor()",
    ],
)  # fmt: skip
def test_a_request_is_not_rewritten_whoever_tries(desk: Desks, scope: Scope, change: str) -> None:
    request = desk.one()
    for engine in (desk.engine, desk.database.owner):
        try:
            with scoped(engine, scope) as connection:
                rows = connection.execute(text(change)).rowcount
        except (RefusedError, DBAPIError):
            rows = 0
        assert rows == 0
    assert desk.get(request.id) == request


@pytest.mark.parametrize("scope", [VS, B3, IS])
def test_no_county_accepts_with_a_closure_of_another(desk: Desks, scope: Scope) -> None:
    made = desk.ask()
    assert made.closure is not None
    facts = {"actor": scope.actor, "closure": made.closure.id}
    try:
        with scoped(desk.engine, scope) as connection:
            assert connection.execute(text(ACCEPTED), facts).rowcount == 0
    except (RefusedError, DBAPIError):
        pass
    assert desk.state(made.requests[0].id) is RequestState.WAITING


@pytest.mark.parametrize(
    ("county", "facts"),
    [
        ("VS", {"area": shapely.box(26.05, 44.40, 26.15, 44.46)}),
        ("IS", {"area": AREA}),
        ("B3", {"spot": LonLat(27.7, 46.6)}),
    ],
)
def test_nobody_is_asked_about_ground_that_is_not_theirs(
    desk: Desks, county: str, facts: dict[str, Any]
) -> None:
    share = ClosureShare(a_closure(**facts), (county,), Meaning(1, 1.0, ()))
    asker = scope_of_county("TM")
    with pytest.raises(NotAllowedError) as refused:
        services.ask_to_close(desk.engine, asker, None, [share], reason="x")
    assert refused.value.code == "roads_of_other_counties"


@pytest.mark.parametrize("answer", ["accept", "refuse", "withdraw"])
def test_a_request_that_is_not_there_is_not_found(desk: Desks, answer: str) -> None:
    with pytest.raises(NotFoundError):
        getattr(desk, answer)(NOWHERE)
