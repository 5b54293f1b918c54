"""Who acts and for which counties: what row-level security is told about a transaction."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Scope:
    """
    Who acts, as what, for which counties; all 47 counties make it national.

    `team_id` is the own team of an account with the role `team`.
    """

    actor: str
    role: str
    counties: tuple[str, ...]
    team_id: UUID | None = None
