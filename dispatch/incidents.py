"""
What may happen to an incident: its states, the actions, and what each one demands.

The state of an incident that is not closed is a function of the teams bound to it
(`state_after`): it stands where its furthest team stands, and without a team it is
`open`. `next_state` answers whether an action is allowed and where it leads.

                   start            arrive
    open ─assign─▶ assigned ─────▶ en_route ─────▶ on_scene
     ▲  ▲             │ release       │ release        │ leave, release (last team)
     │  └─────────────┴───────────────┴────────────────┘
     └ transfer_county (the new county starts at open)
    any of the four ── close, transfer_112, transfer_psychologists ──▶ closed
    open, assigned  ── misdial ──▶ closed
    closed ── reopen ──▶ open

Decisions that are not obvious:

* Passing an incident to another county is refused while a team is bound to it. A kept
  team would belong to an incident that its own centre can no longer see; release it
  first, or let the new county ask for it as mutual aid.
* A misdial is one step, but not once a car is under way: then a person releases the
  team first and says why.
* Closing frees the teams: whoever closes also releases every open assignment.
* Notes may be added to a closed incident. A new call opens a new one; a person who
  closed the wrong one reopens it and says why. Its teams were released and stay so.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from dispatch.errors import IllegalTransitionError, ResolutionRequiredError
from dispatch.model import IncidentState, Resolution
from geodata.said import coded, listed, said
from teams.model import TeamStatus


class IncidentAction(StrEnum):
    """Something that is done to an incident or that one of its teams does."""

    ASSIGN = "assign"
    START = "start"
    ARRIVE = "arrive"
    LEAVE = "leave"
    RELEASE = "release"
    CLOSE = "close"
    MISDIAL = "misdial"
    TRANSFER_112 = "transfer_112"
    TRANSFER_PSYCHOLOGISTS = "transfer_psychologists"
    TRANSFER_COUNTY = "transfer_county"
    REOPEN = "reopen"
    JOIN = "join"
    NOTE = "note"
    PLACE = "place"


_OPEN, _ASSIGNED, _EN_ROUTE, _ON_SCENE, _CLOSED = IncidentState
_Row = Mapping[IncidentState, IncidentState]

# Rows for a second team: an incident never falls back because another team is behind.
# `leave` and `release` lead to open when the last team goes; `next_state` looks at the
# teams that remain.
TRANSITIONS: Mapping[IncidentAction, _Row] = MappingProxyType(
    {
        IncidentAction.ASSIGN: {
            _OPEN: _ASSIGNED,
            _ASSIGNED: _ASSIGNED,
            _EN_ROUTE: _EN_ROUTE,
            _ON_SCENE: _ON_SCENE,
        },
        IncidentAction.START: {_ASSIGNED: _EN_ROUTE, _EN_ROUTE: _EN_ROUTE, _ON_SCENE: _ON_SCENE},
        IncidentAction.ARRIVE: {_ASSIGNED: _ON_SCENE, _EN_ROUTE: _ON_SCENE, _ON_SCENE: _ON_SCENE},
        IncidentAction.LEAVE: {_ON_SCENE: _OPEN},
        IncidentAction.RELEASE: {_ASSIGNED: _OPEN, _EN_ROUTE: _OPEN, _ON_SCENE: _OPEN},
        IncidentAction.CLOSE: dict.fromkeys((_OPEN, _ASSIGNED, _EN_ROUTE, _ON_SCENE), _CLOSED),
        IncidentAction.MISDIAL: dict.fromkeys((_OPEN, _ASSIGNED), _CLOSED),
        IncidentAction.TRANSFER_112: dict.fromkeys(
            (_OPEN, _ASSIGNED, _EN_ROUTE, _ON_SCENE), _CLOSED
        ),
        IncidentAction.TRANSFER_PSYCHOLOGISTS: dict.fromkeys(
            (_OPEN, _ASSIGNED, _EN_ROUTE, _ON_SCENE), _CLOSED
        ),
        IncidentAction.TRANSFER_COUNTY: {_OPEN: _OPEN},
        IncidentAction.REOPEN: {_CLOSED: _OPEN},
        IncidentAction.JOIN: {state: state for state in (_OPEN, _ASSIGNED, _EN_ROUTE, _ON_SCENE)},
        # Confirming where it is, or taking that back.
        IncidentAction.PLACE: {state: state for state in (_OPEN, _ASSIGNED, _EN_ROUTE, _ON_SCENE)},
        IncidentAction.NOTE: {state: state for state in IncidentState},
    }
)

# Actions whose name already says how the incident ended.
IMPLIED_RESOLUTION: Mapping[IncidentAction, Resolution] = MappingProxyType(
    {
        IncidentAction.MISDIAL: Resolution.MISDIAL,
        IncidentAction.TRANSFER_112: Resolution.TRANSFERRED_112,
        IncidentAction.TRANSFER_PSYCHOLOGISTS: Resolution.TRANSFERRED_PSYCHOLOGISTS,
    }
)

_PROGRESS: Mapping[TeamStatus, IncidentState] = MappingProxyType(
    {
        TeamStatus.ASSIGNED: _ASSIGNED,
        TeamStatus.EN_ROUTE: _EN_ROUTE,
        TeamStatus.ON_SCENE: _ON_SCENE,
    }
)
_ORDER = tuple(IncidentState)


def next_state(
    state: IncidentState,
    action: IncidentAction,
    *,
    resolution: Resolution | None = None,
    remaining: Iterable[TeamStatus] = (),
) -> IncidentState:
    """
    Return the state after `action`.

    Parameters
    ----------
    resolution
        How the incident ended; only `close` needs it, see `resolution_of`.
    remaining
        After `leave` or `release`: the statuses of the teams still bound to the
        incident. Without any, it is open again.

    Raises
    ------
    IllegalTransitionError
        `illegal_transition`, or `team_still_assigned` for a transfer to another county.
    ResolutionRequiredError
        `resolution_required`: `close` without a resolution.
    """
    after = TRANSITIONS[action].get(state)
    if after is None:
        raise _refusal(state, action)
    if after is _CLOSED and state is not _CLOSED:
        resolution_of(action, resolution)
    if action in {IncidentAction.LEAVE, IncidentAction.RELEASE}:
        return state_after(remaining)
    return after


def resolution_of(action: IncidentAction, stated: Resolution | None = None) -> Resolution:
    """
    Return the resolution a closing action records.

    Raises
    ------
    ResolutionRequiredError
        `resolution_required`: neither the action nor the person says how it ended.
    """
    resolution = IMPLIED_RESOLUTION.get(action, stated)
    if resolution is None:
        raise ResolutionRequiredError(
            "resolution_required",
            said("an incident cannot be closed without a resolution"),
            said(
                "one of: {choices}",
                choices=listed(coded("resolution", each) for each in Resolution),
            ),
        )
    return resolution


def state_after(statuses: Iterable[TeamStatus]) -> IncidentState:
    """Return the state of an unclosed incident from the statuses of its bound teams."""
    states = (_PROGRESS.get(status, _OPEN) for status in statuses)
    return max(states, key=_ORDER.index, default=_OPEN)


def allowed_actions(state: IncidentState) -> tuple[IncidentAction, ...]:
    """List what may be done in `state`, in table order."""
    return tuple(action for action, row in TRANSITIONS.items() if state in row)


def _refusal(state: IncidentState, action: IncidentAction) -> IllegalTransitionError:
    if action is IncidentAction.TRANSFER_COUNTY and state is not _CLOSED:
        return IllegalTransitionError(
            "team_still_assigned",
            said("the incident cannot go to another county while a team is bound to it"),
            said("release the team first, or keep the incident and ask for mutual aid"),
        )
    return IllegalTransitionError(
        "illegal_transition",
        said(
            "an incident that is {state} cannot {action}",
            state=coded("incident.state", state),
            action=coded("incident.action", action),
        ),
        said(
            "possible now: {possible}",
            possible=listed(coded("incident.action", each) for each in allowed_actions(state)),
        ),
    )
