"""
What is typed about a call, saved every few seconds and found again, also by a colleague.

The text is a child's data: seen by who may see the call, in no log, gone when the call closes.
What it says of a case is kept with the case (`told`).
"""

from uuid import UUID

from sqlalchemy import Connection, Engine

from dispatch.call_form import CallDraft, CallForm
from dispatch.repository import call_drafts, reports
from dispatch.services import found
from dispatch.services.told import tell_case
from geodata.database.audit import audit
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.errors import ConflictError
from geodata.said import said


def get_call_draft(engine: Engine, scope: Scope, call_id: UUID) -> CallDraft:
    """
    Return what is typed about a call, version 0 when nothing is; the reading is audited.

    Raises
    ------
    NotFoundError
        Neither the call nor its ring is there for the scope.
    """
    with scoped(engine, scope) as connection:
        _check_theirs(connection, call_id)
        _audit(connection, scope, call_id, "call_draft.read")
        return call_drafts.find_call_draft(connection, call_id) or CallDraft(call_id)


def save_call_draft(
    engine: Engine, scope: Scope, call_id: UUID, form: CallForm, *, expected_version: int
) -> CallDraft:
    """
    Save what is typed about a call; what the same person sends again is saved once.

    The trail says who began it and who went on with it, not every few seconds.

    Raises
    ------
    NotFoundError
        Neither the call nor its ring is there for the scope.
    ConflictError
        `call_closed`.
    VersionConflictError
        Somebody else has saved meanwhile.
    """
    with scoped(engine, scope) as connection:
        _check_theirs(connection, call_id)
        reports.take_turn_of_call(connection, call_id)
        if call_drafts.is_over(connection, call_id):
            raise ConflictError(
                "call_closed",
                said("the call is closed, and what was typed about it is gone"),
                said("write a note in its case"),
            )
        known = call_drafts.find_call_draft(connection, call_id) or CallDraft(call_id)
        if (known.saved_by, known.form) == (scope.actor, form):
            return known
        found.check_version(said("call draft"), expected_version, known.version)
        saved = CallDraft(call_id, known.version + 1, None, scope.actor, form)
        call_drafts.save_call_draft(connection, saved)
        tell_case(connection, scope, call_id, has_other_triage=form.triage is not known.form.triage)
        if known.saved_by != scope.actor:
            action = "call_draft.begun" if known.version == 0 else "call_draft.continued"
            _audit(connection, scope, call_id, action)
        return found.present(call_drafts.find_call_draft(connection, call_id), said("call draft"))


def _check_theirs(connection: Connection, call_id: UUID) -> None:
    if not call_drafts.works_on_call(connection, call_id):
        raise found.not_found(said("call"))


def _audit(connection: Connection, scope: Scope, call_id: UUID, action: str) -> None:
    # Of no county: whose call it is may not be known yet, nor be for this scope to know.
    own = scope.counties[0] if len(scope.counties) == 1 else None
    audit(connection, scope, action, object_type="call", object_id=call_id, county=own)
