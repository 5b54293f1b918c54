"""
Ringing calls: announced by the telephone system, claimed by one post, handed back, ended.

Of two posts that claim one call the database lets one win; the other is told who has it.
"""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection, Engine, func

from dispatch.notices import announce
from dispatch.repository import calls, incidents, reports, ringing
from dispatch.repository.incidents import IncidentChange
from dispatch.repository.reports import adding_to
from dispatch.ringing import RingingCall, RingingOutcome
from dispatch.services import found
from geodata.database.audit import audit
from geodata.database.engine import scoped, widened
from geodata.database.scope import Scope
from geodata.errors import BadInputError, ConflictError, NotAllowedError, RefusedError
from geodata.numbering import read_number
from geodata.reference.codes import CODES
from geodata.said import said

_EARLIER = 5
_NEAR = 5


def announce_ring(
    engine: Engine,
    scope: Scope,
    *,
    line: str,
    county: str | None,
    caller: str | None = None,
    reference: str | None = None,
) -> RingingCall:
    """
    Take in that it rings, at a line of a county's centre, or of nobody's.

    Where the location came first, the ring belongs to its call; else the call that its first
    report makes gets the `call_id` of the ring.

    Parameters
    ----------
    reference
        The telephone system's own id of the call. A location report that names it belongs to this
        ring, also where the number is withheld.

    Raises
    ------
    BadInputError
        `unknown_county`. Never for the number: one that cannot be read counts as withheld.
    NotAllowedError
        `county_not_yours`: a line of a county that the telephone system does not serve.
    """
    number = _number(caller)
    if county is not None:
        _check_county(scope, county)
    with scoped(engine, scope) as connection:
        known = None
        if reference is not None:
            calls.take_turn_of_reference(connection, reference)
            known = ringing.find_call_of_reference(connection, reference, county)
        if known is None and number is not None:
            # The same turn as a report of the number takes: one of the two comes first.
            calls.take_turn_of_caller(connection, number)
            known = ringing.find_call_of_ring(connection, number, county)
        linked = {} if known is None else {"call_id": known}
        made = ringing.announce_ring(
            connection, line=line, county=county, caller=number, reference=reference,
            announced_by=scope.actor, **linked,
        )  # fmt: skip
        _tell(connection, scope, made, county, "ringing.announced")
        return _view(connection, made)


def hang_up(engine: Engine, scope: Scope, ringing_id: UUID) -> RingingCall:
    """Take in that the caller has hung up; whoever has the call ends it, or calls back."""
    with scoped(engine, scope) as connection:
        known = _locked(connection, ringing_id)
        if known.hung_up_at is None and known.ended_at is None:
            ringing.change_ringing(connection, ringing_id, hung_up_at=func.present_moment())
            _tell(connection, scope, ringing_id, known.county, "ringing.hung_up")
        return _view(connection, ringing_id)


def list_ringing(engine: Engine, scope: Scope, *, limit: int = 200) -> list[RingingCall]:
    """List the scope's ringing calls that nobody has ended, oldest first."""
    with scoped(engine, scope) as connection:
        return ringing.list_ringing(connection, limit=limit)


def get_ringing(engine: Engine, scope: Scope, ringing_id: UUID) -> RingingCall:
    """Return one ringing call, earlier calls of its number and cases near its place; audited."""
    with scoped(engine, scope) as connection:
        known = _view(connection, ringing_id)
        _audit(connection, scope, ringing_id, known.county, "ringing.read")
        earlier = ringing.list_earlier(connection, known, limit=_EARLIER)
        near = ringing.list_near(connection, known, limit=_NEAR)
        return replace(known, earlier=tuple(earlier), near=tuple(near))


def claim(
    engine: Engine, scope: Scope, ringing_id: UUID, *, post: str, instead_of: str | None = None
) -> RingingCall:
    """
    Claim a ringing call for a post; said twice from the same post it is the same.

    Parameters
    ----------
    post
        Name of the place at which the person sits, up to 40 characters.
    instead_of
        Takes over from who has it now; refused when that is somebody else meanwhile.

    Raises
    ------
    ConflictError
        `call_claimed`, with who has it and where; `call_ended`.
    """
    with scoped(engine, scope) as connection:
        known = _locked_open(connection, ringing_id)
        if (known.claimed_by, known.claimed_post) == (scope.actor, post):
            return known
        if known.claimed_by is not None and known.claimed_by != instead_of:
            raise _claimed(known)
        ringing.change_ringing(
            connection, ringing_id,
            claimed_by=scope.actor, claimed_post=post, claimed_at=func.present_moment(),
        )  # fmt: skip
        action = "ringing.claimed" if known.claimed_by is None else "ringing.taken_over"
        _tell(connection, scope, ringing_id, known.county, action)
        return _view(connection, ringing_id)


def hand_back(engine: Engine, scope: Scope, ringing_id: UUID) -> RingingCall:
    """
    Give up one's claim: the call rings for the whole centre again.

    Raises
    ------
    ConflictError
        `call_not_claimed`, `call_claimed` by somebody else, `call_ended`.
    """
    with scoped(engine, scope) as connection:
        known = _locked_open(connection, ringing_id)
        _check_own(known, scope)
        ringing.change_ringing(
            connection, ringing_id, claimed_by=None, claimed_post=None, claimed_at=None,
            handed_back_by=scope.actor, handed_back_at=func.present_moment(),
        )  # fmt: skip
        _tell(connection, scope, ringing_id, known.county, "ringing.handed_back")
        return _view(connection, ringing_id)


def end_ringing(
    engine: Engine,
    scope: Scope,
    ringing_id: UUID,
    *,
    outcome: RingingOutcome,
    note: str | None = None,
) -> RingingCall:
    """
    End a ringing call: it leaves every list. Of a case that it led to, nothing is decided.

    One that nobody has claimed may be ended by anybody of the centre.

    Parameters
    ----------
    note
        What has to stay of what was typed: written into the case of the call, also where another
        county has it.

    Raises
    ------
    ConflictError
        `call_claimed` by somebody else, `call_ended`; `call_without_case` with a note that would
        be lost: nothing is ended then.
    """
    with scoped(engine, scope) as connection:
        known = _locked_open(connection, ringing_id)
        if known.claimed_by is not None:
            _check_own(known, scope)
        if note is not None:
            _write_into_case(connection, scope, known.call_id, note)
        ringing.change_ringing(
            connection, ringing_id,
            ended_by=scope.actor, ended_at=func.present_moment(), outcome=outcome.value,
        )  # fmt: skip
        _tell(connection, scope, ringing_id, known.county, "ringing.ended")
        return _view(connection, ringing_id)


def _write_into_case(connection: Connection, scope: Scope, call_id: UUID, note: str) -> None:
    """Add what was heard of a caller to the case, as a further report of the call is added."""
    held = reports.hold_call(connection, call_id)
    if held is None or held.incident_county is None:
        raise ConflictError(
            "call_without_case",
            said("no case has been opened for the call"),
            said("say where the caller is, or end the call without a note"),
        )
    with adding_to(connection, call_id), widened(connection, scope, held.incident_county):
        call = found.call_view(connection, call_id)
        locked = found.locked_incident(
            connection, found.present(call.incident_id, said("incident"))
        )
        incidents.change_incident(connection, scope, locked, IncidentChange("noted", note))
        audit(
            connection, scope, "incident.noted",
            object_type="incident", object_id=locked.id, county=locked.county,
        )  # fmt: skip


def _number(text: str | None) -> str | None:
    """Read a number; a child who rings is not turned away because an exchange writes it oddly."""
    try:
        return read_number(text).e164 if text else None
    except RefusedError:
        return None


def _check_county(scope: Scope, county: str) -> None:
    if county not in CODES:
        raise BadInputError(
            "unknown_county",
            said("there is no county {county}", county=county),
            said("AB ... VN, B1-B6"),
        )
    if county not in scope.counties:
        raise NotAllowedError(
            "county_not_yours",
            said("this telephone system does not serve county {county}", county=county),
            said("an administrator gives its account the county"),
        )


def _locked(connection: Connection, ringing_id: UUID) -> RingingCall:
    return found.present(ringing.lock_ringing(connection, ringing_id), said("ringing call"))


def _locked_open(connection: Connection, ringing_id: UUID) -> RingingCall:
    known = _locked(connection, ringing_id)
    if known.ended_at is not None:
        raise ConflictError(
            "call_ended", said("the call was ended already"), said("look at the list again")
        )
    return known


def _check_own(known: RingingCall, scope: Scope) -> None:
    if known.claimed_by is None:
        raise ConflictError(
            "call_not_claimed", said("nobody has claimed the call"), said("claim it first")
        )
    if known.claimed_by != scope.actor:
        raise _claimed(known)


def _claimed(known: RingingCall) -> ConflictError:
    who, post = str(known.claimed_by), str(known.claimed_post)
    return ConflictError(
        "call_claimed",
        said("{claimed_by} has the call, at {claimed_post}", claimed_by=who, claimed_post=post),
        said("let them work; take it over only when they ask or have gone"),
        claimed_by=who,
        claimed_post=post,
    )


def _view(connection: Connection, ringing_id: UUID) -> RingingCall:
    return found.present(ringing.find_ringing(connection, ringing_id), said("ringing call"))


def _tell(
    connection: Connection, scope: Scope, ringing_id: UUID, county: str | None, action: str
) -> None:
    announce(connection, "ringing", ringing_id, counties=[county])
    _audit(connection, scope, ringing_id, county, action)


def _audit(
    connection: Connection, scope: Scope, ringing_id: UUID, county: str | None, action: str
) -> None:
    audit(
        connection, scope, action,
        object_type="ringing_call", object_id=ringing_id, county=county,
    )  # fmt: skip


def tell_rings(connection: Connection, call_id: UUID) -> None:
    """Tell the centres at which a call rings that more is known of where it comes from."""
    for ringing_id, county in ringing.list_rings_of(connection, call_id):
        announce(connection, "ringing", ringing_id, counties=[county])
