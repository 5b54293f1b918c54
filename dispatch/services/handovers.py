"""
Hand-overs to 112: open, read, acknowledge by hand, retry. Each one transaction, audited.

Whoever locks an incident and a hand-over locks the incident first. The same content asked
for again gives the same hand-over. A delivery that is over stays over: a retry is a new
hand-over of the incident as it stands by then, because the log of the failed one must stay
true and the child's situation may have changed. The receiver recognises both as one case
by the EIDO's own identifier.
"""

from uuid import UUID

from sqlalchemy import Connection, Engine

from dispatch.errors import HandoverStateError
from dispatch.handover.assembly import (
    Circumstances,
    case_of,
    content_of,
    package_of,
    page_of,
)
from dispatch.handover.delivery import (
    FINAL,
    DeliveryState,
    acknowledge,
    idempotency_key,
    open_delivery,
)
from dispatch.handover.views import RECEIVER, HandoverView, HandoverWish, Packing
from dispatch.notices import announce
from dispatch.repository import calls, handovers, incidents
from dispatch.repository.handovers import LockedHandover
from dispatch.repository.incidents import IncidentChange, LockedIncident
from dispatch.services import found
from geodata.database.audit import audit
from geodata.database.engine import moment_of, scoped
from geodata.database.scope import Scope
from geodata.errors import NotFoundError
from geodata.said import coded, said

_DEFAULT = Packing()


# ── reading ───────────────────────────────────────────────────────────────────
def list_handovers(engine: Engine, scope: Scope, incident_id: UUID) -> list[HandoverView]:
    """List the hand-overs of an incident, newest first; the reading is audited."""
    with scoped(engine, scope) as connection:
        incident = found.incident_view(connection, incident_id)
        audit(
            connection, scope, "handover.list_read",
            object_type="incident", object_id=incident_id, county=incident.county,
        )  # fmt: skip
        return handovers.list_handovers(connection, incident_id)


def list_open_handovers(engine: Engine, scope: Scope, *, limit: int = 100) -> list[HandoverView]:
    """List the scope's hand-overs that somebody still has to watch, newest first."""
    with scoped(engine, scope) as connection:
        return handovers.list_open(connection, limit=limit)


def get_handover(engine: Engine, scope: Scope, handover_id: UUID) -> HandoverView:
    """Return one hand-over with its log; the reading is audited."""
    with scoped(engine, scope) as connection:
        view = _view(connection, handover_id)
        _audit(connection, scope, "handover.read", handover_id, view.county)
        return view


def handover_package(engine: Engine, scope: Scope, handover_id: UUID) -> bytes:
    """Return the EIDO document that was packed; the reading is audited."""
    with scoped(engine, scope) as connection:
        view = _view(connection, handover_id)
        _audit(connection, scope, "handover.eido_read", handover_id, view.county)
        return found.present(handovers.find_files(connection, handover_id), said("hand-over"))[0]


def handover_page(engine: Engine, scope: Scope, handover_id: UUID) -> bytes:
    """
    Return the printed page that was packed; the reading is audited.

    Raises
    ------
    NotFoundError
        `page_missing`: it was packed without, because the fonts were missing.
    """
    with scoped(engine, scope) as connection:
        view = _view(connection, handover_id)
        _audit(connection, scope, "handover.page_read", handover_id, view.county)
        files = handovers.find_files(connection, handover_id)
        if files is None or files[1] is None:
            hint = said("read it out from the EIDO; run `dispatch119 check` for the fonts")
            raise NotFoundError(
                "page_missing", said("the hand-over was packed without a page"), hint
            )
        return files[1]


# ── changing ──────────────────────────────────────────────────────────────────
def open_handover(
    engine: Engine,
    scope: Scope,
    incident_id: UUID,
    wish: HandoverWish,
    *,
    packing: Packing = _DEFAULT,
    expected_version: int | None = None,
) -> HandoverView:
    """
    Pack an incident for 112, due at once; also a closed one.

    Raises
    ------
    NotFoundError
        `not_found`: no such incident, or no such note in it.
    VersionConflictError
        The person saw another version, and the same was not handed over before.
    HandoverRefusedError
        `no_reason_for_handover` or `too_many_notes`.
    """
    with scoped(engine, scope) as connection:
        locked = found.locked_incident(connection, incident_id)
        made = pack(
            connection, scope, locked, wish, packing=packing, expected_version=expected_version
        )
        return _view(connection, made)


def pack(
    connection: Connection,
    scope: Scope,
    locked: LockedIncident,
    wish: HandoverWish,
    *,
    packing: Packing = _DEFAULT,
    expected_version: int | None = None,
    retry_of: UUID | None = None,
) -> UUID:
    """
    Write the package of a locked incident, or find the one that says the same.

    When that one failed, asking for it again is asking for a retry: whoever presses the
    button, or closes the incident as taken over by 112, wants it on its way.
    """
    incident = found.incident_view(connection, locked.id)
    notes = _chosen_notes(connection, locked.id, wish.note_ids)
    caller = calls.find_caller(connection, locked.id)
    around = Circumstances(
        at=moment_of(connection),
        agent=scope.actor,
        county_name=incidents.county_name(connection, locked.county),
        caller=caller.number if caller else None,
        call_id=str(caller.call_id) if caller else None,
    )
    case = case_of(incident, wish, notes, around)
    content = content_of(case)
    # Before the version: whoever lost the answer asks again with the version they saw.
    known = handovers.find_same(connection, locked.id, content) if retry_of is None else None
    if known is not None:
        return _known(connection, scope, locked, known, packing)
    found.check_version(said("incident"), expected_version, incident.version)
    eido = package_of(case, packing)
    key = idempotency_key(case.incident, case.version, RECEIVER, eido)
    page = page_of(case, packing, key)
    delivery = open_delivery(key, RECEIVER, around.at)
    made = handovers.insert_handover(
        connection,
        delivery,
        incident_id=locked.id,
        county=locked.county,
        content=content,
        incident_version=case.version,
        wish=wish.as_json(),
        eido=eido,
        page=page,
        retry_of=retry_of,
        created_by=scope.actor,
    )
    detail = "" if page is not None else "no page"
    handovers.append_log(connection, scope, made, event="opened", attempt=0, detail=detail)
    _tell(connection, scope, locked, made, "handover_opened", reason=wish.danger)
    _audit(connection, scope, "handover.opened", made, locked.county)
    return made


def acknowledge_handover(
    engine: Engine, scope: Scope, handover_id: UUID, *, reference: str
) -> HandoverView:
    """
    Note that a person phoned 112 and got their number for the case.

    A delivery on its way is acknowledged with it. One that failed stays failed, and is
    settled: somebody has taken care. A second word about the same changes nothing.
    """
    with scoped(engine, scope) as connection:
        locked, row = _locked(connection, handover_id)
        delivery, now = row.delivery, moment_of(connection)
        if delivery.state is DeliveryState.ACKNOWLEDGED or row.is_settled:
            return _view(connection, handover_id)
        if delivery.state in FINAL:
            handovers.settle(connection, scope, handover_id, reference=reference)
        else:
            handovers.move_delivery(connection, handover_id, acknowledge(delivery, reference, now))
        handovers.append_log(
            connection, scope, handover_id,
            event="phoned", attempt=delivery.attempt, detail=reference,
        )  # fmt: skip
        _tell(connection, scope, locked, handover_id, "handover_phoned", reason=reference)
        _audit(connection, scope, "handover.phoned", handover_id, locked.county)
        return _view(connection, handover_id)


def retry_handover(
    engine: Engine, scope: Scope, handover_id: UUID, *, packing: Packing = _DEFAULT
) -> HandoverView:
    """
    Hand over anew what failed, as the incident stands now; asked twice, it is done once.

    Raises
    ------
    HandoverStateError
        `handover_not_failed`: it is on its way, or acknowledged.
    """
    with scoped(engine, scope) as connection:
        locked, row = _locked(connection, handover_id)
        again = handovers.find_retry(connection, handover_id)
        if again is not None:
            return _view(connection, again)
        if row.delivery.state not in FINAL or row.delivery.state is DeliveryState.ACKNOWLEDGED:
            raise HandoverStateError(
                "handover_not_failed",
                said(
                    "the hand-over is {state}: there is nothing to retry",
                    state=coded("handover.state", row.delivery.state),
                ),
                said("it is sent again by itself until 112 has acknowledged it"),
            )
        return _view(connection, _send_again(connection, scope, locked, row, packing))


def _known(
    connection: Connection, scope: Scope, locked: LockedIncident, known: UUID, packing: Packing
) -> UUID:
    """Return the newest hand-over in the chain of one and its retries; a failed one goes again."""
    newest = known
    while (later := handovers.find_retry(connection, newest)) is not None:
        newest = later
    row = found.present(handovers.lock_handover(connection, newest), said("hand-over"))
    failed = row.delivery.state in FINAL and row.delivery.state is not DeliveryState.ACKNOWLEDGED
    return _send_again(connection, scope, locked, row, packing) if failed else newest


def _send_again(
    connection: Connection,
    scope: Scope,
    locked: LockedIncident,
    row: LockedHandover,
    packing: Packing,
) -> UUID:
    if not row.is_settled:
        handovers.settle(connection, scope, row.id, reference=None)
    handovers.append_log(
        connection, scope, row.id, event="sent_again", attempt=row.delivery.attempt
    )
    announce(connection, "handover", row.id, counties=[locked.county])
    wish = HandoverWish.of_json(row.wish)
    return pack(connection, scope, locked, wish, packing=packing, retry_of=row.id)


def _locked(connection: Connection, handover_id: UUID) -> tuple[LockedIncident, LockedHandover]:
    place = found.present(handovers.find_place_of(connection, handover_id), said("hand-over"))
    locked = found.locked_incident(connection, place[0])
    row = found.present(handovers.lock_handover(connection, handover_id), said("hand-over"))
    return locked, row


def _chosen_notes(
    connection: Connection, incident_id: UUID, note_ids: tuple[int, ...]
) -> tuple[str, ...]:
    """Return the chosen notes in the order of the timeline."""
    if not note_ids:
        return ()
    events = incidents.list_events(connection, incident_id)
    texts = {event.id: event.reason or "" for event in events if event.kind == "noted"}
    if not set(note_ids) <= set(texts):
        raise found.not_found(said("note of this incident"))
    return tuple(text for number, text in texts.items() if number in note_ids)


def _tell(
    connection: Connection,
    scope: Scope,
    locked: LockedIncident,
    handover_id: UUID,
    kind: str,
    *,
    reason: str | None,
) -> None:
    change = IncidentChange(kind, reason, {"handover_id": str(handover_id)})
    incidents.change_incident(connection, scope, locked, change)
    announce(connection, "handover", handover_id, counties=[locked.county])


def _view(connection: Connection, handover_id: UUID) -> HandoverView:
    return found.present(handovers.find_handover(connection, handover_id), said("hand-over"))


def _audit(
    connection: Connection, scope: Scope, action: str, handover_id: UUID, county: str
) -> None:
    audit(connection, scope, action, object_type="handover", object_id=handover_id, county=county)
