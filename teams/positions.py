"""
Whether a position report may move a team on the map, and how far it may be trusted.

Every report carries three clocks: `device_at` (sent), `fix_at` (measured) and
`received_at` (ours). Acceptance is the list `POSITION_RULES`; each entry asks one question. A
report that fails one is kept in the history, or refused, and always says why. Nothing
here reads a clock or stores anything. Places are EPSG:4326, distances geodesic metres.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import isfinite

from geodata.crs import distance_m
from geodata.instants import is_sensible
from geodata.points import LonLat, Moving, Origin
from teams.model import PositionAge, PositionReport

HEADING_FROM_MS = 3.0
"""Metres per second. The heading of a slower car is noise: it is taken from how the fix moves."""

# Romania's bounding box, EPSG:4326 degrees.
_WEST, _SOUTH, _EAST, _NORTH = 20.26, 43.62, 29.76, 48.27


@dataclass(frozen=True, slots=True)
class PositionPolicy:
    """
    Bounds for positions, each with its operational reason.

    Attributes
    ----------
    ageing_after_s
        A phone reports once a minute; after two minutes at least one report is missing.
    stale_after_s
        In ten minutes a car crosses a Bucharest sector: a ranking by that place would
        be a guess, and a guess must not look like an answer.
    future_tolerance_s
        Phone clocks that follow the network differ by seconds; two minutes ahead is a
        wrong clock, and believing it would keep every later report off the map.
    retention_s
        Tracks of staff are kept for at most thirty days (Law 190/2018, article 5);
        an older fix is a broken clock or would be deleted on arrival.
    speed_max_ms
        200 km/h: no car of a child-protection team drives faster on any Romanian road.
    jump_memory_s
        A jump is measured against the last place only this long. If that place was the
        wrong one (jammed GPS), the team comes back to the map by itself afterwards.
    accuracy_max_m
        One kilometre is a cell tower, not a fix: two minutes of driving in town.
    outside_margin_deg
        About 100 km beyond the border: crews cross borders, they do not reach Vienna.
        Jammed and spoofed receivers at the Black Sea do.
    """

    ageing_after_s: float = 120.0
    stale_after_s: float = 600.0
    future_tolerance_s: float = 120.0
    retention_s: float = 30 * 86_400.0
    speed_max_ms: float = 200 / 3.6
    jump_memory_s: float = 300.0
    accuracy_max_m: float = 1_000.0
    outside_margin_deg: float = 1.0


class Verdict(StrEnum):
    """What happens to a report. A duplicate is `history_only`: storing it again changes nothing."""

    LIVE = "live"
    HISTORY_ONLY = "history_only"
    REFUSED = "refused"


class Doubt(StrEnum):
    """What is wrong with a report."""

    NO_PLACE = "no_place"
    NULL_ISLAND = "null_island"
    NO_TIME = "no_time"
    TOO_OLD = "too_old"
    FUTURE_FIX = "future_fix"
    DUPLICATE = "duplicate"
    OLDER_THAN_NEWEST = "older_than_newest"
    IMPOSSIBLE_JUMP = "impossible_jump"
    OUTSIDE_COUNTRY = "outside_country"
    POOR_ACCURACY = "poor_accuracy"
    COARSER_THAN_NEWEST = "coarser_than_newest"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, every doubt, and the report to store (its clock repaired if needed)."""

    verdict: Verdict
    reasons: tuple[Doubt, ...]
    report: PositionReport


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one question may look at: the report, the newest one before it, the time."""

    report: PositionReport
    latest: PositionReport | None
    now: datetime
    policy: PositionPolicy


def judge(
    report: PositionReport,
    latest: PositionReport | None,
    now: datetime,
    policy: PositionPolicy | None = None,
) -> Judgement:
    """
    Decide what happens to a report, given the team's newest live one.

    All datetimes are aware. The verdict is the strictest of all doubts; without a
    doubt the report is live.

    Examples
    --------
    >>> from datetime import UTC, timedelta
    >>> from uuid import UUID
    >>> from geodata.points import LonLat
    >>> now = datetime(2026, 11, 27, 16, tzinfo=UTC)
    >>> measured = now - timedelta(seconds=5)
    >>> report = PositionReport(UUID(int=7), LonLat(26.1025, 44.4353), measured, now)
    >>> judge(report, None, now).verdict
    <Verdict.LIVE: 'live'>

    A fix in Cluj five seconds after one in Bucharest is kept, but moves nobody:

    >>> far = PositionReport(UUID(int=7), LonLat(23.59, 46.77), now, now)
    >>> judgement = judge(far, report, now)
    >>> judgement.verdict, judgement.reasons
    (<Verdict.HISTORY_ONLY: 'history_only'>, (<Doubt.IMPOSSIBLE_JUMP: 'impossible_jump'>,))
    """
    seen = Sighting(report, latest, now, policy or PositionPolicy())
    wrong_clock = is_from_the_future(seen) and not has_no_time(seen)
    if wrong_clock:
        # Only the clock is wrong, the place is right. The time of arrival replaces the fix's own,
        # or this report would count as newest until the wrong clock's moment has come.
        seen = replace(seen, report=replace(report, fix_at=report.received_at))
    doubts = [(rule.doubt, rule.verdict) for rule in POSITION_RULES if rule.asks(seen)]
    if wrong_clock:
        doubts.append((Doubt.FUTURE_FIX, Verdict.LIVE))
    return Judgement(
        verdict=max((verdict for _, verdict in doubts), key=_STRICT.index, default=Verdict.LIVE),
        reasons=tuple(doubt for doubt, _ in doubts),
        report=seen.report,
    )


def age_s(report: PositionReport, now: datetime) -> float:
    """Seconds since the place was measured; never negative (clocks differ by a little)."""
    return max(0.0, (now - report.fix_at).total_seconds())


def age_of(
    report: PositionReport, now: datetime, policy: PositionPolicy | None = None
) -> PositionAge:
    """Classify a report by its age; a bound itself still belongs to the younger class."""
    bounds = policy or PositionPolicy()
    seconds = age_s(report, now)
    if seconds > bounds.stale_after_s:
        return PositionAge.STALE
    return PositionAge.AGEING if seconds > bounds.ageing_after_s else PositionAge.FRESH


def is_accurate(report: PositionReport, policy: PositionPolicy | None = None) -> bool:
    """Tell whether a travel time from this place means anything; unknown accuracy passes."""
    bounds = policy or PositionPolicy()
    return report.accuracy_m is None or report.accuracy_m <= bounds.accuracy_max_m


def origin_of(report: PositionReport) -> Origin:
    """Return where a drive from this position starts, with its direction while the car moves."""
    heading, speed = report.heading_deg, report.speed_ms
    if heading is None or speed is None or speed < HEADING_FROM_MS or not isfinite(heading):
        return report.place
    return Moving(report.place, heading)


# ── the questions ─────────────────────────────────────────────────────────────
def has_no_place(seen: Sighting) -> bool:
    """Is a coordinate missing, not finite or not on Earth?"""
    lon, lat = seen.report.place
    return not (isfinite(lon) and isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90)


def is_null_island(seen: Sighting) -> bool:
    """Is it 0,0, where receivers without a fix live?"""
    lon, lat = seen.report.place
    return abs(lon) < 0.01 and abs(lat) < 0.01


def has_no_time(seen: Sighting) -> bool:
    """Does one of the phone's clocks show another century?"""
    told = (seen.report.fix_at, seen.report.device_at)
    return not all(is_sensible(at) for at in told if at is not None)


def is_too_old(seen: Sighting) -> bool:
    """Is it older than anything we may keep?"""
    return _seconds(seen.report.fix_at, seen.report.received_at) > seen.policy.retention_s


def is_from_the_future(seen: Sighting) -> bool:
    """Does the device claim to have measured after we received?"""
    tolerance = timedelta(seconds=seen.policy.future_tolerance_s)
    return seen.report.fix_at > seen.report.received_at + tolerance


def is_duplicate(seen: Sighting) -> bool:
    """Did the phone send its newest fix again?"""
    new, old = seen.report, seen.latest
    if old is None or new.place != old.place:
        return False
    # Of two copies whose clock was repaired, `fix_at` is the time of arrival and differs.
    # `device_at` is the phone's own and stays the same.
    same_sending = new.device_at is not None and new.device_at == old.device_at
    return new.fix_at == old.fix_at or same_sending


def is_older_than_newest(seen: Sighting) -> bool:
    """Was it measured before the newest one (a buffer sent after a dead zone)?"""
    old = seen.latest
    return old is not None and seen.report.fix_at <= old.fix_at and not is_duplicate(seen)


def is_impossible_jump(seen: Sighting) -> bool:
    """Would the team have had to fly from its last place?"""
    new, old = seen.report, seen.latest
    if old is None or has_no_place(seen):
        return False
    elapsed_s = _seconds(old.fix_at, new.fix_at)
    if not 0 < elapsed_s <= seen.policy.jump_memory_s:
        return False
    # Each fix may be wrong by its accuracy, so only the rest of the distance was driven.
    blur_m = (new.accuracy_m or 0.0) + (old.accuracy_m or 0.0)
    driven_m = distance_m(*old.place, *new.place) - blur_m
    # A second at least: two fixes of one second may differ by a car's length and more.
    return driven_m > seen.policy.speed_max_ms * max(elapsed_s, 1.0)


def is_far_outside(seen: Sighting) -> bool:
    """Does it lie far outside Romania?"""
    return not has_no_place(seen) and not _near_romania(seen.report.place, seen.policy)


def is_inaccurate(seen: Sighting) -> bool:
    """Is it too coarse for a travel time?"""
    return not is_accurate(seen.report, seen.policy)


def is_coarser_than_newest(seen: Sighting) -> bool:
    """Would a coarse place push a good and still fresh one off the map?"""
    old = seen.latest
    return (
        is_inaccurate(seen)
        and old is not None
        and is_accurate(old, seen.policy)
        and age_of(old, seen.now, seen.policy) is PositionAge.FRESH
    )


@dataclass(frozen=True, slots=True)
class PositionRule:
    """One question about a position, the doubt a yes raises, the verdict of that doubt."""

    doubt: Doubt
    verdict: Verdict
    asks: Callable[[Sighting], bool]


POSITION_RULES: tuple[PositionRule, ...] = (
    PositionRule(Doubt.NO_PLACE, Verdict.REFUSED, has_no_place),
    PositionRule(Doubt.NULL_ISLAND, Verdict.REFUSED, is_null_island),
    PositionRule(Doubt.NO_TIME, Verdict.REFUSED, has_no_time),
    PositionRule(Doubt.TOO_OLD, Verdict.REFUSED, is_too_old),
    PositionRule(Doubt.DUPLICATE, Verdict.HISTORY_ONLY, is_duplicate),
    PositionRule(Doubt.OLDER_THAN_NEWEST, Verdict.HISTORY_ONLY, is_older_than_newest),
    PositionRule(Doubt.IMPOSSIBLE_JUMP, Verdict.HISTORY_ONLY, is_impossible_jump),
    PositionRule(Doubt.OUTSIDE_COUNTRY, Verdict.HISTORY_ONLY, is_far_outside),
    PositionRule(Doubt.COARSER_THAN_NEWEST, Verdict.HISTORY_ONLY, is_coarser_than_newest),
    PositionRule(Doubt.POOR_ACCURACY, Verdict.LIVE, is_inaccurate),
)
# From the mildest to the strictest.
_STRICT = (Verdict.LIVE, Verdict.HISTORY_ONLY, Verdict.REFUSED)


def _near_romania(place: LonLat, policy: PositionPolicy) -> bool:
    margin = policy.outside_margin_deg
    return (
        _WEST - margin <= place.lon <= _EAST + margin
        and _SOUTH - margin <= place.lat <= _NORTH + margin
    )


def _seconds(before: datetime, after: datetime) -> float:
    return (after - before).total_seconds()
