"""Ringing calls on a real database: one post wins, counties see their own, the location follows."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch import services
from dispatch.ringing import RingingCall, RingingOutcome, RingingState
from dispatch.services import ringing
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.errors import BadInputError, ConflictError, NotAllowedError, NotFoundError
from geodata.reference.codes import CODES
from tests.conftest_d.database import Database, scope_of_county
from tests.conftest_d.dispatching import Desk

NUMBER = "+40722119001"
TELEPHONE = Scope("telephone-b3", "telephone", ("B3",))
NATIONAL = Scope("radu", "supervisor", tuple(CODES))


def person(name: str, county: str = "B3", role: str = "operator") -> Scope:
    return Scope(name, role, (county,))


def ring(desk: Desk, county: str | None = "B3", caller: str | None = NUMBER) -> RingingCall:
    return ringing.announce_ring(desk.engine, TELEPHONE, line="119-1", county=county, caller=caller)


def time_passes(database: Database, interval: str) -> None:
    with database.owner.begin() as connection:
        connection.execute(text("ALTER TABLE ringing_call DISABLE TRIGGER USER"))
        connection.execute(
            text("UPDATE ringing_call SET rang_at = rang_at - cast(:time AS interval)"),
            {"time": interval},
        )
        connection.execute(text("ALTER TABLE ringing_call ENABLE TRIGGER USER"))


def seen_by(desk: Desk, scope: Scope) -> list[UUID]:
    return [one.id for one in ringing.list_ringing(desk.engine, scope)]


def audited(database: Database, ringing_id: UUID) -> list[str]:
    with database.owner.begin() as connection:
        rows = connection.execute(
            text("SELECT action FROM audit_entry WHERE object_id = :id ORDER BY n"),
            {"id": str(ringing_id)},
        )
        return [row.action for row in rows]


# ── claims ────────────────────────────────────────────────────────────────────
def test_of_many_posts_that_claim_at_once_one_wins_and_the_others_are_told_who(desk: Desk):
    for _ in range(5):
        known = ring(desk, caller=None)

        def claim(name: str, wanted: UUID = known.id) -> str:
            try:
                ringing.claim(desk.engine, person(name), wanted, post=f"post of {name}")
            except ConflictError as refused:
                return f"{refused.code} {refused.facts['claimed_by']}"
            return f"won {name}"

        with ThreadPoolExecutor(4) as pool:
            said = sorted(pool.map(claim, ["ana", "dan", "ion", "mia"]))
        winner = said[-1].removeprefix("won ")
        assert said == [f"call_claimed {winner}"] * 3 + [f"won {winner}"]


def test_claimed_twice_from_one_post_it_is_the_same_and_from_another_it_is_refused(desk: Desk):
    known, ana = ring(desk), person("ana")
    first = ringing.claim(desk.engine, ana, known.id, post="1")
    assert ringing.claim(desk.engine, ana, known.id, post="1") == first
    with pytest.raises(ConflictError, match="ana has the call, at 1"):
        ringing.claim(desk.engine, ana, known.id, post="2")
    moved = ringing.claim(desk.engine, ana, known.id, post="2", instead_of="ana")
    assert moved.claimed_post == "2"


def test_a_call_is_taken_over_only_from_who_has_it(desk: Desk, database: Database):
    known = ring(desk)
    ringing.claim(desk.engine, person("ana"), known.id, post="1")
    with pytest.raises(ConflictError) as refused:
        ringing.claim(desk.engine, person("dan"), known.id, post="2", instead_of="ion")
    assert refused.value.facts == {"claimed_by": "ana", "claimed_post": "1"}
    taken = ringing.claim(desk.engine, person("dan"), known.id, post="2", instead_of="ana")
    assert (taken.claimed_by, taken.state) == ("dan", RingingState.CLAIMED)
    assert audited(database, known.id) == [
        "ringing.announced", "ringing.claimed", "ringing.taken_over",
    ]  # fmt: skip


def test_handed_back_it_rings_for_everybody_and_only_by_who_has_it(desk: Desk):
    known, ana, dan = ring(desk), person("ana"), person("dan")
    with pytest.raises(ConflictError) as refused:
        ringing.hand_back(desk.engine, ana, known.id)
    assert refused.value.code == "call_not_claimed"
    ringing.claim(desk.engine, ana, known.id, post="1")
    with pytest.raises(ConflictError) as refused:
        ringing.hand_back(desk.engine, dan, known.id)
    assert refused.value.code == "call_claimed"
    back = ringing.hand_back(desk.engine, ana, known.id)
    assert (back.state, back.handed_back_by) == (RingingState.HANDED_BACK, "ana")
    assert ringing.claim(desk.engine, dan, known.id, post="2").claimed_by == "dan"


@pytest.mark.parametrize("outcome", RingingOutcome)
def test_an_ended_call_leaves_the_list_and_stays_ended(desk: Desk, outcome: RingingOutcome):
    known, ana = ring(desk), person("ana")
    ringing.claim(desk.engine, ana, known.id, post="1")
    with pytest.raises(ConflictError, match="ana has the call"):
        ringing.end_ringing(desk.engine, person("dan"), known.id, outcome=outcome)
    ended = ringing.end_ringing(desk.engine, ana, known.id, outcome=outcome)
    assert (ended.state, ended.outcome) == (RingingState.ENDED, outcome)
    assert known.id not in seen_by(desk, ana)
    with pytest.raises(ConflictError) as refused:
        ringing.claim(desk.engine, ana, known.id, post="1")
    assert refused.value.code == "call_ended"


@pytest.mark.parametrize(
    ("passed", "state"),
    [("1 minute", "ringing"), ("119 seconds", "ringing"), ("3 minutes", "stale"), ("2 h", "stale")],
)
def test_a_call_that_nobody_claims_is_stale_after_two_minutes(
    desk: Desk, database: Database, passed: str, state: str
):
    known, ana = ring(desk), person("ana")
    time_passes(database, passed)
    assert ringing.get_ringing(desk.engine, ana, known.id).state == state
    assert ringing.claim(desk.engine, ana, known.id, post="1").state == "claimed"


def test_whoever_hangs_up_unheard_can_still_be_called_back(desk: Desk):
    known, ana = ring(desk), person("ana")
    ringing.hang_up(desk.engine, TELEPHONE, known.id)
    (listed,) = [one for one in ringing.list_ringing(desk.engine, ana) if one.id == known.id]
    assert (listed.state, listed.caller) == (RingingState.STALE, NUMBER)
    assert ringing.claim(desk.engine, ana, known.id, post="1").state is RingingState.CLAIMED


# ── who sees what ─────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("county", "scope", "is_seen"),
    [
        ("B3", person("ana"), True),
        ("B3", person("dora", role="dispatcher"), True),
        ("B3", NATIONAL, True),
        ("B3", person("vlad", "VS"), False),
        ("B3", person("paul", role="planner"), False),
        ("B3", Scope("adm", "administrator", tuple(CODES)), False),
        (None, NATIONAL, True),
        (None, person("ana"), False),
        (None, TELEPHONE, True),
        ("B3", Scope("telephone-vs", "telephone", ("B3", "VS")), False),
    ],
)
def test_a_county_sees_what_rings_at_it_and_the_nation_what_rings_at_none(
    desk: Desk, county: str | None, scope: Scope, is_seen: bool
):
    known = ring(desk, county)
    assert (known.id in seen_by(desk, scope)) == is_seen
    if not is_seen:
        for attempt in (
            lambda: ringing.get_ringing(desk.engine, scope, known.id),
            lambda: ringing.claim(desk.engine, scope, known.id, post="1"),
            lambda: ringing.end_ringing(
                desk.engine, scope, known.id, outcome=RingingOutcome.ANSWERED
            ),
        ):
            with pytest.raises(NotFoundError):
                attempt()


@pytest.mark.parametrize(
    ("changes", "scope"),
    [
        ("claimed_by = 'dan', claimed_post = '1', claimed_at = now()", person("ana")),
        ("ended_by = 'dan', ended_at = now(), outcome = 'misdial'", person("ana")),
        ("hung_up_at = now()", person("ana")),
        ("claimed_by = 'telephone-b3', claimed_post = '1', claimed_at = now()", TELEPHONE),
        ("ended_by = 'telephone-b3', ended_at = now(), outcome = 'misdial'", TELEPHONE),
        ("caller = '+40722000000'", TELEPHONE),
        ("county = 'VS'", person("ana")),
    ],
)
def test_the_database_lets_nobody_write_in_the_name_of_another(
    desk: Desk, changes: str, scope: Scope
):
    known = ring(desk)
    statement = text(f"UPDATE ringing_call SET {changes} WHERE id = :id")
    with pytest.raises((DBAPIError, ConflictError, NotAllowedError)):  # noqa: SIM117
        with scoped(desk.engine, scope) as connection:
            connection.execute(statement, {"id": known.id})


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"county": "VS"}, "county_not_yours"),
        ({"county": "QQ"}, "unknown_county"),
    ],
)
def test_a_telephone_system_rings_at_its_own_centres_only(desk: Desk, wish, code: str):
    with pytest.raises((BadInputError, NotAllowedError)) as refused:
        ringing.announce_ring(desk.engine, TELEPHONE, line="119-1", **wish)
    assert refused.value.code == code


@pytest.mark.parametrize("caller", ["anonymous", "", "+407221190011234567", "sip:x@y"])
def test_a_number_that_cannot_be_read_is_withheld_and_it_rings_all_the_same(
    desk: Desk, caller: str
):
    assert ring(desk, caller=caller).caller is None
    assert len(seen_by(desk, person("ana"))) == 1


# ── location ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("owner", ["B3", "VS", None])
def test_the_first_report_of_a_ringing_number_is_of_its_call(desk: Desk, owner: str | None):
    known, ana = ring(desk), person("ana")
    heard = Desk(desk.engine, NATIONAL).call(owner, NUMBER)
    assert heard.id == known.call_id
    located = ringing.get_ringing(desk.engine, ana, known.id).location
    assert located is not None
    assert located.owner == owner
    assert located.area is not None


@pytest.mark.parametrize("owner", ["B3", "VS"])
def test_a_location_that_came_before_the_ring_is_of_the_same_call(desk: Desk, owner: str):
    heard = Desk(desk.engine, NATIONAL).call(owner, NUMBER)
    known = ring(desk)
    assert known.call_id == heard.id
    located = ringing.get_ringing(desk.engine, person("ana"), known.id).location
    assert located is not None
    assert located.owner == owner


@pytest.mark.parametrize("age", ["4 minutes", "20 minutes", "3 days"])
def test_a_ring_is_no_key_to_an_older_case_of_another_county(
    desk: Desk, database: Database, age: str
):
    heard = Desk(desk.engine, scope_of_county("VS")).call("VS", NUMBER)
    with database.owner.begin() as connection:
        connection.execute(
            text("UPDATE call SET started_at = started_at - cast(:age AS interval)"), {"age": age}
        )
    known = ringing.get_ringing(desk.engine, person("ana"), ring(desk).id)
    assert known.call_id != heard.id
    assert (known.location, known.incident_id, known.earlier) == (None, None, ())


def test_the_centre_sees_the_place_and_nothing_of_another_countys_case(desk: Desk):
    known = ring(desk)
    heard = Desk(desk.engine, NATIONAL).call("VS", NUMBER)
    seen = ringing.get_ringing(desk.engine, person("ana"), known.id)
    assert heard.incident_id is not None
    assert (seen.incident_id, seen.incident_number) == (None, None)
    own = ringing.get_ringing(desk.engine, NATIONAL, known.id)
    assert own.incident_id == heard.incident_id
    with pytest.raises(NotFoundError):
        services.get_call(desk.engine, person("ana"), known.call_id)


def test_two_numbers_that_ring_at_once_get_each_their_own_location(desk: Desk):
    one, other = ring(desk), ring(desk, caller="+40722119002")
    heard = Desk(desk.engine, NATIONAL).call("B3", "+40722119002")
    assert heard.id == other.call_id
    assert ringing.get_ringing(desk.engine, person("ana"), one.id).location is None


def test_earlier_calls_of_the_number_are_told_as_far_as_they_may_be_seen(
    desk: Desk, database: Database
):
    own = Desk(desk.engine, NATIONAL).call("B3", NUMBER)
    with database.owner.begin() as connection:
        connection.execute(text("UPDATE call SET started_at = started_at - interval '5 days'"))
        connection.execute(
            text("UPDATE location_report SET received_at = received_at - interval '5 days'")
        )
    foreign = Desk(desk.engine, NATIONAL).call("VS", NUMBER)
    with database.owner.begin() as connection:
        connection.execute(text("UPDATE call SET started_at = started_at - interval '1 hour'"))
    known = ringing.get_ringing(desk.engine, person("ana"), ring(desk).id)
    assert [one.id for one in known.earlier] == [own.id]
    national = ringing.get_ringing(desk.engine, NATIONAL, known.id)
    assert [one.id for one in national.earlier] == [foreign.id, own.id]


@pytest.mark.parametrize("owner", ["B3", "VS", "CJ"])
def test_what_was_typed_goes_into_the_case_whichever_county_has_it(desk: Desk, owner: str):
    known, ana = ring(desk), person("ana")
    ringing.claim(desk.engine, ana, known.id, post="1")
    heard = Desk(desk.engine, NATIONAL).call(owner, NUMBER)
    assert heard.incident_id is not None
    ringing.end_ringing(
        desk.engine, ana, known.id, outcome=RingingOutcome.ANSWERED, note="copil singur"
    )
    line = services.incident_timeline(desk.engine, scope_of_county(owner), heard.incident_id)[-1]
    assert (line.kind, line.actor, line.reason) == ("noted", "ana", "copil singur")


@pytest.mark.parametrize("is_heard", [True, False])
def test_a_note_that_no_case_would_keep_ends_nothing(desk: Desk, is_heard: bool):
    known, ana = ring(desk), person("ana")
    if is_heard:
        Desk(desk.engine, NATIONAL).call(None, NUMBER)
    with pytest.raises(ConflictError) as refused:
        ringing.end_ringing(
            desk.engine, ana, known.id, outcome=RingingOutcome.ANSWERED, note="copil singur"
        )
    assert refused.value.code == "call_without_case"
    assert known.id in seen_by(desk, ana)
