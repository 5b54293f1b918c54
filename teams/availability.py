"""
What a team may do next: its statuses, the actions that change them, and who acts.

One table, `TRANSITIONS`, is the whole rule. It does not look at assignments; the
database keeps the invariant that a team has at most one open assignment, and that it
has one exactly while `holds_assignment` is true.

    available ──assign──▶ assigned ──start──▶ en_route ──arrive──▶ on_scene
        ▲                    │ release           │ release           │ leave, release
        ├────────────────────┴───────────────────┘                   ▼
        └──────────────────────────back────────────────────────── returning
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from geodata.said import Said, coded, listed, said
from teams.errors import IllegalStatusError
from teams.model import TeamStatus


class Actor(StrEnum):
    """Who may cause an action."""

    SYSTEM = "system"
    TEAM = "team"


class TeamAction(StrEnum):
    """Something that happens to a team or that a team reports."""

    ASSIGN = "assign"
    RELEASE = "release"
    START = "start"
    ARRIVE = "arrive"
    LEAVE = "leave"
    BACK = "back"
    GO_OUT_OF_SERVICE = "go_out_of_service"
    RETURN_TO_SERVICE = "return_to_service"


# Assigning and releasing are consequences of a dispatcher's decision on an incident and
# are recorded with it; a team can only report what it does itself.
ACTOR: Mapping[TeamAction, Actor] = MappingProxyType(
    {
        TeamAction.ASSIGN: Actor.SYSTEM,
        TeamAction.RELEASE: Actor.SYSTEM,
        TeamAction.START: Actor.TEAM,
        TeamAction.ARRIVE: Actor.TEAM,
        TeamAction.LEAVE: Actor.TEAM,
        TeamAction.BACK: Actor.TEAM,
        TeamAction.GO_OUT_OF_SERVICE: Actor.TEAM,
        TeamAction.RETURN_TO_SERVICE: Actor.TEAM,
    }
)

TRANSITIONS: Mapping[tuple[TeamStatus, TeamAction], TeamStatus] = MappingProxyType(
    {
        (TeamStatus.AVAILABLE, TeamAction.ASSIGN): TeamStatus.ASSIGNED,
        (TeamStatus.AVAILABLE, TeamAction.GO_OUT_OF_SERVICE): TeamStatus.OUT_OF_SERVICE,
        (TeamStatus.ASSIGNED, TeamAction.START): TeamStatus.EN_ROUTE,
        # A crew that forgets to press "start" is still seen arriving.
        (TeamStatus.ASSIGNED, TeamAction.ARRIVE): TeamStatus.ON_SCENE,
        (TeamStatus.ASSIGNED, TeamAction.RELEASE): TeamStatus.AVAILABLE,
        (TeamStatus.EN_ROUTE, TeamAction.ARRIVE): TeamStatus.ON_SCENE,
        (TeamStatus.EN_ROUTE, TeamAction.RELEASE): TeamStatus.AVAILABLE,
        (TeamStatus.ON_SCENE, TeamAction.LEAVE): TeamStatus.RETURNING,
        (TeamStatus.ON_SCENE, TeamAction.RELEASE): TeamStatus.RETURNING,
        (TeamStatus.RETURNING, TeamAction.BACK): TeamStatus.AVAILABLE,
        # Never proposed while returning, but a dispatcher may turn a team around.
        (TeamStatus.RETURNING, TeamAction.ASSIGN): TeamStatus.ASSIGNED,
        (TeamStatus.RETURNING, TeamAction.GO_OUT_OF_SERVICE): TeamStatus.OUT_OF_SERVICE,
        (TeamStatus.OUT_OF_SERVICE, TeamAction.RETURN_TO_SERVICE): TeamStatus.AVAILABLE,
    }
)

_UNDER_WAY = frozenset({TeamStatus.ASSIGNED, TeamStatus.EN_ROUTE})
_HOLDING = _UNDER_WAY | {TeamStatus.ON_SCENE}


def next_status(status: TeamStatus, action: TeamAction) -> TeamStatus:
    """
    Return the status after `action`.

    Raises
    ------
    IllegalStatusError
        `illegal_status_change`: the table has no such transition.

    Examples
    --------
    >>> next_status(TeamStatus.AVAILABLE, TeamAction.ASSIGN)
    <TeamStatus.ASSIGNED: 'assigned'>
    >>> next_status(TeamStatus.AVAILABLE, TeamAction.LEAVE)
    Traceback (most recent call last):
    teams.errors.IllegalStatusError: a team that is available cannot leave
    """
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise IllegalStatusError(
            "illegal_status_change",
            said(
                "a team that is {status} cannot {action}",
                status=coded("team.status", status),
                action=coded("team.action", action),
            ),
            said("possible now: {possible}", possible=_said_actions(allowed_actions(status))),
        ) from None


def action_between(before: TeamStatus, after: TeamStatus) -> TeamAction:
    """
    Return the team's own action that leads from one status to another.

    Phones send the status that they want; this finds the action behind it. Actions of
    the system are not found: a phone cannot assign or release its team.

    Raises
    ------
    IllegalStatusError
        `illegal_status_change`: no action of the team does that.
    """
    for (status, action), result in TRANSITIONS.items():
        if status is before and result is after and ACTOR[action] is Actor.TEAM:
            return action
    possible = allowed_actions(before, actor=Actor.TEAM)
    raise IllegalStatusError(
        "illegal_status_change",
        said(
            "a team cannot go from {before} to {after} by itself",
            before=coded("team.status", before),
            after=coded("team.status", after),
        ),
        said("the team itself can now: {possible}", possible=_said_actions(possible)),
    )


def allowed_actions(status: TeamStatus, *, actor: Actor | None = None) -> tuple[TeamAction, ...]:
    """List what may happen in `status`, to anyone or only by `actor`, in table order."""
    return tuple(
        action
        for (before, action) in TRANSITIONS
        if before is status and (actor is None or ACTOR[action] is actor)
    )


def _said_actions(actions: Iterable[TeamAction]) -> Said:
    return listed(coded("team.action", action) for action in actions) or said("nothing")


def holds_assignment(status: TeamStatus) -> bool:
    """Tell whether a team in this status has an open assignment."""
    return status in _HOLDING


def is_under_way(status: TeamStatus) -> bool:
    """Tell whether a team in this status has an assignment and has yet to arrive."""
    return status in _UNDER_WAY
