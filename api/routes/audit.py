"""The audit trail, and whether anybody tampered with it."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from api.routes.parameters import PROBLEMS, Limit, Now, Parts, ReadsAudit
from api.schemas.answers import AuditAnswer, AuditVerdictAnswer
from dispatch import services as use_cases
from dispatch.services import trail
from geodata.database.audit_file import AuditFormat, written_lines

_KINDS: Final = {AuditFormat.JSONL: "application/x-ndjson", AuditFormat.CSV: "text/csv"}

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


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"content": {kind: {} for kind in _KINDS.values()}}},
)
def export_audit(  # noqa: PLR0917  # each is a part of the question
    parts: Parts,
    scope: ReadsAudit,
    moment: Now,
    form: Annotated[AuditFormat, Query(alias="format")] = AuditFormat.JSONL,
    since: AwareDatetime | None = None,
    before: AwareDatetime | None = None,
    incident_id: UUID | None = None,
) -> StreamingResponse:
    """
    Export entries of your counties, oldest first, with the hashes that prove them; audited.

    `dispatch119 audit verify` tells whether such a file was changed or cut.
    """
    entries = trail.begin_export(
        parts.engine, scope, since=since, before=before, incident_id=incident_id
    )
    name = f"audit-{moment:%Y%m%d-%H%M%S}.{form}"
    return StreamingResponse(
        written_lines(entries, form),
        media_type=_KINDS[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/verdict")
def verify(parts: Parts, scope: ReadsAudit) -> AuditVerdictAnswer:
    """Recompute the whole hash chain; `broken_at` is the first entry that does not fit."""
    return AuditVerdictAnswer.model_validate(use_cases.verify_audit(parts.engine, scope))
