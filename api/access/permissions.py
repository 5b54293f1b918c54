"""
Who may do what: one table from role to actions.

A county (or a team's own work) is not decided here but by the database's row security;
this table only says which kinds of things a role does at all.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from dispatch.roles import Role


class Action(StrEnum):
    """The kinds of things that the interface lets a person do."""

    USE_SESSION = "use_session"
    READ_REFERENCE = "read_reference"
    READ_MAP = "read_map"
    TAKE_CALLS = "take_calls"
    READ_CALLS = "read_calls"
    READ_INCIDENTS = "read_incidents"
    HANDLE_INCIDENTS = "handle_incidents"
    RECOMMEND = "recommend"
    ASSIGN = "assign"
    READ_TEAMS = "read_teams"
    READ_TRACKS = "read_tracks"
    SET_TEAM_STATUS = "set_team_status"
    REPORT_POSITIONS = "report_positions"
    READ_CLOSURES = "read_closures"
    CLOSE_ROADS = "close_roads"
    MANAGE_TEAMS = "manage_teams"
    PLAN = "plan"
    READ_AUDIT = "read_audit"
    MANAGE_ACCOUNTS = "manage_accounts"


_EVERYBODY = frozenset(
    {Action.USE_SESSION, Action.READ_REFERENCE, Action.READ_MAP, Action.READ_CLOSURES}
)
_CALL_TAKING = frozenset(
    {
        Action.TAKE_CALLS,
        Action.READ_CALLS,
        Action.READ_INCIDENTS,
        Action.HANDLE_INCIDENTS,
        Action.RECOMMEND,
        Action.READ_TEAMS,
    }
)
_DISPATCHING = frozenset(
    {
        Action.ASSIGN,
        Action.SET_TEAM_STATUS,
        Action.READ_TRACKS,
        Action.PLAN,
        Action.CLOSE_ROADS,
    }
)

PERMISSIONS: Mapping[Role, frozenset[Action]] = MappingProxyType(
    {
        Role.OPERATOR: _EVERYBODY | _CALL_TAKING,
        Role.DISPATCHER: _EVERYBODY | _CALL_TAKING | _DISPATCHING,
        # A team sees its own incident and itself: row security cuts the lists to that.
        Role.TEAM: _EVERYBODY
        | {
            Action.READ_INCIDENTS,
            Action.READ_TEAMS,
            Action.SET_TEAM_STATUS,
            Action.REPORT_POSITIONS,
        },
        # Planners and administrators see no child's data.
        Role.PLANNER: _EVERYBODY | {Action.PLAN},
        Role.SUPERVISOR: _EVERYBODY
        | _CALL_TAKING
        | _DISPATCHING
        | {Action.READ_AUDIT, Action.MANAGE_TEAMS},
        Role.ADMINISTRATOR: _EVERYBODY
        | {Action.READ_AUDIT, Action.MANAGE_ACCOUNTS, Action.MANAGE_TEAMS},
    }
)


def may(role: str, action: Action) -> bool:
    """Tell whether a role does that kind of thing; an unknown role does nothing."""
    return role in PERMISSIONS and action in PERMISSIONS[Role(role)]
