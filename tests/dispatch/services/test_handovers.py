"""Hand-overs to 112 on a real database: packed once, safe from others, final when final."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from dispatch import services
from dispatch.errors import HandoverRefusedError, HandoverStateError, VersionConflictError
from dispatch.handover.case import Child
from dispatch.handover.delivery import DeliveryPolicy, DeliveryState, Outcome, Receipt
from dispatch.handover.views import HandoverView, HandoverWish
from dispatch.location.reader import read_report
from dispatch.services import delivering
from geodata.areas.shapes import Circle
from geodata.database.engine import connect_database, scoped
from geodata.errors import NotFoundError
from tests.conftest_d.database import Database, scope_of_county
from tests.conftest_d.dispatching import DOWNTOWN, Desk

WISH = HandoverWish("Copil singur, agresor la ușă.", Child("Ștefan", 9, "băiat"))
ONCE = DeliveryPolicy(attempts=1)


def opened(desk: Desk, wish: HandoverWish = WISH) -> HandoverView:
    return services.open_handover(desk.engine, desk.scope, desk.incident().id, wish)


def seen(desk: Desk, handover: HandoverView) -> HandoverView:
    return services.get_handover(desk.engine, desk.scope, handover.id)


def failed(desk: Desk) -> HandoverView:
    """Open a hand-over and use its only attempt up."""
    made = opened(desk)
    taken = delivering.take_due(desk.engine, ONCE)
    assert taken is not None
    assert taken.parcel is not None
    delivering.record(desk.engine, taken.parcel, Receipt(Outcome.FAILED, "HTTP 503"), ONCE)
    after = seen(desk, made)
    assert after.state is DeliveryState.GIVEN_UP
    return after


def kinds(desk: Desk, handover: HandoverView) -> list[str]:
    events = services.incident_timeline(desk.engine, desk.scope, handover.incident_id)
    return [event.kind for event in events]


# ── opening ───────────────────────────────────────────────────────────────────
def test_the_package_says_where_the_caller_is_and_what_was_chosen(desk: Desk) -> None:
    call = desk.call(caller="+40721000001")
    assert call.incident_id is not None
    scope, incident = desk.scope, call.incident_id
    kept = services.note(desk.engine, scope, incident, "stays in the house").id
    goes = services.note(desk.engine, scope, incident, "the back door is open").id
    wish = HandoverWish(WISH.danger, WISH.child, (goes,))
    made = services.open_handover(desk.engine, scope, incident, wish)
    raw = services.handover_package(desk.engine, scope, made.id)
    document = json.loads(raw)
    report = read_report(document["locationComponent"][0]["locationByValue"].encode())
    assert isinstance(report.shape, Circle)
    assert report.shape.radius_m >= 800.0
    assert abs(report.shape.center.lon - DOWNTOWN.lon) < 1e-4
    assert report.caller == "+40721000001"
    notes = [note["notesActionComments"] for note in document["notesComponent"]]
    assert (notes[0], notes[-1]) == (WISH.danger, "the back door is open")
    assert "stays in the house" not in raw.decode()
    assert kept != goes


def test_it_is_due_at_once_and_the_timeline_says_why(desk: Desk) -> None:
    made = opened(desk)
    assert (made.state, made.attempt) == (DeliveryState.PENDING, 0)
    assert made.next_at is not None
    assert made.next_at <= datetime.now(UTC)
    events = services.incident_timeline(desk.engine, desk.scope, made.incident_id)
    assert (events[-1].kind, events[-1].reason) == ("handover_opened", WISH.danger)


def test_the_same_asked_again_gives_the_same(desk: Desk) -> None:
    first = opened(desk)
    again = services.open_handover(
        desk.engine, desk.scope, first.incident_id, WISH, expected_version=1
    )
    assert again.id == first.id
    assert kinds(desk, first).count("handover_opened") == 1


def test_other_content_is_another_hand_over(desk: Desk) -> None:
    first = opened(desk)
    worse = HandoverWish("Copilul este rănit.")
    second = services.open_handover(desk.engine, desk.scope, first.incident_id, worse)
    assert second.key != first.key


def test_eight_at_once_open_one(desk: Desk) -> None:
    incident = desk.incident().id
    scopes = [scope_of_county("B3", actor=f"person{n}") for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        made = list(
            pool.map(lambda who: services.open_handover(desk.engine, who, incident, WISH), scopes)
        )
    assert len({one.id for one in made}) == 1
    assert kinds(desk, made[0]).count("handover_opened") == 1


def test_who_saw_an_old_version_is_told_so(desk: Desk) -> None:
    incident = desk.incident().id
    services.note(desk.engine, desk.scope, incident, "news")
    with pytest.raises(VersionConflictError):
        services.open_handover(desk.engine, desk.scope, incident, WISH, expected_version=1)


def test_a_note_of_another_incident_does_not_leave(desk: Desk) -> None:
    other = services.note(desk.engine, desk.scope, desk.incident().id, "another child").id
    with pytest.raises(NotFoundError):
        opened(desk, HandoverWish(WISH.danger, note_ids=(other,)))


def test_a_transfer_to_112_opens_a_package_in_the_same_step(desk: Desk) -> None:
    incident = desk.incident().id
    services.transfer(desk.engine, desk.scope, incident, to="112", reason="agresor la ușă")
    [made] = services.list_handovers(desk.engine, desk.scope, incident)
    assert (made.danger, made.state) == ("agresor la ușă", DeliveryState.PENDING)
    assert kinds(desk, made)[-2:] == ["closed", "handover_opened"]


def test_a_package_that_cannot_be_made_closes_nothing(desk: Desk) -> None:
    incident = desk.incident().id
    long = services.note(desk.engine, desk.scope, incident, "x" * 600).id
    with pytest.raises(HandoverRefusedError):
        services.transfer(
            desk.engine, desk.scope, incident, to="112", reason="pericol",
            along=HandoverWish("pericol", note_ids=(long,)),
        )  # fmt: skip
    assert services.get_incident(desk.engine, desk.scope, incident).state == "open"


# ── whose ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("table", ["handover", "handover_event", "missing_child_draft"])
def test_rows_are_seen_by_their_county_only(desk: Desk, table: str) -> None:
    made = opened(desk)
    a_draft(desk, made.incident_id)

    def rows(*counties: str, role: str = "dispatcher") -> int:
        with scoped(desk.engine, scope_of_county(*counties, role=role)) as connection:
            return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())

    assert rows("B3") == 1
    assert rows("B4", "IF") == rows() == rows("B3", role="team") == 0


def test_a_county_that_takes_over_gets_package_and_draft(seeded_database: Database) -> None:
    desk, ilfov = (Desk(seeded_database.app, scope_of_county(code)) for code in ("B3", "IF"))
    made = opened(desk)
    a_draft(desk, made.incident_id)
    services.transfer(
        desk.engine, desk.scope, made.incident_id, to="county", county="IF", reason="border"
    )
    assert seen(ilfov, made).county == "IF"
    assert len(services.list_drafts(ilfov.engine, ilfov.scope, made.incident_id)) == 1
    with pytest.raises(NotFoundError):
        seen(desk, made)


def test_the_courier_sees_packages_and_nothing_else(desk: Desk) -> None:
    opened(desk)
    with scoped(desk.engine, delivering.COURIER) as connection:
        for table in ("incident", "call", "location_report", "missing_child_draft", "team"):
            count = text(f"SELECT count(*) FROM {table}")
            assert connection.execute(count).scalar_one() == 0, table
        assert connection.execute(text("SELECT count(*) FROM handover")).scalar_one() == 1


# ── what is final ─────────────────────────────────────────────────────────────
OVER = (
    "state = 'pending', next_at = now()",
    "state = 'acknowledged'",
    "attempt = 9",
    "reference = 'made up'",
    "eido = 'x'",
    "created_by = 'somebody else'",
    "key = repeat('0', 64)",
)
ONLY_GROWS = (
    "UPDATE missing_child_draft SET status = 'Actual'",
    "UPDATE missing_child_draft SET cap = 'x'",
    "DELETE FROM missing_child_draft",
    "DELETE FROM handover_event",
    "UPDATE handover_event SET detail = 'x'",
    "DELETE FROM handover",
    "TRUNCATE handover CASCADE",
    "INSERT INTO missing_child_draft (incident_id, county, version, status, wish, cap, made_by)"
    " SELECT incident_id, county, 9, 'Actual', wish, cap, made_by FROM missing_child_draft",
)


def test_what_is_over_cannot_be_changed_even_by_the_owner(desk: Desk, database: Database) -> None:
    failed(desk)
    for change in OVER:
        with pytest.raises(DBAPIError, match="does not change"), database.owner.begin() as owner:
            owner.execute(text(f"UPDATE handover SET {change}"))


def test_logs_and_drafts_only_grow(desk: Desk, database: Database) -> None:
    a_draft(desk, opened(desk).incident_id)
    expected = r"append-only|missing_child_draft_status_check"
    for statement in ONLY_GROWS:
        with pytest.raises(DBAPIError, match=expected), database.owner.begin() as owner:
            owner.execute(text(statement))


# ── a person's word ───────────────────────────────────────────────────────────
def test_a_person_who_phoned_ends_the_delivery(desk: Desk) -> None:
    made = opened(desk)
    after = services.acknowledge_handover(desk.engine, desk.scope, made.id, reference="112-77")
    assert (after.state, after.reference) == (DeliveryState.ACKNOWLEDGED, "112-77")
    assert delivering.take_due(desk.engine) is None
    assert kinds(desk, made)[-1] == "handover_phoned"


def test_a_failed_one_stays_failed_and_is_settled_by_phone(desk: Desk) -> None:
    made = failed(desk)
    assert services.list_open_handovers(desk.engine, desk.scope) != []
    after = services.acknowledge_handover(desk.engine, desk.scope, made.id, reference="112-78")
    assert (after.state, after.settled_by, after.settled_reference) == (
        DeliveryState.GIVEN_UP, "ana", "112-78",
    )  # fmt: skip
    assert services.list_open_handovers(desk.engine, desk.scope) == []


def test_a_retry_is_a_new_hand_over_of_the_incident_as_it_stands(desk: Desk) -> None:
    made = failed(desk)
    again = services.retry_handover(desk.engine, desk.scope, made.id)
    assert (again.retry_of, again.state, again.danger) == (
        made.id, DeliveryState.PENDING, WISH.danger,
    )  # fmt: skip
    assert again.incident_version > made.incident_version
    assert services.retry_handover(desk.engine, desk.scope, made.id).id == again.id
    old, new = (
        json.loads(services.handover_package(desk.engine, desk.scope, one.id))["$id"]
        for one in (made, again)
    )
    assert old == new


def test_the_same_asked_again_after_a_failure_goes_again(desk: Desk) -> None:
    made = failed(desk)
    again = services.open_handover(desk.engine, desk.scope, made.incident_id, WISH)
    assert (again.retry_of, again.state) == (made.id, DeliveryState.PENDING)
    same = services.open_handover(desk.engine, desk.scope, made.incident_id, WISH)
    assert same.id == again.id
    assert seen(desk, made).settled_by == "ana"


def test_no_incident_is_closed_as_taken_over_with_a_failed_package_alone(desk: Desk) -> None:
    made = failed(desk)
    services.transfer(
        desk.engine, desk.scope, made.incident_id, to="112", reason=WISH.danger, along=WISH
    )
    states = [
        one.state for one in services.list_handovers(desk.engine, desk.scope, made.incident_id)
    ]
    assert DeliveryState.PENDING in states


def test_what_is_on_its_way_needs_no_retry(desk: Desk) -> None:
    with pytest.raises(HandoverStateError, match="pending"):
        services.retry_handover(desk.engine, desk.scope, opened(desk).id)


# ── delivery ──────────────────────────────────────────────────────────────────
def test_the_log_tells_each_step_and_the_timeline_the_end(desk: Desk) -> None:
    made = opened(desk)
    taken = delivering.take_due(desk.engine)
    assert taken is not None
    assert taken.parcel is not None
    assert seen(desk, made).state is DeliveryState.SENDING
    receipt = Receipt(Outcome.ACKNOWLEDGED, "HTTP 201", "112-9")
    assert delivering.record(desk.engine, taken.parcel, receipt) is DeliveryState.ACKNOWLEDGED
    after = seen(desk, made)
    assert [line.event for line in after.log] == ["opened", "attempt", "acknowledged"]
    assert (after.reference, after.log[-1].actor) == ("112-9", "courier")
    assert kinds(desk, made)[-1] == "handover_acknowledged"


def test_two_workers_never_begin_the_same_attempt(desk: Desk) -> None:
    made = {opened(desk).key for _ in range(12)}

    def work(_: int) -> list[str]:
        begun = []
        while (taken := delivering.take_due(desk.engine)) is not None:
            assert taken.parcel is not None
            begun.append(taken.parcel.key)
        return begun

    with ThreadPoolExecutor(4) as pool:
        begun = [key for part in pool.map(work, range(4)) for key in part]
    assert sorted(begun) == sorted(made)


def test_a_worker_does_not_wait_for_the_row_another_holds(desk: Desk, database: Database) -> None:
    opened(desk)
    second = opened(desk)
    with database.owner.begin() as other:
        other.execute(text("SELECT 1 FROM handover WHERE id <> :id FOR UPDATE"), {"id": second.id})
        taken = delivering.take_due(desk.engine)
        assert taken is not None
        assert taken.parcel is not None
        assert taken.parcel.id == second.id


def at(database: Database, moment: datetime) -> Engine:
    return connect_database(database.app_url, pool_size=1, clock=lambda: moment)


def test_an_answer_to_an_attempt_that_was_taken_up_again_does_not_count(
    desk: Desk, database: Database
) -> None:
    made = opened(desk)
    first = delivering.take_due(desk.engine)
    later = at(database, datetime.now(UTC) + timedelta(seconds=31))
    second = delivering.take_due(later)
    assert first is not None
    assert second is not None
    assert first.parcel is not None
    assert second.parcel is not None
    assert (first.parcel.key, second.parcel.attempt) == (second.parcel.key, 2)
    late = delivering.record(desk.engine, first.parcel, Receipt(Outcome.REJECTED, "HTTP 400"))
    assert late is None
    assert seen(desk, made).state is DeliveryState.SENDING
    good = Receipt(Outcome.ACKNOWLEDGED, reference="112-1")
    assert delivering.record(desk.engine, first.parcel, good) is DeliveryState.ACKNOWLEDGED
    later.dispose()


def test_an_acknowledgement_after_giving_up_settles_it(desk: Desk) -> None:
    made = failed(desk)
    [(waiting, key)] = delivering.list_unacknowledged(desk.engine)
    assert (waiting, key) == (made.id, made.key)
    receipt = Receipt(Outcome.ACKNOWLEDGED, reference="112-late")
    delivering.take_acknowledgement(desk.engine, made.id, receipt)
    after = seen(desk, made)
    assert (after.state, after.settled_reference) == (DeliveryState.GIVEN_UP, "112-late")
    assert delivering.count_open(desk.engine) == {}


def test_giving_up_does_not_wait_for_who_holds_the_incident(desk: Desk, database: Database) -> None:
    made = opened(desk)
    delivering.take_due(desk.engine, ONCE)
    later = at(database, datetime.now(UTC) + timedelta(seconds=31))
    with database.owner.begin() as other:
        other.execute(text("SELECT 1 FROM incident FOR UPDATE"))
        assert delivering.take_due(later, ONCE) is None
    taken = delivering.take_due(later, ONCE)
    assert taken is not None
    assert taken.given_up
    assert seen(desk, made).state is DeliveryState.GIVEN_UP
    later.dispose()


# ── drafts ────────────────────────────────────────────────────────────────────
def a_draft(desk: Desk, incident_id):  # type: ignore[no-untyped-def]
    from dispatch.handover.cap import MissingChild

    child = MissingChild("Ana Pop", datetime(2026, 3, 14, 22, tzinfo=UTC), "Gara de Nord", "B1")
    return services.make_draft(desk.engine, desk.scope, incident_id, child, use_area=True)


def test_each_draft_is_the_next_version_and_stays_a_draft(desk: Desk) -> None:
    incident = desk.incident().id
    first, second = a_draft(desk, incident), a_draft(desk, incident)
    assert [(one.version, one.status, one.scope) for one in (first, second)] == [
        (1, "Draft", "Restricted"), (2, "Draft", "Restricted"),
    ]  # fmt: skip
    message = services.draft_message(desk.engine, desk.scope, second.id).decode()
    assert "<status>Draft</status>" in message
    assert "<circle>" in message


def test_every_look_at_a_child_is_audited(desk: Desk) -> None:
    made = opened(desk)
    draft = a_draft(desk, made.incident_id)
    scope = scope_of_county("B3", role="supervisor", actor="sup")
    services.get_handover(desk.engine, scope, made.id)
    services.handover_package(desk.engine, scope, made.id)
    services.draft_message(desk.engine, scope, draft.id)
    actions = [entry.action for entry in services.list_audit(desk.engine, scope, limit=3)]
    assert actions == ["draft.read", "handover.eido_read", "handover.read"]
