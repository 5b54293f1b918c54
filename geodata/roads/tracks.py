"""
What vehicles' own tracks say about speeds: drives as they were beside the same at free flow.

A track is cut in two ways: into legs of some minutes, of which there are many and which say
how fast streets are, and into whole drives from standing to standing, which say how long
setting off and parking take and how sure a time is. `geodata.roads.refit` fits a speed
profile to the result.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geodata.crs import distance_m
from geodata.errors import BadInputError
from geodata.points import LonLat
from geodata.roads.belts import find_belts
from geodata.roads.index import RoadIndex, Way
from geodata.roads.network import Floats, Int32s
from geodata.roads.profiles import SpeedProfile
from geodata.roads.refit import Drive, Refit, refit
from geodata.roads.routes import driven_spans
from geodata.roads.snapping import SnappedMany
from geodata.roads.zones import find_country_shares
from geodata.said import said

LEAST_TRACKS = 4
"""Two to learn from and two to test on; fewer say more about a driver than about roads."""

LEG_S, LONGEST_GAP_S = 180.0, 60.0
"""Least duration of a leg; a longer silence than the second ends the leg before it."""

STOOD_S, STOOD_M = 120.0, 60.0
"""So long within so many metres, a vehicle has stood: one drive is over. Lights are shorter."""

LONGEST_DRIVE_S, MOST_DETOUR = 7200.0, 2.0
"""A longer drive, or one that took this many times the length of its way, had stops between."""

LEAST_MOVED_MS, MAX_SNAP_M = 15_000, 50.0
"""A leg shorter than this at free flow is a vehicle that stands; farther off, it is on no road."""

IN_COUNTRY_SHARE = 0.1
"""Of free flow: with more of it outside big cities, a drive says nothing about a city's hours."""


@dataclass(frozen=True, slots=True)
class Track:
    """Positions of one vehicle in the order of time: aware instants and places."""

    times: tuple[datetime, ...]
    places: tuple[LonLat, ...]


def find_drives(index: RoadIndex, tracks: Iterable[Track], profile: SpeedProfile) -> list[Drive]:
    """
    Legs and whole drives of moving vehicles: seconds taken beside free flow by belt.

    The way of each is the fastest between its two ends at the profile's usual times. Whatever
    is closed at this moment counts as open. Drives with more than `IN_COUNTRY_SHARE` outside
    big cities, where no hour holds, are left out.
    """
    roads = _Roads(index.with_profile(profile), profile)
    return [
        replace(drive, track=number)
        for number, track in enumerate(tracks)
        for drive in _drives_of(roads, track)
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
    drives = find_drives(index, tracks, profile)
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


def cut_drives(track: Track) -> list[tuple[int, int]]:
    """Last position before and first position after each drive, from standing to standing."""
    stands = _find_stands(track)
    return [
        (before[1], after[0])
        for before, after in pairwise(stands)
        if not _has_silence(track, before[1], after[0])
    ]


def _find_stands(track: Track) -> list[tuple[int, int]]:
    """First and last position of each stretch of `STOOD_S` or more within `STOOD_M`."""
    stands: list[tuple[int, int]] = []
    start = 0
    while start < len(track.times):
        end = start
        while end + 1 < len(track.times) and _near(track, start, end + 1):
            end += 1
        if (track.times[end] - track.times[start]).total_seconds() >= STOOD_S:
            stands.append((start, end))
            start = end + 1
        else:
            start += 1
    return stands


def _near(track: Track, one: int, other: int) -> bool:
    return distance_m(*track.places[one], *track.places[other]) <= STOOD_M


def _has_silence(track: Track, first: int, last: int) -> bool:
    return any(
        (track.times[i + 1] - track.times[i]).total_seconds() > LONGEST_GAP_S
        for i in range(first, last)
    )


@dataclass(frozen=True)
class _Roads:
    """An index at the usual times of a profile, and what its pieces are made of."""

    index: RoadIndex
    profile: SpeedProfile

    @cached_property
    def belts(self) -> NDArray[np.int8]:
        """Belt of each piece."""
        return find_belts(self.index.network, [belt.to_m for belt in self.profile.belts])

    @cached_property
    def free_ms(self) -> Int32s:
        """Free flow of each arc with the classes' relative speeds, without belts."""
        return replace(self.profile, belts=()).weights_ms(self.index.network, self.index.open_ms)

    @cached_property
    def is_country(self) -> NDArray[np.bool_]:
        """Whether each piece lies outside the big cities."""
        shares = find_country_shares(self.index.network)
        return np.zeros(self.index.network.piece_count, bool) if shares is None else shares > 0

    def by_belt_s(self, way: Way) -> Floats | None:
        """Free flow by belt and beyond, seconds; None where too much of it is in the country."""
        arcs = np.array(way.arcs)
        parts = np.array([abs(end - start) for start, end in driven_spans(way)])
        free_s = self.free_ms[arcs] * parts / 1000
        if free_s[self.is_country[arcs // 2]].sum() > IN_COUNTRY_SHARE * free_s.sum():
            return None
        count = len(self.profile.belts) + 1
        return np.bincount(self.belts[arcs // 2], free_s, minlength=count).astype(np.float64)

    def length_m(self, way: Way) -> float:
        """Metres of a way."""
        parts = np.array([abs(end - start) for start, end in driven_spans(way)])
        return float((self.index.network.length_m[np.array(way.arcs) // 2] * parts).sum())


def _drives_of(roads: _Roads, track: Track) -> Iterator[Drive]:
    if not track.places:
        return
    lons, lats = np.array(track.places, np.float64).T.copy()
    starts, ends = (
        roads.index.place(lons, lats, max_distance_m=MAX_SNAP_M, outward=outward, is_car=True)
        for outward in (True, False)
    )
    for first, last in cut_legs(track):
        drive = _drive(roads, track, (starts, ends), (first, last))
        if drive is not None:
            yield drive
    for first, last in cut_drives(track):
        drive = _drive(roads, track, (starts, ends), (first, last))
        if drive is not None and _is_straight(drive, track, (first, last)):
            yield replace(drive, is_whole=True)


def _drive(
    roads: _Roads, track: Track, placed: tuple[SnappedMany, SnappedMany], between: tuple[int, int]
) -> Drive | None:
    first, last = between
    start, end = placed[0].get(first), placed[1].get(last)
    way = roads.index.find_way(start, end) if start and end else None
    if way is None or way.time_ms < LEAST_MOVED_MS:
        return None
    by_belt = roads.by_belt_s(way)
    if by_belt is None:
        return None
    driven_s = (track.times[last] - track.times[first]).total_seconds()
    free_s = tuple(by_belt.tolist())
    return Drive(
        track.times[first], driven_s, sum(free_s), by_belt_s=free_s, length_m=roads.length_m(way)
    )


def _is_straight(drive: Drive, track: Track, ends: tuple[int, int]) -> bool:
    """Whether a drive went where its way goes, and not by a place on the other side of town."""
    first, last = ends
    places = track.places[first : last + 1]
    driven_m = sum(distance_m(*a, *b) for a, b in pairwise(places))
    return drive.driven_s <= LONGEST_DRIVE_S and driven_m <= MOST_DETOUR * drive.length_m
