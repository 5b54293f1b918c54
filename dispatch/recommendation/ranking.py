"""
Which teams can go, in which order, and why: the proposal a dispatcher decides on.

Hard filters, exact times to the area, ranking, reasons, shortfalls; no clock, no
database, no road of its own. No suitable team is a result with a reason, never an
exception. The owner county stays responsible whoever goes.

The order is by time, with `mutual_aid_margin_s` added to teams of other counties. One
number per team decides, so a team's rank does not depend on the order in which teams
are given, and taking a team away never moves another one down.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from math import inf
from uuid import UUID

from dispatch.model import (
    Candidate,
    Excluded,
    Exclusion,
    RankReason,
    Recommendation,
    Shortfall,
    ShortfallReason,
    TimeSource,
    TravelTime,
)
from dispatch.policy import RecommendationPolicy
from dispatch.ports import TravelTimePort
from dispatch.recommendation.area_times import times_to_area
from dispatch.recommendation.eligibility import (
    Demand,
    exclusions,
    is_ready,
    starting_place,
    starts_from_base,
)
from dispatch.recommendation.sampled_area import SampledArea
from dispatch.recommendation.wording import (
    TeamFacts,
    candidate_sentence,
    excluded_sentence,
    shortfall_sentence,
)
from dispatch.words.catalogue import in_each
from teams.model import PositionAge, Team
from teams.positions import age_of, age_s


@dataclass(frozen=True, slots=True)
class _Runner:
    """A team that can go, with its time; `handicap_s` is added for the order only."""

    team: Team
    seconds: float
    time: TravelTime
    is_own: bool
    handicap_s: float

    @property
    def order(self) -> tuple[float, bool, str, str]:
        return (
            self.seconds + self.handicap_s,
            not self.is_own,
            self.team.callsign,
            str(self.team.id),
        )


# One argument per fact of the question, all by name.
def recommend(
    *,
    area: SampledArea,
    teams: Sequence[Team],
    owner: str,
    neighbours: Collection[str],
    travel: TravelTimePort,
    now: datetime,
    policy: RecommendationPolicy | None = None,
    required: frozenset[str] = frozenset(),
    declined: frozenset[UUID] = frozenset(),
) -> Recommendation:
    """
    Rank the teams that can reach an area, by median seconds on the road.

    Parameters
    ----------
    area
        Weighted places that stand for the caller location, EPSG:4326.
    teams
        Everything that might go; teams that cannot are returned with their reasons.
    owner
        Code of the responsible county; its own teams come first within the margin.
    neighbours
        Codes of the counties that may help.
    travel
        Road times; where they are estimates the candidate says so.
    now
        Moment of the question, aware UTC.
    policy
        Bounds of the filters and the ranking.
    required
        Capabilities that a team must all have.
    declined
        Teams that have declined to go to this incident.

    Returns
    -------
    recommendation
        Every team exactly once, as candidate or as excluded.

    Notes
    -----
    One call of `travel.matrix` with all remaining teams.

    Examples
    --------
    Two teams of sector 3, one a few streets away and one across the sector:

    >>> from datetime import UTC
    >>> from uuid import UUID
    >>> from geodata.points import LonLat
    >>> from geodata.travel.travel_times import load_travel_times
    >>> from teams.model import PositionReport, TeamStatus
    >>> now = datetime(2026, 11, 27, 16, tzinfo=UTC)
    >>> def team(number: int, place: LonLat) -> Team:
    ...     position = PositionReport(UUID(int=number), place, now, now, accuracy_m=10.0)
    ...     return Team(
    ...         UUID(int=number),
    ...         f"B3-{number}",
    ...         "B3",
    ...         TeamStatus.AVAILABLE,
    ...         staffing=2,
    ...         position=position,
    ...     )
    >>> proposal = recommend(
    ...     area=SampledArea.of_place(LonLat(26.1025, 44.4353)),
    ...     teams=[team(1, LonLat(26.16, 44.42)), team(2, LonLat(26.11, 44.43))],
    ...     owner="B3",
    ...     neighbours=["IF"],
    ...     travel=load_travel_times(),
    ...     now=now,
    ... )
    >>> [candidate.callsign for candidate in proposal.candidates]
    ['B3-2', 'B3-1']
    >>> [str(reason) for reason in proposal.candidates[0].reasons]
    ['fastest', 'own_county']
    """
    rules = policy or RecommendationPolicy()
    demand = Demand(owner, frozenset(neighbours), required, now, rules, declined)
    faults = {team.id: exclusions(team, demand) for team in teams}
    able = [team for team in teams if not faults[team.id]]
    times = times_to_area(
        [starting_place(team, demand) for team in able],
        area,
        travel=travel,
        at=now,
        policy=demand.policy,
    )
    closures = {team.id: time.closures for team, time in zip(able, times, strict=True)}
    runners: list[_Runner] = []
    for team, time in zip(able, times, strict=True):
        if time.seconds is None:
            faults[team.id] = (Exclusion.UNREACHABLE,)
        else:
            runners.append(_runner(team, time.seconds, time, demand))
    runners.sort(key=lambda runner: runner.order)
    ready = Counter(team.county for team in teams if is_ready(team, demand))
    excluded = [
        _excluded(team, faults[team.id], demand, closures.get(team.id, 0))
        for team in teams
        if faults[team.id]
    ]
    return Recommendation(
        at=now,
        destination=area.middle(),
        candidates=_candidates(runners, ready, demand),
        excluded=tuple(sorted(excluded, key=lambda team: (team.callsign, str(team.team_id)))),
        shortfalls=_shortfalls(runners, teams, faults, demand),
        coverage_left=_coverage_left(runners, ready, demand),
    )


def _runner(team: Team, seconds: float, time: TravelTime, demand: Demand) -> _Runner:
    is_own = team.county == demand.owner
    handicap_s = 0.0 if is_own else demand.policy.mutual_aid_margin_s
    return _Runner(team, seconds, time, is_own, handicap_s)


# ── candidates ────────────────────────────────────────────────────────────────
def _candidates(
    runners: Sequence[_Runner], ready: Mapping[str, int], demand: Demand
) -> tuple[Candidate, ...]:
    standings = _standings(runners)
    return tuple(
        _candidate(
            rank,
            runner,
            (*standing, *_remarks(runner, demand, is_last=ready[runner.team.county] == 1)),
            demand,
        )
        for rank, (runner, standing) in enumerate(zip(runners, standings, strict=True), start=1)
    )


def _candidate(
    rank: int, runner: _Runner, reasons: tuple[RankReason, ...], demand: Demand
) -> Candidate:
    team, position = runner.team, runner.team.position
    facts = _facts(team, demand, runner.time.closures)
    return Candidate(
        rank=rank,
        team_id=team.id,
        callsign=team.callsign,
        county=team.county,
        travel_time=runner.time,
        eta_at=demand.now + timedelta(seconds=runner.seconds),
        position_age_s=facts.age_s,
        position_age=age_of(position, demand.now, demand.policy.position) if position else "none",
        reasons=reasons,
        explanation=in_each(partial(candidate_sentence, facts, runner.time, reasons)),
    )


def _standings(runners: Sequence[_Runner]) -> list[tuple[RankReason, ...]]:
    """Say for each rank how it came about: by time, by ownership, or by the margin."""
    fastest_s = min((runner.seconds for runner in runners), default=0.0)
    own_ranks = [rank for rank, runner in enumerate(runners) if runner.is_own]
    standings: list[tuple[RankReason, ...]] = []
    overtaken_s = inf  # fastest neighbour among those ranked below
    # From the last rank upwards: whether an own team was preferred depends on the neighbours
    # ranked below it.
    for rank, runner in reversed(list(enumerate(runners))):
        by_time = RankReason.FASTEST if runner.seconds <= fastest_s else RankReason.SLOWER
        if runner.is_own:
            is_preferred = overtaken_s < runner.seconds
            preferred = (RankReason.OWN_COUNTY_PREFERRED,) * is_preferred
            standings.append((by_time, RankReason.OWN_COUNTY, *preferred))
        else:
            overtaken_s = min(overtaken_s, runner.seconds)
            is_ahead = bool(own_ranks) and rank < own_ranks[0]
            faster = (RankReason.MUTUAL_AID_FASTER,) * is_ahead
            standings.append((by_time, RankReason.MUTUAL_AID, *faster))
    return standings[::-1]


def _remarks(runner: _Runner, demand: Demand, *, is_last: bool) -> list[RankReason]:
    """Name what a dispatcher should check before following the proposal."""
    team = runner.team
    remarks = []
    if starts_from_base(team, demand):
        remarks.append(RankReason.BASE_POSITION)
    elif team.position is not None and (
        age_of(team.position, demand.now, demand.policy.position) is PositionAge.AGEING
    ):
        remarks.append(RankReason.AGEING_POSITION)
    if runner.time.source is TimeSource.ESTIMATE:
        remarks.append(RankReason.ESTIMATED_TIME)
    if runner.time.closures:
        remarks.append(RankReason.CLOSURES_IN_FORCE)
    if is_last:
        remarks.append(RankReason.LAST_IN_COUNTY)
    return remarks


def _facts(team: Team, demand: Demand, closures: int) -> TeamFacts:
    age = age_s(team.position, demand.now) if team.position else None
    return TeamFacts(team, demand.owner, demand.required, age, demand.policy, closures)


# ── what cannot be filled, what is left ───────────────────────────────────────
def _excluded(
    team: Team, reasons: tuple[Exclusion, ...], demand: Demand, closures: int
) -> Excluded:
    facts = _facts(team, demand, closures)
    return Excluded(
        team_id=team.id,
        callsign=team.callsign,
        county=team.county,
        reasons=reasons,
        position_age_s=facts.age_s,
        explanation=in_each(partial(excluded_sentence, facts, reasons)),
    )


# Read from the top: the first row that explains every team of a county names the shortfall.
_WHY_NONE: tuple[tuple[ShortfallReason, frozenset[Exclusion]], ...] = (
    (ShortfallReason.ALL_OFF_SHIFT, frozenset({Exclusion.OFF_SHIFT})),
    (ShortfallReason.ALL_BUSY, frozenset({Exclusion.NOT_AVAILABLE})),
    (ShortfallReason.ALL_UNDERSTAFFED, frozenset({Exclusion.UNDERSTAFFED})),
    (ShortfallReason.NONE_CAPABLE, frozenset({Exclusion.MISSING_CAPABILITY})),
    (
        ShortfallReason.ALL_STALE,
        frozenset({Exclusion.NO_POSITION, Exclusion.STALE_POSITION, Exclusion.INACCURATE_POSITION}),
    ),
    (ShortfallReason.NONE_REACHABLE, frozenset({Exclusion.UNREACHABLE})),
)


def _shortfalls(
    runners: Sequence[_Runner],
    teams: Sequence[Team],
    faults: Mapping[UUID, tuple[Exclusion, ...]],
    demand: Demand,
) -> tuple[Shortfall, ...]:
    """Report an owner without a team, and neighbours only when nobody at all can go."""
    own = [faults[team.id] for team in teams if team.county == demand.owner]
    near = [faults[team.id] for team in teams if team.county in demand.neighbours]
    groups: list[tuple[str | None, list[tuple[Exclusion, ...]]]] = []
    if not any(runner.is_own for runner in runners):
        groups.append((demand.owner, own))
    if not runners and demand.neighbours:
        groups.append((None, near))
    return tuple(
        Shortfall(reason, in_each(partial(shortfall_sentence, where, reason)))
        for where, group in groups
        for reason in [_why_none(group)]
    )


def _why_none(group: Sequence[tuple[Exclusion, ...]]) -> ShortfallReason:
    if not group:
        return ShortfallReason.NO_TEAMS
    for reason, explains in _WHY_NONE:
        if all(explains.intersection(faults) for faults in group):
            return reason
    return ShortfallReason.MIXED


def _coverage_left(
    runners: Sequence[_Runner], ready: Mapping[str, int], demand: Demand
) -> dict[str, int]:
    """Count the ready teams each touched county keeps if the first candidate goes."""
    touched = {demand.owner, *(runner.team.county for runner in runners)}
    first = runners[0].team.county if runners else None
    return {county: ready[county] - (county == first) for county in sorted(touched)}
