"""The audit trail, and whether anybody tampered with it."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.routes.parameters import PROBLEMS, Limit, Parts, ReadsAudit
from api.schemas.answers import AuditAnswer, AuditVerdictAnswer
from dispatch import services as use_cases

router = APIRouter(prefix="/v1/audit", tags=["audit"], responses=PROBLEMS)


@router.get("")
def read_audit(
    parts: Parts,
    scope: ReadsAudit,
    limit: Limit = 200,
    before: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
) -> list[AuditAnswer]:
    """List entries of your counties, newest first, from before the entry number `before`."""
    entries = use_cases.list_audit(parts.engine, scope, limit=limit, before=before)
    return [AuditAnswer.model_validate(entry) for entry in entries]


@router.get("/verdict")
def verify(parts: Parts, scope: ReadsAudit) -> AuditVerdictAnswer:
    """Recompute the whole hash chain; `broken_at` is the first entry that does not fit."""
    return AuditVerdictAnswer.model_validate(use_cases.verify_audit(parts.engine, scope))
