"""
Travel times to an area instead of to a point.

A caller location is an area, so the time to it is a distribution. The area is given as
weighted points (people live at some of them and not at others); the times to them
become a median and a spread. Places are EPSG:4326, times seconds.

A drive to one known place is uncertain too. Its range (`late_s`: nine of ten drives) comes
from the speed profile. Area and road are two independent reasons to be late, so their
distances from the median are added as such: logarithms, squared.
"""

from collections.abc import Sequence
from datetime import datetime
from math import isfinite

import numpy as np

from dispatch.model import TimeSource, TravelTime
from dispatch.policy import RecommendationPolicy
from dispatch.ports import Floats, TravelTimePort
from dispatch.recommendation.sampled_area import SampledArea
from geodata.points import Origin

# Weights that should sum to a bound may miss it by rounding; this much is forgiven.
_ROUNDING = 1e-9
_NO_TIMES: Floats = np.full(3, np.inf)


def times_to_area(
    origins: Sequence[Origin],
    area: SampledArea,
    *,
    travel: TravelTimePort,
    at: datetime,
    policy: RecommendationPolicy,
) -> list[TravelTime]:
    """
    Return one travel time per origin: median, 10th and 90th percentile over the area.

    `seconds` is None where more than `policy.unreachable_share_max` of the area cannot
    be reached; `p90_s` alone is None where the unreachable part is smaller.
    """
    if not origins:
        return []
    seconds, is_estimate = travel.matrix(origins, area.points, at=at)
    reached = np.isfinite(seconds)
    estimated = (is_estimate & reached) @ area.weights
    is_reachable = ~reached @ area.weights <= policy.unreachable_share_max + _ROUNDING
    # Where there is no way the time is infinite, which pushes percentiles up and never down.
    times = np.where(reached, seconds, np.inf)
    spreads = weighted_quantiles(times, area.weights, (0.1, 0.5, 0.9))
    late = latest_s(spreads[:, 1], spreads[:, 2], travel.late_s(spreads[:, 1], at=at))
    gap_m = weighted_quantiles(travel.off_road_m(area.points)[None, :], area.weights, (0.5,))
    off_road_m = float(gap_m[0, 0]) if isfinite(gap_m[0, 0]) else None
    profile, closures = travel.profile_name(at), travel.closures_near(origins, area.middle())
    return [
        _travel_time(
            spread if reachable else _NO_TIMES,
            TimeSource.ESTIMATE if share > policy.estimate_share_max else TimeSource.ROAD,
            profile,
            closures=near,
            late_s=_finite(late_s) if reachable else None,
            off_road_m=off_road_m,
        )
        for spread, reachable, share, near, late_s in zip(
            spreads, is_reachable, estimated, closures, late, strict=True
        )
    ]


def weighted_quantiles(values: Floats, weights: Floats, shares: Sequence[float]) -> Floats:
    """
    Return, per row, the smallest values that at least each share of the weight reaches.

    `values` is (rows, points), `weights` (points) and sums to 1; the answer is
    (rows, shares). Infinite values are allowed and come last.
    """
    order = np.argsort(values, axis=1, kind="stable")
    reached = np.cumsum(weights[order], axis=1)
    last = values.shape[1] - 1
    steps = [np.minimum((reached < share - _ROUNDING).sum(axis=1), last) for share in shares]
    columns = np.take_along_axis(order, np.stack(steps, axis=1), axis=1)
    return np.take_along_axis(values, columns, axis=1)


def latest_s(median: Floats, far: Floats, late: Floats) -> Floats:
    """
    Seconds that nine of ten arrivals do not exceed, by area and road together.

    `median` and `far` are the 50th and 90th percentile over the area, `late` what nine of
    ten drives of the median's length do not exceed. Infinite where `far` is.
    """
    usable = np.isfinite(far) & (median > 0)
    late_by = np.ones((2, len(median)))
    np.divide(far, median, out=late_by[0], where=usable)
    np.divide(late, median, out=late_by[1], where=usable)
    together = median * np.exp(np.hypot(*np.log(np.maximum(late_by, 1.0))))
    # No time at all to half of the area: nothing to scale, the area's own end stands.
    return np.where(usable, together, far)


def _travel_time(
    spread: Floats,
    source: TimeSource,
    profile: str,
    *,
    closures: int,
    late_s: float | None,
    off_road_m: float | None,
) -> TravelTime:
    p10_s, seconds, p90_s = (_finite(value) for value in spread)
    # An estimate knows no roads, so closures cannot have changed it, and it goes to the place.
    by_road = source is TimeSource.ROAD
    return TravelTime(
        seconds,
        p10_s,
        p90_s,
        source,
        profile,
        closures=closures if by_road else 0,
        late_s=late_s,
        off_road_m=off_road_m if by_road and seconds is not None else None,
    )


def _finite(value: float) -> float | None:
    return float(value) if isfinite(value) else None
