"""
The hard filters: whether a team can go at all, and from which place it would start.

Each filter answers one question about one team and is asked whatever the others say,
so an excluded team carries every reason. Reachability is not here: it needs the road.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dispatch.model import Exclusion
from dispatch.policy import RecommendationPolicy
from geodata.points import Origin
from teams.model import PositionAge, Team, TeamStatus
from teams.positions import age_of, is_accurate, origin_of


@dataclass(frozen=True, slots=True)
class Demand:
    """
    What an incident asks of a team, and under which rules. `now` is aware, UTC.

    `declined` are the teams that have declined to go to it.
    """

    owner: str
    neighbours: frozenset[str]
    required: frozenset[str]
    now: datetime
    policy: RecommendationPolicy
    declined: frozenset[UUID] = frozenset()


def exclusions(team: Team, demand: Demand) -> tuple[Exclusion, ...]:
    """List every reason why a team cannot go, in the order of the filters."""
    return tuple(reason for reason, applies in FILTERS if applies(team, demand))


def starting_place(team: Team, demand: Demand) -> Origin:
    """Return where the team starts from; only for a team without exclusions."""
    if team.position is not None and not _position_faults(team, demand):
        return origin_of(team.position)
    if team.base is None:
        raise LookupError(f"team {team.callsign} has no place to start from")
    return team.base


def starts_from_base(team: Team, demand: Demand) -> bool:
    """Tell whether the team has no usable position, but policy lets its base stand in."""
    return (
        demand.policy.use_base_when_no_position
        and team.base is not None
        and bool(_position_faults(team, demand))
    )


def is_ready(team: Team, demand: Demand) -> bool:
    """Tell whether a team covers its county: on shift, staffed and free, wherever it is."""
    return not any(applies(team, demand) for applies in (_not_available, _off_shift, _understaffed))


def _other_county(team: Team, demand: Demand) -> bool:
    return team.county != demand.owner and team.county not in demand.neighbours


def _declined(team: Team, demand: Demand) -> bool:
    return team.id in demand.declined


def _not_available(team: Team, _: Demand) -> bool:
    return team.status is not TeamStatus.AVAILABLE


def _off_shift(team: Team, _: Demand) -> bool:
    return not team.on_shift


def _understaffed(team: Team, demand: Demand) -> bool:
    return team.staffing < demand.policy.staffing_min


def _incapable(team: Team, demand: Demand) -> bool:
    return not demand.required <= team.capabilities


def _position_faults(team: Team, demand: Demand) -> tuple[Exclusion, ...]:
    if team.position is None:
        return (Exclusion.NO_POSITION,)
    bounds = demand.policy.position
    is_stale = age_of(team.position, demand.now, bounds) is PositionAge.STALE
    return (Exclusion.STALE_POSITION,) * is_stale + (Exclusion.INACCURATE_POSITION,) * (
        not is_accurate(team.position, bounds)
    )


def _position_filter(fault: Exclusion) -> Callable[[Team, Demand], bool]:
    def applies(team: Team, demand: Demand) -> bool:
        return not starts_from_base(team, demand) and fault in _position_faults(team, demand)

    return applies


FILTERS: tuple[tuple[Exclusion, Callable[[Team, Demand], bool]], ...] = (
    (Exclusion.OTHER_COUNTY, _other_county),
    (Exclusion.DECLINED, _declined),
    (Exclusion.NOT_AVAILABLE, _not_available),
    (Exclusion.OFF_SHIFT, _off_shift),
    (Exclusion.UNDERSTAFFED, _understaffed),
    (Exclusion.MISSING_CAPABILITY, _incapable),
    (Exclusion.NO_POSITION, _position_filter(Exclusion.NO_POSITION)),
    (Exclusion.STALE_POSITION, _position_filter(Exclusion.STALE_POSITION)),
    (Exclusion.INACCURATE_POSITION, _position_filter(Exclusion.INACCURATE_POSITION)),
)
