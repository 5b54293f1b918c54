"""What belongs to a ringing call without a number: its location, its words, the cases near it."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from dispatch import services
from dispatch.belief.hearing import Reading
from dispatch.call_form import CallForm, Triage
from dispatch.model import Resolution
from dispatch.ringing import RingingCall, RingingOutcome
from dispatch.services import ringing
from dispatch.services.call_drafts import save_call_draft
from dispatch.services.new_calls import add_or_begin
from dispatch.services.told import list_told
from dispatch.views import CallView
from geodata.database.scope import Scope
from geodata.errors import NotFoundError
from geodata.reference.codes import CODES
from tests.conftest_d.database import Database
from tests.conftest_d.dispatching import Desk, a_report, believing

TELEPHONE = Scope("telephone-b3", "telephone", ("B3", "VS"))
NATIONAL = Scope("radu", "supervisor", tuple(CODES))
GATEWAY = Scope("gateway", "operator", tuple(CODES))
ANA, VLAD = Scope("ana", "operator", ("B3",)), Scope("vlad", "operator", ("VS",))
REFERENCES = ["a84b4c76e66710@pbx", "119-2/000017", "ț" * 100]


def ring(
    desk: Desk, reference: str | None, county: str = "B3", caller: str | None = None
) -> RingingCall:
    return ringing.announce_ring(
        desk.engine, TELEPHONE, line="1", county=county, caller=caller, reference=reference
    )


def located(
    desk: Desk, reference: str | None, owner: str | None = "B3", scope: Scope = GATEWAY
) -> CallView:
    stored = services.store_raw(
        desk.engine, scope, content_type="x/y", raw=uuid4().bytes, stated_reference=reference
    )
    return services.accept_report(
        desk.engine, scope, stored.id, Reading(a_report()), believing(owner), reference=reference
    ).call


def said(desk: Desk, call_id: UUID, scope: Scope = ANA, owner: str | None = "B3") -> CallView:
    raw_id = Desk(desk.engine, scope).raw()
    return add_or_begin(
        desk.engine, scope, call_id, raw_id, Reading(a_report()), believing(owner)
    ).call


def seen(desk: Desk, known: RingingCall, scope: Scope = ANA) -> RingingCall:
    return ringing.get_ringing(desk.engine, scope, known.id)


# ── by the telephone system's own id ──────────────────────────────────────────
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("first", ["ring", "location"])
def test_a_withheld_number_finds_its_location_by_the_reference(
    desk: Desk, reference: str, first: str
):
    if first == "ring":
        known = ring(desk, reference)
        call = located(desk, reference)
    else:
        call = located(desk, reference)
        known = ring(desk, reference)
    assert call.id == known.call_id
    place = seen(desk, known).location
    assert place is not None
    assert place.owner == "B3"


def test_a_further_location_of_the_reference_is_heard_in_the_same_call(desk: Desk):
    known = ring(desk, REFERENCES[0])
    assert {located(desk, REFERENCES[0]).id for _ in range(3)} == {known.call_id}
    with pytest.raises(NotFoundError):
        services.get_call(desk.engine, VLAD, known.call_id)


@pytest.mark.parametrize("reference", [None, "another", "A84B4C76E66710@PBX"])
def test_another_reference_is_another_call(desk: Desk, reference: str | None):
    known = ring(desk, REFERENCES[0])
    assert located(desk, reference).id != known.call_id
    assert seen(desk, known).location is None


def test_a_reference_that_two_exchanges_use_is_nobodys(desk: Desk):
    here, there = ring(desk, "17"), ring(desk, "17", "VS")
    assert located(desk, "17").id not in {here.call_id, there.call_id}
    ringing.end_ringing(desk.engine, VLAD, there.id, outcome=RingingOutcome.NO_ANSWER)
    assert located(desk, "17").id == here.call_id


def test_who_may_not_know_of_the_call_adds_nothing_to_it_by_guessing_its_reference(desk: Desk):
    known = ring(desk, "17")
    call = located(desk, "17")
    guessed = located(desk, "17", "VS", VLAD)
    assert (call.id, guessed.id != call.id) == (known.call_id, True)


# ── by what the caller says ───────────────────────────────────────────────────
@pytest.mark.parametrize("owner", ["B3", "VS", None])
@pytest.mark.parametrize("caller", [None, "+40722119031"])
def test_a_call_that_only_rings_begins_with_what_its_caller_says(
    desk: Desk, owner: str | None, caller: str | None
):
    known = ring(desk, None, caller=caller)
    save_call_draft(desk.engine, ANA, known.call_id, CallForm(Triage.URGENT), expected_version=0)
    assert said(desk, known.call_id, owner=owner).id == known.call_id
    again = said(desk, known.call_id, owner="B3")
    assert again.id == known.call_id
    place = seen(desk, known).location
    assert place is not None
    if owner is not None:
        case = services.get_call(desk.engine, NATIONAL, known.call_id).incident_id
        assert case is not None
        [told] = list_told(desk.engine, NATIONAL, case)
        assert told.form.triage is Triage.URGENT


def test_only_the_centre_at_which_it_rings_begins_its_call(desk: Desk):
    known = ring(desk, None)
    with pytest.raises(NotFoundError):
        said(desk, known.call_id, VLAD)
    ringing.end_ringing(desk.engine, ANA, known.id, outcome=RingingOutcome.NO_ANSWER)
    with pytest.raises(NotFoundError):
        said(desk, known.call_id)


# ── near ──────────────────────────────────────────────────────────────────────
def place(database: Database, incident_id: UUID | None, east_m: float, hours: float = 0) -> None:
    with database.owner.begin() as connection:
        connection.execute(
            text(
                "UPDATE incident SET opened_at = opened_at - :hours * interval '1 hour', center ="
                " ST_Project(center::geography, :east, radians(90))::geometry WHERE id = :id"
            ),
            {"id": incident_id, "east": east_m, "hours": hours},
        )


@pytest.mark.parametrize(
    ("east_m", "hours", "is_near", "in_area"),
    [
        (0, 0, True, True),
        (700, 90, True, True),
        (950, 0, True, False),
        (1100, 0, False, False),
        (40_000, 0, False, False),
    ],
)
def test_an_open_case_in_the_area_or_within_a_kilometre_is_near(
    desk: Desk, database: Database, east_m: float, hours: float, is_near: bool, in_area: bool
):
    case = desk.call().incident_id
    place(database, case, east_m, hours)
    known = ring(desk, "17")
    located(desk, "17")
    near = seen(desk, known).near
    assert [one.id for one in near] == ([case] if is_near else [])
    for one in near:
        assert (one.in_area, one.distance_m) == (in_area, pytest.approx(east_m, abs=1))


@pytest.mark.parametrize(("hours", "is_near"), [(1, True), (23, True), (25, False)])
def test_a_closed_case_is_near_for_a_day(
    desk: Desk, database: Database, hours: float, is_near: bool
):
    case = desk.call().incident_id
    assert case is not None
    services.close(desk.engine, desk.scope, case, resolution=Resolution.CHILD_SAFE)
    place(database, case, 100, hours)
    known = ring(desk, "17")
    located(desk, "17")
    assert [one.id for one in seen(desk, known).near] == ([case] if is_near else [])


@pytest.mark.parametrize(("scope", "counted"), [(ANA, 1), (NATIONAL, 2)])
def test_a_case_of_another_county_is_not_near_and_not_even_counted(
    desk: Desk, scope: Scope, counted: int
):
    desk.call()
    Desk(desk.engine, NATIONAL).call("VS")
    known = ring(desk, "17")
    located(desk, "17")
    assert len(seen(desk, known, scope).near) == counted


def test_nothing_is_near_a_call_that_nobody_has_located(desk: Desk):
    desk.call()
    assert seen(desk, ring(desk, "17")).near == ()
