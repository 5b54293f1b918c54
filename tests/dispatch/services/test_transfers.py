"""A case offered to another county: on both desks until it is decided, and never lost between."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch import services
from dispatch.call_form import CallForm, Triage
from dispatch.errors import IllegalTransitionError, VersionConflictError
from dispatch.model import Resolution
from dispatch.services import ringing, transfers
from dispatch.services.call_drafts import get_call_draft, save_call_draft
from dispatch.services.told import list_told
from dispatch.transfers import ANSWER_WITHIN, TransferDecision, TransferOffer
from dispatch.views import CallView
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.errors import ConflictError, NotAllowedError, NotFoundError, RefusedError
from tests.conftest_d.database import Database, scope_of_county
from tests.conftest_d.dispatching import Desk

NUMBER = "+40722119023"
B3, IF = (Scope(name, "dispatcher", (code,)) for name, code in [("ana", "B3"), ("ilie", "IF")])
VLAD = Scope("vlad", "dispatcher", ("VS",))
FORM = CallForm(Triage.URGENT, "mama", "plânge", "Voluntari", "câine")


@pytest.fixture
def desk(seeded_database: Database) -> Desk:
    return Desk(seeded_database.app, scope_of_county("B3"))


def offered(desk: Desk, call: CallView | None = None, county: str = "IF") -> TransferOffer:
    incident_id = (call or desk.call()).incident_id
    assert incident_id is not None
    transfers.offer_transfer(desk.engine, B3, incident_id, county=county, reason="e în Voluntari")
    [offer] = [
        one
        for one in transfers.list_transfer_offers(desk.engine, B3)
        if one.incident_id == incident_id
    ]
    return offer


def owner(database: Database, incident_id: UUID) -> str:
    with database.owner.begin() as connection:
        return str(
            connection.execute(
                text("SELECT county FROM incident WHERE id = :id"), {"id": incident_id}
            ).scalar_one()
        )


def kinds(desk: Desk, scope: Scope, incident_id: UUID) -> list[str]:
    return [one.kind for one in services.incident_timeline(desk.engine, scope, incident_id)]


def seen(desk: Desk, scope: Scope) -> list[UUID]:
    return [one.id for one in services.list_incidents(desk.engine, scope)]


# ── while it waits ────────────────────────────────────────────────────────────
def test_until_it_is_decided_the_case_is_on_both_desks_and_the_first_owns_it(
    desk: Desk, seeded_database: Database
):
    offer = offered(desk, desk.call(caller=NUMBER))
    assert owner(seeded_database, offer.incident_id) == "B3"
    assert seen(desk, B3) == seen(desk, IF) == [offer.incident_id]
    assert seen(desk, VLAD) == []
    [there] = transfers.list_transfer_offers(desk.engine, IF)
    assert there == offer
    assert (offer.due_at - offer.offered_at, offer.decision) == (ANSWER_WITHIN, None)
    assert transfers.list_transfer_offers(desk.engine, VLAD) == []
    assert kinds(desk, IF, offer.incident_id) == ["opened", "transfer_offered"]
    [call] = services.list_calls(desk.engine, IF)
    assert services.get_call(desk.engine, IF, call.id).caller == NUMBER


_Try = Callable[[Desk, UUID, UUID], object]
_CHANGES: dict[str, _Try] = {
    "note": lambda d, i, c: services.note(d.engine, IF, i, "x"),
    "close": lambda d, i, c: services.close(d.engine, IF, i, resolution=Resolution.OTHER),
    "misdial": lambda d, i, c: services.mark_misdial(d.engine, IF, i),
    "call misdial": lambda d, i, c: services.mark_call_misdial(d.engine, IF, c),
    "join": lambda d, i, c: services.join(d.engine, IF, c, d.incident("IF").id, reason="mine"),
    "take": lambda d, i, c: services.transfer(
        d.engine, IF, i, to="county", county="IF", reason="mine"
    ),
    "offer": lambda d, i, c: transfers.offer_transfer(d.engine, IF, i, county="VS", reason="x"),
}


@pytest.mark.parametrize("change", _CHANGES)
def test_who_is_asked_reads_the_case_and_changes_nothing_of_it(desk: Desk, change: str):
    call = desk.call(caller=NUMBER)
    offer = offered(desk, call)
    before = [
        services.get_incident(desk.engine, IF, offer.incident_id),
        services.get_call(desk.engine, IF, call.id),
    ]
    with pytest.raises(NotFoundError):
        _CHANGES[change](desk, offer.incident_id, call.id)
    assert before == [
        services.get_incident(desk.engine, B3, offer.incident_id),
        services.get_call(desk.engine, B3, call.id),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE incident SET county = 'IF'",
        "UPDATE call SET is_misdial = true",
        "UPDATE call SET incident_id = NULL",
    ],
)
def test_the_database_lets_who_is_asked_change_no_row(desk: Desk, statement: str):
    offered(desk)
    with scoped(desk.engine, IF) as connection:
        assert connection.execute(text(statement)).rowcount == 0


def test_the_owner_goes_on_working_meanwhile(desk: Desk):
    offer = offered(desk)
    services.note(desk.engine, B3, offer.incident_id, "plânge mai tare")
    team = desk.team("Mobil 9")
    bound = services.assign(desk.engine, B3, offer.incident_id, team.team.id, reason="e aproape")
    with pytest.raises(IllegalTransitionError, match="team is bound"):
        transfers.accept_transfer(desk.engine, IF, offer.id)
    services.release(desk.engine, B3, bound.id, reason="se duce Ilfov")
    accepted = transfers.accept_transfer(desk.engine, IF, offer.id)
    assert accepted.decision is TransferDecision.ACCEPTED


def test_asked_twice_it_is_one_offer_and_another_county_waits_its_turn(desk: Desk):
    offer = offered(desk)
    assert offered(desk).id != offer.id
    transfers.offer_transfer(desk.engine, B3, offer.incident_id, county="IF", reason="din nou")
    waiting = transfers.list_transfer_offers(desk.engine, IF)
    assert [one.incident_id for one in waiting].count(offer.incident_id) == 1
    with pytest.raises(ConflictError) as refused:
        transfers.offer_transfer(desk.engine, B3, offer.incident_id, county="VS", reason="x")
    assert refused.value.code == "transfer_waits"


# ── decided ───────────────────────────────────────────────────────────────────
def test_accepted_the_number_the_timeline_and_the_draft_go_along(
    desk: Desk, seeded_database: Database
):
    telephone = Scope("telephone-b3", "telephone", ("B3",))
    rung = ringing.announce_ring(desk.engine, telephone, line="1", county="B3", caller=NUMBER)
    call = desk.call(caller=NUMBER)
    save_call_draft(desk.engine, B3, rung.call_id, FORM, expected_version=0)
    offer = offered(desk, call)
    assert [one.form for one in list_told(desk.engine, IF, offer.incident_id)] == [FORM]
    ringing.end_ringing(desk.engine, B3, rung.id, outcome=ringing.RingingOutcome.ANSWERED)
    transfers.accept_transfer(desk.engine, IF, offer.id)
    assert owner(seeded_database, offer.incident_id) == "IF"
    assert (seen(desk, B3), seen(desk, IF)) == ([], [offer.incident_id])
    assert services.get_call(desk.engine, IF, call.id).caller == NUMBER
    assert [one.form for one in list_told(desk.engine, IF, offer.incident_id)] == [FORM]
    assert get_call_draft(desk.engine, IF, call.id).form == FORM
    saved = save_call_draft(
        desk.engine, IF, call.id, CallForm(Triage.URGENT, what="mai mult"), expected_version=1
    )
    assert saved.saved_by == "ilie"
    with pytest.raises(NotFoundError):
        get_call_draft(desk.engine, B3, call.id)
    assert kinds(desk, IF, offer.incident_id)[-1] == "transferred"
    assert transfers.list_transfer_offers(desk.engine, IF) == []


@pytest.mark.parametrize("reason", ["nu e la noi", "adresa e în Popești", "ț" * 2000])
def test_returned_it_is_the_first_ones_again_and_says_why(
    desk: Desk, seeded_database: Database, reason: str
):
    offer = offered(desk)
    transfers.return_transfer(desk.engine, IF, offer.id, reason=reason)
    assert owner(seeded_database, offer.incident_id) == "B3"
    assert (seen(desk, B3), seen(desk, IF)) == ([offer.incident_id], [])
    [back] = transfers.list_transfer_offers(desk.engine, B3)
    assert (back.decision, back.decision_reason, back.decided_by) == (
        TransferDecision.RETURNED, reason, "ilie",
    )  # fmt: skip
    assert transfers.list_transfer_offers(desk.engine, IF) == []
    assert kinds(desk, B3, offer.incident_id)[-1] == "transfer_returned"
    again = transfers.offer_transfer(
        desk.engine, B3, offer.incident_id, county="IF", reason="strada e la voi"
    )
    assert again.county == "B3"
    mine = [
        one
        for one in transfers.list_transfer_offers(desk.engine, B3)
        if one.incident_id == offer.incident_id
    ]
    assert [one.decision for one in mine] == [None]


_Decide = Callable[[Desk, TransferOffer], object]
_DECISIONS: dict[str, _Decide] = {
    "accepted": lambda d, o: transfers.accept_transfer(d.engine, IF, o.id),
    "returned": lambda d, o: transfers.return_transfer(d.engine, IF, o.id, reason="nu"),
    "withdrawn": lambda d, o: transfers.withdraw_transfer(d.engine, B3, o.id),
}


@pytest.mark.parametrize("first", _DECISIONS)
@pytest.mark.parametrize("second", _DECISIONS)
def test_an_offer_is_decided_once_and_the_second_is_told_how(desk: Desk, first: str, second: str):
    offer = offered(desk)
    _DECISIONS[first](desk, offer)
    with pytest.raises(ConflictError) as refused:
        _DECISIONS[second](desk, offer)
    assert (refused.value.code, refused.value.facts["decision"]) == ("transfer_decided", first)


@pytest.mark.parametrize("other", ["withdrawn", "returned"])
def test_of_an_acceptance_and_another_word_at_once_one_wins_and_one_owner_is_left(
    desk: Desk, seeded_database: Database, other: str
):
    for _ in range(4):
        offer = offered(desk)

        def attempt(name: str, wanted: TransferOffer = offer) -> str:
            try:
                _DECISIONS[name](desk, wanted)
            except RefusedError as refused:
                return refused.code
            return name

        with ThreadPoolExecutor(2) as pool:
            told = list(pool.map(attempt, ["accepted", other]))
        [winner] = [one for one in told if one != "transfer_decided"]
        wanted = "IF" if winner == "accepted" else "B3"
        assert owner(seeded_database, offer.incident_id) == wanted
        assert offer.incident_id in seen(desk, IF if wanted == "IF" else B3)
        assert offer.incident_id not in seen(desk, B3 if wanted == "IF" else IF)


@pytest.mark.parametrize(
    ("scope", "decision", "code"),
    [
        (B3, "accepted", "transfer_not_yours"),
        (B3, "returned", "transfer_not_yours"),
        (IF, "withdrawn", "transfer_not_yours"),
        (VLAD, "accepted", "not_found"),
        (VLAD, "withdrawn", "not_found"),
    ],
)
def test_nobody_decides_what_is_for_another_to_decide(
    desk: Desk, scope: Scope, decision: str, code: str
):
    offer = offered(desk)
    decide = {
        "accepted": transfers.accept_transfer,
        "returned": partial(transfers.return_transfer, reason="nu"),
        "withdrawn": transfers.withdraw_transfer,
    }[decision]
    with pytest.raises((NotAllowedError, NotFoundError)) as refused:
        decide(desk.engine, scope, offer.id)
    assert refused.value.code == code


def test_who_saw_an_older_case_does_not_take_it_over(desk: Desk):
    offer = offered(desk)
    assert offer.incident_version == 2
    services.note(desk.engine, B3, offer.incident_id, "a lovit-o acum")
    with pytest.raises(VersionConflictError):
        transfers.accept_transfer(desk.engine, IF, offer.id, expected_version=2)
    transfers.accept_transfer(desk.engine, IF, offer.id, expected_version=3)


# ── never between two ─────────────────────────────────────────────────────────
_ENDS: dict[str, Callable[[Desk, UUID], object]] = {
    "closed": lambda d, i: services.close(d.engine, B3, i, resolution=Resolution.CHILD_SAFE),
    "misdial": lambda d, i: services.mark_misdial(d.engine, B3, i),
    "to 112": lambda d, i: services.transfer(d.engine, B3, i, to="112", reason="agresor"),
    "at once": lambda d, i: services.transfer(
        d.engine, B3, i, to="county", county="VS", reason="pericol"
    ),
}


@pytest.mark.parametrize("end", _ENDS)
def test_what_ends_or_goes_elsewhere_is_no_longer_offered(desk: Desk, end: str):
    offer = offered(desk)
    _ENDS[end](desk, offer.incident_id)
    assert transfers.list_transfer_offers(desk.engine, IF) == []
    assert seen(desk, IF) == []
    with pytest.raises(ConflictError) as refused:
        transfers.accept_transfer(desk.engine, IF, offer.id)
    assert refused.value.facts["decision"] == "withdrawn"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE incident SET county = 'IF'",
        "UPDATE incident SET county = 'VS'",
        "UPDATE incident SET state='closed', closed_at=now(), closed_by='x', resolution='other'",
        "UPDATE incident SET county = NULL",
    ],
)
def test_the_database_itself_keeps_an_offered_case_with_its_county(
    desk: Desk, seeded_database: Database, statement: str
):
    offer = offered(desk)
    with pytest.raises(DBAPIError), seeded_database.owner.begin() as connection:
        connection.execute(text(statement))
    assert owner(seeded_database, offer.incident_id) == "B3"


@pytest.mark.parametrize(
    ("scope", "decision"), [(IF, "accepted"), (B3, "accepted"), (IF, "withdrawn"), (B3, "returned")]
)
def test_no_decision_in_the_database_without_what_it_says(desk: Desk, scope: Scope, decision: str):
    offer = offered(desk)
    with pytest.raises(DBAPIError), scoped(desk.engine, scope) as connection:
        connection.execute(
            text(
                "UPDATE transfer_offer SET decision = :decision, decided_by = app_actor(),"
                " decided_at = now(), decision_reason = 'x' WHERE id = :id"
            ),
            {"decision": decision, "id": offer.id},
        )
    [still] = transfers.list_transfer_offers(desk.engine, IF)
    assert still.decision is None


def test_both_counties_find_it_in_their_trails(desk: Desk, seeded_database: Database):
    offer = offered(desk)
    transfers.return_transfer(desk.engine, IF, offer.id, reason="nu e la noi")
    with seeded_database.owner.begin() as connection:
        rows = connection.execute(
            text(
                "SELECT county, action, detail::text AS detail FROM audit_entry"
                " WHERE object_id = :id ORDER BY n"
            ),
            {"id": str(offer.id)},
        ).all()
    assert [(row.county, row.action) for row in rows] == [
        ("B3", "transfer.offered"), ("IF", "transfer.offered"),
        ("B3", "transfer.returned"), ("IF", "transfer.returned"),
    ]  # fmt: skip
    assert not any("la noi" in row.detail for row in rows)
