"""
Which hours' times lie ready on disk, and when that changes.

On a network with two zones (`geodata.roads.zones`) an hour is a metric of its own. The one
of the band that holds is published for all processes; for a while around the change of a
band those of both are, so that no question waits at the change: whoever asks a little
early or late finds its hour ready too.
"""

from datetime import UTC, datetime, timedelta

from geodata.roads.profiles import SpeedProfile

BEFORE = timedelta(minutes=2)
"""
How long before a band begins its times are published.

The work takes seconds; the rest is time for a failure and another attempt.
"""

AFTER = timedelta(seconds=15)
"""
How long a band's times stay after it has ended.

Long enough for questions asked just before the end, and no longer, because times that lie
ready take memory.
"""

_WEEK_H = 7 * 24


def hours_around(profile: SpeedProfile, at: datetime) -> tuple[float, ...]:
    """
    Return the factors of the hours whose times should be published at the aware instant `at`.

    In the order of time; one, or two around the change of a band.
    """
    moments = (at - AFTER, at, at + BEFORE)
    return tuple(dict.fromkeys(profile.find_band(moment).factor for moment in moments))


def next_band_at(profile: SpeedProfile, after: datetime) -> datetime | None:
    """
    First instant after `after` at which another band of the week begins, None for never.

    Romanian time differs from UTC by whole hours and changes at whole ones, so bands begin
    at whole hours of UTC, also where a night has an hour twice or lacks one.
    """
    now, hour = profile.find_band(after), after.astimezone(UTC).replace(minute=0, second=0)
    hour = hour.replace(microsecond=0)
    for ahead in range(1, _WEEK_H + 2):
        begin = hour + timedelta(hours=ahead)
        if profile.find_band(begin) != now:
            return begin
    return None


def next_hour_work(profile: SpeedProfile, after: datetime) -> datetime | None:
    """First instant after `after` at which `hours_around` changes or a band begins, or None."""
    # Within `AFTER` of its beginning, a band still has to drop the times of the one before.
    begins = [next_band_at(profile, after - AFTER), next_band_at(profile, after)]
    moments = [
        moment
        for begin in begins
        if begin is not None
        for moment in (begin - BEFORE, begin, begin + AFTER)
    ]
    return min((moment for moment in moments if moment > after), default=None)
