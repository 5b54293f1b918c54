"""
What vehicles' own tracks say about speeds: legs as driven beside the same legs at free flow.

`geodata.roads.profiles.refit` fits a speed profile to the result.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from geodata.errors import BadInputError
from geodata.points import LonLat
from geodata.roads.index import RoadIndex
from geodata.roads.profiles import Drive, Refit, SpeedProfile, refit
from geodata.said import said

LEAST_TRACKS = 4
"""Two to learn from and two to test on; fewer say more about a driver than about roads."""

LEG_S, LONGEST_GAP_S = 180.0, 60.0
"""Least duration of a leg; a longer silence than the second ends the leg before it."""

LEAST_MOVED_MS, MAX_SNAP_M = 15_000, 50.0
"""A leg shorter than this at free flow is a vehicle that stands; farther off, it is on no road."""


@dataclass(frozen=True, slots=True)
class Track:
    """Positions of one vehicle in the order of time: aware instants and places."""

    times: tuple[datetime, ...]
    places: tuple[LonLat, ...]


def find_drives(index: RoadIndex, tracks: Iterable[Track]) -> list[Drive]:
    """
    Legs of moving vehicles with the time they took and their time at free flow.

    Free flow is that of the fastest way between the two ends of a leg; a leg
    is short enough that most are driven that way.
    """
    return [
        replace(drive, track=number)
        for number, track in enumerate(tracks)
        for drive in _drives_of(index, track)
    ]


def refit_from_tracks(index: RoadIndex, tracks: Sequence[Track], profile: SpeedProfile) -> Refit:
    """
    Fit a profile to vehicles' own tracks, with its error before and after on held-out ones.

    Raises
    ------
    RefusedError
        `too_few_tracks`, `too_few_drives`; `refit_no_better` when the factors fitted
        are worse on tracks they have not seen than those there were.
    """
    # Free flow is that of open roads, whatever is closed at this moment.
    drives = find_drives(index.with_weights(index.open_ms), tracks)
    driven = len({one.track for one in drives})
    if driven < LEAST_TRACKS:
        raise BadInputError(
            "too_few_tracks",
            said("{driven} tracks with a drive are too few to fit speeds", driven=driven),
            said("at least {least}: a track is one team on one day", least=LEAST_TRACKS),
        )
    found = refit(drives, profile)
    if found.error_after > found.error_before:
        raise BadInputError(
            "refit_no_better",
            said(
                "on {held_out} drives held out the median error would go "
                "from {error_before:.0%} to {error_after:.0%}",
                held_out=found.held_out,
                error_before=found.error_before,
                error_after=found.error_after,
            ),
            said("the profile stays as it is; try again with more days"),
        )
    return found


def cut_legs(track: Track) -> list[tuple[int, int]]:
    """First and last position of each leg of `LEG_S` or a little more, without silences."""
    legs: list[tuple[int, int]] = []
    start = 0
    for i in range(1, len(track.times)):
        gap = (track.times[i] - track.times[i - 1]).total_seconds()
        if not 0 <= gap <= LONGEST_GAP_S:
            start = i
        elif (track.times[i] - track.times[start]).total_seconds() >= LEG_S:
            legs.append((start, i))
            start = i
    return legs


def _drives_of(index: RoadIndex, track: Track) -> Iterator[Drive]:
    if not track.places:
        return
    lons, lats = np.array(track.places, np.float64).T.copy()
    starts, ends = (
        index.place(lons, lats, max_distance_m=MAX_SNAP_M, outward=outward, is_car=True)
        for outward in (True, False)
    )
    for first, last in cut_legs(track):
        start, end = starts.get(first), ends.get(last)
        way = index.find_way(start, end) if start and end else None
        if way is not None and way.time_ms >= LEAST_MOVED_MS:
            driven_s = (track.times[last] - track.times[first]).total_seconds()
            yield Drive(track.times[first], driven_s, way.time_ms / 1000)
