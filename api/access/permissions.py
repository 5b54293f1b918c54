"""
Who may do what: one table from role to permissions.

A county (or a team's own work) is not decided here but by the database's row security;
this table only says which kinds of things a role does at all.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from dispatch.roles import Role


class Permission(StrEnum):
    """The kinds of things that the interface lets a person do."""

    USE_SESSION = "use_session"
    READ_REFERENCE = "read_reference"
    READ_MAP = "read_map"
    ANNOUNCE_CALLS = "announce_calls"
    TAKE_CALLS = "take_calls"
    READ_CALLS = "read_calls"
    READ_INCIDENTS = "read_incidents"
    HANDLE_INCIDENTS = "handle_incidents"
    RECOMMEND = "recommend"
    ASSIGN = "assign"
    READ_TEAMS = "read_teams"
    READ_TRACKS = "read_tracks"
    SET_TEAM_STATUS = "set_team_status"
    WORK_WITH_TEAM = "work_with_team"
    CONFIRM_ALERTS = "confirm_alerts"
    HEAR_ALARMS = "hear_alarms"
    ANSWER_ALARMS = "answer_alarms"
    ASK_FOR_AID = "ask_for_aid"
    HEAR_OF_AID = "hear_of_aid"
    REPORT_POSITIONS = "report_positions"
    READ_CLOSURES = "read_closures"
    CLOSE_ROADS = "close_roads"
    MANAGE_TEAMS = "manage_teams"
    PLAN = "plan"
    READ_AUDIT = "read_audit"
    SUPERVISE = "supervise"
    SET_POLICIES = "set_policies"
    MANAGE_ACCOUNTS = "manage_accounts"


_EVERYBODY = frozenset(
    {
        Permission.USE_SESSION,
        Permission.READ_REFERENCE,
        Permission.READ_MAP,
        Permission.READ_CLOSURES,
    }
)
_CALL_TAKING = frozenset(
    {
        Permission.TAKE_CALLS,
        Permission.READ_CALLS,
        Permission.READ_INCIDENTS,
        Permission.HANDLE_INCIDENTS,
        Permission.RECOMMEND,
        Permission.READ_TEAMS,
        Permission.HEAR_ALARMS,
        Permission.HEAR_OF_AID,
    }
)
_DISPATCHING = frozenset(
    {
        Permission.ASSIGN,
        Permission.SET_TEAM_STATUS,
        Permission.WORK_WITH_TEAM,
        Permission.ANSWER_ALARMS,
        Permission.ASK_FOR_AID,
        Permission.READ_TRACKS,
        Permission.PLAN,
        Permission.CLOSE_ROADS,
    }
)

PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.OPERATOR: _EVERYBODY | _CALL_TAKING,
        Role.DISPATCHER: _EVERYBODY | _CALL_TAKING | _DISPATCHING,
        # A team sees its own incident and itself: row security cuts the lists to that.
        Role.TEAM: _EVERYBODY
        | {
            Permission.READ_INCIDENTS,
            Permission.READ_TEAMS,
            Permission.SET_TEAM_STATUS,
            Permission.WORK_WITH_TEAM,
            Permission.CONFIRM_ALERTS,
            Permission.HEAR_ALARMS,
            Permission.REPORT_POSITIONS,
        },
        # Planners and administrators see no child's data.
        Role.PLANNER: _EVERYBODY | {Permission.PLAN},
        Role.SUPERVISOR: _EVERYBODY
        | _CALL_TAKING
        | _DISPATCHING
        | {
            Permission.READ_AUDIT,
            Permission.SUPERVISE,
            Permission.SET_POLICIES,
            Permission.MANAGE_TEAMS,
        },
        Role.ADMINISTRATOR: _EVERYBODY
        | {
            Permission.READ_AUDIT,
            Permission.SET_POLICIES,
            Permission.MANAGE_ACCOUNTS,
            Permission.MANAGE_TEAMS,
        },
        # A machine in a rack of the centre: who steals its token learns of no child.
        Role.TELEPHONE: frozenset({Permission.USE_SESSION, Permission.ANNOUNCE_CALLS}),
    }
)


def may(role: str, permission: Permission) -> bool:
    """Tell whether a role does that kind of thing; an unknown role does nothing."""
    return role in PERMISSIONS and permission in PERMISSIONS[Role(role)]
