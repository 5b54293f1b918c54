"""What is typed about a call: saved every few seconds, found again by who takes it over."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.routes.parameters import PROBLEMS, Parts, TakesCalls
from api.schemas.call_drafts import CallDraftAnswer, CallFormRequest, SavedDraftAnswer
from dispatch.services import call_drafts as use_cases

router = APIRouter(prefix="/v1/calls/{call_id}/draft", tags=["calls"], responses=PROBLEMS)


@router.get("")
def get_call_draft(
    call_id: UUID, parts: Parts, scope: TakesCalls, response: Response
) -> CallDraftAnswer:
    """Return what is typed about a call or a ringing call (its `call_id`); audited."""
    response.headers["Cache-Control"] = "no-store"
    view = use_cases.get_call_draft(parts.engine, scope, call_id)
    return CallDraftAnswer.model_validate(view)


@router.put("")
def save_call_draft(
    call_id: UUID, wish: CallFormRequest, parts: Parts, scope: TakesCalls
) -> SavedDraftAnswer:
    """Save what is typed; refused when somebody else has saved since `expected_version`."""
    view = use_cases.save_call_draft(
        parts.engine, scope, call_id, wish.form(), expected_version=wish.expected_version
    )
    return SavedDraftAnswer.model_validate(view)
