"""The answer to a page that was told what changed."""

from typing import Any
from uuid import UUID

from api.schemas.answers import Answer, CallAnswer, IncidentAnswer


class LookedAt(Answer):
    """Ids of all whose state was read, whether anything of them is shown or not."""

    incidents: tuple[UUID, ...]
    teams: tuple[UUID, ...]
    calls: tuple[UUID, ...]


class ChangedAnswer(Answer):
    """Changed things as they are now: rows of the lists, and `map` as of `/v1/map/features`."""

    looked_at: LookedAt
    incidents: tuple[IncidentAnswer, ...]
    calls: tuple[CallAnswer, ...]
    map: dict[str, Any]
