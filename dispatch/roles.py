"""
The roles of accounts, and how much of a child's case each may see.

The only place that says so: the live stream and the maps cut by it, the interface's table
of rights (`api.access.permissions`) is keyed by it, and accounts are checked against it.
Whose rows a person may read at all is decided by the database's row-level security.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from geodata.database.scope import Scope
from geodata.reference.codes import CODES


class Role(StrEnum):
    """The six kinds of account of people, and that of a telephone system, which sees nothing."""

    OPERATOR = "operator"
    DISPATCHER = "dispatcher"
    TEAM = "team"
    PLANNER = "planner"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    TELEPHONE = "telephone"


_SEES_DETAIL = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR})
_SEES_COUNTS = frozenset({Role.PLANNER, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Viewer:
    """
    Who looks: a role, the counties it may see, and its own team where it is one.

    `role` is text because machines have names that are no `Role`; those see nothing.
    """

    role: str
    counties: frozenset[str]
    team_id: UUID | None = None

    @property
    def sees_detail(self) -> bool:
        """Whether it sees places and people of incidents and teams in its counties."""
        return self.role in _SEES_DETAIL

    @property
    def is_national(self) -> bool:
        """Whether it sees every county, and so what is of none yet."""
        return len(self.counties) >= len(CODES)

    @property
    def sees_counts(self) -> bool:
        """Whether it sees how many there are in each county, and no place of any."""
        return self.role in _SEES_COUNTS

    @property
    def is_team(self) -> bool:
        """Whether it is a team's own phone, which sees itself and its own incident."""
        return self.role == Role.TEAM

    def is_own_team(self, team_id: str) -> bool:
        """Tell whether that is the viewer's own team."""
        return self.team_id is not None and team_id == str(self.team_id)


def seat_of(scope: Scope) -> str:
    """
    Return where somebody sits, as the trail of a case names it: their counties, or `national`.

    Examples
    --------
    >>> seat_of(Scope("ana", "operator", ("B3", "IF")))
    'B3, IF'
    """
    return "national" if viewer_of(scope).is_national else ", ".join(scope.counties)


def viewer_of(scope: Scope) -> Viewer:
    """Return who looks when a scope does."""
    return Viewer(scope.role, frozenset(scope.counties), scope.team_id)
