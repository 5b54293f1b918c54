"""Closing with four eyes on a real database: by whom, what is exempt, what the rule holds to."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch import services
from dispatch.errors import VersionConflictError
from dispatch.model import IncidentState, Resolution
from dispatch.services import four_eyes
from dispatch.views import IncidentView
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.errors import ConflictError, NotAllowedError, NotFoundError
from tests.conftest_d.database import Database, scope_of_county
from tests.conftest_d.dispatching import Desk

ANA, DAN = scope_of_county("B3", actor="ana"), scope_of_county("B3", actor="dan", role="operator")
BOSS = scope_of_county("B3", "B4", actor="boss", role="supervisor")


def wanted(desk: Desk, *counties: str, misdials_too: bool = False) -> None:
    for county in counties:
        four_eyes.set_closing_policy(
            desk.engine, BOSS, county, four_eyes=True, misdials_too=misdials_too
        )


def close(desk: Desk, case: UUID, scope: Scope = ANA, **how: object) -> IncidentView:
    return services.close(
        desk.engine, scope, case, resolution=Resolution.CHILD_SAFE, note="e bine", **how
    )  # type: ignore[arg-type]


def confirm(desk: Desk, view: IncidentView, scope: Scope = DAN) -> IncidentView:
    return four_eyes.confirm_closing(desk.engine, scope, view.id, expected_version=view.version)


def kinds(desk: Desk, case: UUID) -> list[str]:
    return [event.kind for event in services.incident_timeline(desk.engine, ANA, case)]


def test_without_a_policy_one_person_closes(desk: Desk):
    assert close(desk, desk.incident().id).state is IncidentState.CLOSED


def test_one_proposes_and_another_confirms(desk: Desk):
    wanted(desk, "B3")
    proposed = close(desk, desk.incident().id)
    assert proposed.state is IncidentState.OPEN
    assert proposed.closing is not None
    assert (proposed.closing.proposed_by, proposed.closing.note) == ("ana", "e bine")
    # The colleague's list and case say the same.
    (listed,) = services.list_incidents(desk.engine, DAN)
    assert listed.closing == proposed.closing
    closed = confirm(desk, proposed)
    assert (closed.state, closed.closed_by) == (IncidentState.CLOSED, "dan")
    assert (closed.resolution, closed.resolution_note) == (Resolution.CHILD_SAFE, "e bine")
    assert closed.closing is None
    assert kinds(desk, closed.id)[-2:] == ["close_proposed", "closed"]
    last = services.incident_timeline(desk.engine, ANA, closed.id)[-1]
    assert last.payload["proposed_by"] == "ana"


def test_who_proposed_does_not_confirm_whatever_their_role(desk: Desk):
    wanted(desk, "B3")
    for scope in (ANA, scope_of_county("B3", actor="ana", role="supervisor")):
        case = desk.incident()
        proposed = close(desk, case.id)
        with pytest.raises(NotAllowedError) as refused:
            confirm(desk, proposed, scope)
        assert refused.value.code == "same_person"
        assert services.get_incident(desk.engine, ANA, case.id).closing is not None


def test_another_county_can_neither_see_nor_confirm(desk: Desk):
    wanted(desk, "B3")
    proposed = close(desk, desk.incident().id)
    with pytest.raises(NotFoundError):
        confirm(desk, proposed, scope_of_county("VS", actor="zoe"))


def test_proposed_twice_the_second_is_told_by_whom(desk: Desk):
    wanted(desk, "B3")
    case = desk.incident()
    close(desk, case.id)
    for scope in (ANA, DAN):
        with pytest.raises(ConflictError) as refused:
            close(desk, case.id, scope)
        assert (refused.value.code, refused.value.facts) == (
            "closing_proposed", {"proposed_by": "ana"},
        )  # fmt: skip


def test_returned_with_a_reason_it_is_open_and_can_be_proposed_again(desk: Desk):
    wanted(desk, "B3")
    proposed = close(desk, desk.incident().id)
    back = four_eyes.return_closing(
        desk.engine, DAN, proposed.id, reason="sunați mama", expected_version=proposed.version
    )
    assert (back.state, back.closing) == (IncidentState.OPEN, None)
    assert kinds(desk, back.id)[-1] == "close_returned"
    with pytest.raises(ConflictError) as refused:
        confirm(desk, back)
    assert refused.value.code == "nothing_proposed"
    assert confirm(desk, close(desk, back.id, DAN), ANA).state is IncidentState.CLOSED


def test_ones_own_proposal_is_withdrawn(desk: Desk):
    wanted(desk, "B3")
    proposed = close(desk, desk.incident().id)
    four_eyes.return_closing(
        desk.engine, ANA, proposed.id, reason="greșit", expected_version=proposed.version
    )
    assert kinds(desk, proposed.id)[-1] == "close_withdrawn"


def test_what_was_written_meanwhile_has_to_be_seen_before(desk: Desk):
    wanted(desk, "B3")
    proposed = close(desk, desk.incident().id)
    services.note(desk.engine, ANA, proposed.id, "copilul este lovit acum!")
    with pytest.raises(VersionConflictError):
        confirm(desk, proposed)


@pytest.mark.parametrize("to", ["112", "psychologists"])
def test_handing_over_waits_for_nobody_and_ends_a_proposal(desk: Desk, database: Database, to: str):
    wanted(desk, "B3", misdials_too=True)
    proposed = close(desk, desk.incident().id)
    services.transfer(desk.engine, ANA, proposed.id, to=to, reason="pericol")  # type: ignore[arg-type]
    assert services.get_incident(desk.engine, ANA, proposed.id).state is IncidentState.CLOSED
    with database.owner.begin() as connection:
        found = connection.execute(text("SELECT decision FROM closing_proposal")).scalars().all()
    assert found == ["lapsed"]


def test_a_case_of_another_county_takes_no_proposal_along(seeded_database: Database):
    desk = Desk(seeded_database.app, ANA)
    wanted(desk, "B3")
    proposed = close(desk, desk.incident().id)
    services.transfer(desk.engine, ANA, proposed.id, to="county", county="VS", reason="acolo")
    there = services.get_incident(desk.engine, scope_of_county("VS", actor="zoe"), proposed.id)
    assert there.closing is None
    # Vaslui has no such policy.
    assert close(desk, there.id, scope_of_county("VS", actor="zoe")).state is IncidentState.CLOSED


@pytest.mark.parametrize("by", ["case", "call"])
def test_misdials_wait_only_where_the_county_wants_it(desk: Desk, by: str):
    wanted(desk, "B3")

    def misdial() -> IncidentView:
        call = desk.call()
        assert call.incident_id is not None
        if by == "call":
            services.mark_call_misdial(desk.engine, ANA, call.id)
        else:
            services.mark_misdial(desk.engine, ANA, call.incident_id)
        return services.get_incident(desk.engine, ANA, call.incident_id)

    assert misdial().resolution is Resolution.MISDIAL
    wanted(desk, "B3", misdials_too=True)
    waiting = misdial()
    assert waiting.closing is not None
    assert waiting.closing.resolution is Resolution.MISDIAL
    closed = confirm(desk, waiting)
    assert closed.resolution is Resolution.MISDIAL
    (call,) = services.list_calls(desk.engine, ANA, incident_id=closed.id)
    assert call.is_misdial
    back = misdial()
    four_eyes.return_closing(
        desk.engine, DAN, back.id, reason="se aude un copil", expected_version=back.version
    )
    (call,) = services.list_calls(desk.engine, ANA, incident_id=back.id)
    assert not call.is_misdial


def test_a_call_that_goes_on_in_another_case_closes_the_empty_one(desk: Desk):
    wanted(desk, "B3", misdials_too=True)
    call, other = desk.call(), desk.incident()
    assert call.incident_id is not None
    services.join(desk.engine, ANA, call.id, other.id, reason="același copil")
    assert services.get_incident(desk.engine, ANA, call.incident_id).state is IncidentState.CLOSED


# ── the database holds the rule ───────────────────────────────────────────────
@pytest.mark.parametrize(
    ("resolution", "closed_by"), [("child_safe", "ana"), ("misdial", "dan"), ("other", "dan")]
)
def test_no_statement_closes_a_case_alone(desk: Desk, resolution: str, closed_by: str):
    wanted(desk, "B3", misdials_too=True)
    proposed = close(desk, desk.incident().id)
    scope = scope_of_county("B3", actor=closed_by)
    with pytest.raises(DBAPIError, match="second person"), scoped(desk.engine, scope) as connection:
        connection.execute(
            text(
                "UPDATE incident SET state = 'closed', resolution = :resolution,"
                " closed_by = :actor, closed_at = now() WHERE id = :id"
            ),
            {"id": proposed.id, "resolution": resolution, "actor": closed_by},
        )


@pytest.mark.parametrize(
    "change",
    [
        "decision = 'confirmed', decided_by = 'ana'",
        "decision = 'confirmed', decided_by = 'dan'",
        "decision = 'returned', decided_by = 'ana', reason = 'x'",
    ],
)
def test_no_statement_confirms_ones_own_proposal(desk: Desk, change: str):
    wanted(desk, "B3")
    close(desk, desk.incident().id)
    with pytest.raises(DBAPIError), scoped(desk.engine, ANA) as connection:
        connection.execute(text(f"UPDATE closing_proposal SET {change}, decided_at = now()"))


def test_an_old_confirmation_closes_no_reopened_case(desk: Desk):
    wanted(desk, "B3")
    closed = confirm(desk, close(desk, desk.incident().id))
    again = services.reopen(desk.engine, DAN, closed.id, reason="a sunat iar")
    with pytest.raises(DBAPIError, match="second person"), scoped(desk.engine, DAN) as connection:
        connection.execute(
            text(
                "UPDATE incident SET state = 'closed', resolution = 'child_safe',"
                " closed_by = 'dan', closed_at = now() WHERE id = :id"
            ),
            {"id": again.id},
        )


# ── policies ──────────────────────────────────────────────────────────────────
def test_each_county_has_its_own_policy_and_says_who_set_it(desk: Desk):
    wanted(desk, "B4")
    known = {one.county: one for one in four_eyes.list_closing_policies(desk.engine, BOSS)}
    assert (known["B3"].four_eyes, known["B3"].changed_by) == (False, None)
    assert (known["B4"].four_eyes, known["B4"].changed_by) == (True, "boss")
    with pytest.raises(NotFoundError):
        four_eyes.set_closing_policy(desk.engine, BOSS, "VS", four_eyes=True, misdials_too=False)


@pytest.mark.parametrize("role", ["operator", "dispatcher", "planner", "team"])
def test_no_statement_of_another_role_sets_a_policy(desk: Desk, role: str):
    with (
        pytest.raises(DBAPIError, match="row-level security"),
        scoped(desk.engine, scope_of_county("B3", role=role)) as connection,
    ):
        connection.execute(
            text(
                "INSERT INTO closing_policy (county, four_eyes, changed_by)"
                " VALUES ('B3', false, 'ana')"
            )
        )


def test_once_nobody_is_wanted_any_more_one_person_closes_what_is_proposed(desk: Desk):
    wanted(desk, "B3")
    proposed = close(desk, desk.incident().id)
    four_eyes.set_closing_policy(desk.engine, BOSS, "B3", four_eyes=False, misdials_too=False)
    assert close(desk, proposed.id).closing is None
