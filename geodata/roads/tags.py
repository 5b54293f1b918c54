"""
What the OpenStreetMap tags of one way mean for a car.

Only tags are read here, no geometry. The rules follow the OSM wiki pages
"Key:access", "Key:oneway" and "Key:maxspeed"; conditional values are not
interpreted.
"""

import re
from collections.abc import Mapping

ROAD_CLASSES: tuple[str, ...] = (
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road",
)
"""Values of `highway` a team's car may use, most important first; the index is the class code."""

CLASS_CODES: Mapping[str, int] = {name: code for code, name in enumerate(ROAD_CLASSES)}

FORWARD, BACKWARD, ROUNDABOUT = 1, 2, 4
"""Bits of a road piece: drivable along its drawn direction, against it, part of a circle."""

_CLOSED = frozenset({"no", "private", "agricultural", "forestry", "military", "customers"})
_ACCESS_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
_CIRCLES = frozenset({"roundabout", "circular"})
_ONE_WAY = frozenset({"yes", "true", "1"})
_TWO_WAY = frozenset({"no", "false", "0"})
_IMPLIED_ONE_WAY = frozenset({"motorway"})
# Lanes between parked cars and house drives: they only distort snapping.
_SERVICE_SKIPPED = frozenset({"parking_aisle", "driveway", "drive-through"})

_MAX_SPEED = re.compile(r"\s*(\d{1,3}(?:\.\d+)?)\s*(mph|km/h|kmh|kph)?\s*", re.IGNORECASE)
_KM_PER_MILE = 1.609344
# Limits by name, Romanian Highway Code (OUG 195/2002) articles 49-50.
_NAMED_SPEEDS: Mapping[str, int] = {
    "ro:urban": 50,
    "ro:rural": 90,
    "ro:trunk": 100,
    "ro:motorway": 130,
    "ro:living_street": 20,
}


def reason_to_drop(tags: Mapping[str, str]) -> str | None:
    """Say why a way is no road for a car, or None when it is one."""
    if tags.get("highway") not in CLASS_CODES:
        return "not_drivable"
    if tags.get("area") == "yes":
        return "area"
    if tags.get("service") in _SERVICE_SKIPPED:
        return "service_lane"
    # The most specific key decides: motorcar=yes opens a road with access=no.
    access = next((tags[key] for key in _ACCESS_KEYS if key in tags), "yes")
    return "no_access" if access in _CLOSED else None


def read_flags(tags: Mapping[str, str]) -> int:
    """Directions in which a car may drive, and whether the way is a roundabout."""
    circle = ROUNDABOUT if tags.get("junction") in _CIRCLES else 0
    oneway = tags.get("oneway", "")
    if oneway in {"-1", "reverse"}:
        return BACKWARD | circle
    implied = bool(circle) or tags.get("highway") in _IMPLIED_ONE_WAY
    if oneway in _ONE_WAY or (implied and oneway not in _TWO_WAY):
        return FORWARD | circle
    return FORWARD | BACKWARD | circle


def read_max_speed_kph(text: str | None) -> int:
    """
    Speed limit in km/h, 0 where the tag is missing or is no number.

    Several values ("50;70") give the lowest. "signals", "none" and anything
    outside 5-150 km/h give 0, so that a typing error never makes a road fast.
    """
    speeds = [_read_one_speed(part) for part in (text or "").split(";")]
    known = [speed for speed in speeds if 5 <= speed <= 150]
    return min(known, default=0)


def _read_one_speed(text: str) -> int:
    if match := _MAX_SPEED.fullmatch(text):
        scale = _KM_PER_MILE if (match[2] or "").lower() == "mph" else 1.0
        return round(float(match[1]) * scale)
    return _NAMED_SPEEDS.get(text.strip().lower(), 0)
