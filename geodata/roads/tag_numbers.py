"""
Numbers in OpenStreetMap tags as people write them: speed limits, durations, widths.

The rules follow the OSM wiki pages "Key:maxspeed", "Key:duration" and "Key:maxwidth"; what
is no number by them gives 0, so that a slip of the hand never makes a road fast.
"""

import re
from collections.abc import Mapping

_LONGEST_CROSSING_S = 24 * 3600
_UNITS_KPH: Mapping[str, float] = {"mph": 1.609344, "knots": 1.852}

# Limits by kind of road, Romanian Highway Code (OUG 195/2002) articles 49-50. Roads just
# beyond the border name their own country; the kind says what is meant.
_NAMED_SPEEDS: Mapping[str, int] = {
    "urban": 50,
    "rural": 90,
    "trunk": 100,
    "expressway": 120,
    "express": 120,
    "motorway": 130,
    "living_street": 20,
    "walk": 7,
    "walking": 7,
}

_SPEED = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*(mph|knots|km/h|kmh|kph)?")
_KIND = re.compile(r"(?:[a-z]{2}:)?(?:zone:?)?([a-z_]+|\d{1,3})")
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3})(?::(\d{2}))?")
_ISO_DURATION = re.compile(
    r"p(?:(\d{1,2})d)?(?:t(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?)?"
)
_NUMBER = r"(\d{1,3}(?:[.,]\d+)?)\s*"
_IN_WORDS = re.compile(
    rf"(?:{_NUMBER}(?:hours?|hrs?|h|or[eăa])\.?\s*)?"
    # The number alone is minutes, but only where nothing follows: "30 s" is not 3 and 0 s.
    rf"(?:{_NUMBER}(?:(?:minutes?|minute|minut|mins?|m|')\.?\s*|$))?"
    rf"(?:{_NUMBER}(?:seconds?|secunde|secs?|s)\.?)?"
)
_METRES = re.compile(r"(\d{1,2}(?:[.,]\d+)?)\s*(?:m|metres|meters)?")


def read_max_speed_kph(text: str | None) -> int:
    """
    Speed limit in km/h, 0 where the tag is missing or is no number.

    Several values ("50;70", "50|70" of lanes) give the lowest, "walk" gives 7, a kind of road
    ("RO:urban") or zone ("RO:zone30") its limit. "signals", "none"
    and anything outside 5-150 km/h give 0, so that a typing error never makes a
    road fast.
    """
    speeds = [_read_one_speed(part.strip().lower()) for part in re.split(r"[;|]", text or "")]
    known = [speed for speed in speeds if 5 <= speed <= 150]
    return min(known, default=0)


def _read_one_speed(text: str) -> int:
    if match := _SPEED.fullmatch(text):
        return round(float(match[1]) * _UNITS_KPH.get(match[2], 1.0))
    if match := _KIND.fullmatch(text):
        kind = match[1]
        return int(kind) if kind.isdigit() else _NAMED_SPEEDS.get(kind, 0)
    return 0


def read_duration_s(text: str | None) -> int:
    """
    Seconds of a `duration` tag, 0 where it is missing or makes no sense.

    "20" is minutes, "1:30" hours and minutes, "0:07:30" with seconds, "PT20M" ISO 8601;
    "1 h 30 min", "20 min" and "7.5" are no rule of the wiki and frequent.
    """
    text = (text or "").strip().lower()
    days: str | None = None
    if match := _CLOCK.fullmatch(text) or _IN_WORDS.fullmatch(text):
        hours, minutes, seconds = match.groups()
    elif match := _ISO_DURATION.fullmatch(text):
        days, hours, minutes, seconds = match.groups()
    else:
        return 0
    parts = ((days, 86_400), (hours, 3600), (minutes, 60), (seconds, 1))
    total = round(sum(float((part or "0").replace(",", ".")) * scale for part, scale in parts))
    return total if total <= _LONGEST_CROSSING_S else 0


def read_metres(text: str | None) -> float:
    """Metres of a `maxwidth` or `maxheight` tag, 0 where it is missing or no such number."""
    match = _METRES.fullmatch((text or "").strip().lower())
    return float(match[1].replace(",", ".")) if match else 0.0
