"""
What the OpenStreetMap tags of one way mean for a car.

Only tags are read here, no geometry. The rules follow the OSM wiki pages
"Key:access", "Key:oneway", "Key:maxspeed" and "Tag:route=ferry". Conditional
values are not interpreted, only recognised, so that they can be counted.
`access=destination` counts as open: a team's drive ends there more often than not.
`oneway=reversible` cannot be known and closes the way; `oneway=alternating`
(traffic lights at both ends) is open both ways.

Several values of an access key ("agricultural;forestry") are several groups that may pass:
the way is closed when every one of them is closed to a team's car. A road under
construction, given up, or there only while it freezes is none, whatever its class says;
road works that leave it open (`construction=minor`) and fords change nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from geodata.roads.tag_numbers import read_duration_s, read_max_speed_kph

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
    "ferry",
)
"""
Values of `highway` a team's car may use, most important first, and `ferry` for
`route=ferry`; the index is the class code.
"""

CLASS_CODES: Mapping[str, int] = {name: code for code, name in enumerate(ROAD_CLASSES)}
FERRY = CLASS_CODES["ferry"]

FORWARD, BACKWARD, ROUNDABOUT, LANE = 1, 2, 4, 8
"""
Bits of a road piece: drivable along its drawn direction, against it, part of a circle; no
street, but the only way to somewhere (`geodata.roads.reading.lanes`).
"""

_CLOSED = frozenset(
    {
        *("no", "private", "agricultural", "forestry", "military", "customers"),
        *("permit", "residents", "employees", "emergency", "agriculture", "forest", "staff"),
        *("none", "prohibited", "forbidden", "restricted", "resident", "tenants", "owner"),
        *("owners", "members", "members_only", "authorized", "authorised"),
        # Values that let only other vehicles pass, or people on foot.
        *("psv", "bus", "minibus", "school_bus", "tourist_bus", "coach", "taxi", "tram"),
        *("hgv", "goods", "tractor", "motorcycle", "moped", "mofa", "hov", "disabled"),
        *("foot", "bicycle", "horse", "ski", "snowmobile"),
    }
)
_ACCESS_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
_CAR_KEYS = _ACCESS_KEYS[:2]
_CIRCLES = frozenset({"roundabout", "circular"})
_ONE_WAY = frozenset({"yes", "true", "1"})
_TWO_WAY = frozenset({"no", "false", "0"})
_ONE_WAY_KEYS = ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway")
_CONDITIONED = (*_ACCESS_KEYS, *_ONE_WAY_KEYS, "maxspeed")
_CONDITIONAL_KEYS = frozenset(f"{key}:conditional" for key in _CONDITIONED)
_IMPLIED_ONE_WAY = frozenset({"motorway"})
# Lanes between parked cars and house drives: nobody drives through them, and a place would
# be put onto them instead of onto the street.
_SERVICE_SKIPPED = frozenset({"parking_aisle", "driveway", "drive-through", "drive_through"})

# Tracks that a car can drive even if no tag lets it; others only where one does.
_FIRM_TRACKS = frozenset({"grade1", "grade2", "grade3"})
_ROUGH = frozenset({"horrible", "very_horrible", "impassable"})
# Ways for people on foot, on which some cars may drive where a tag names cars.
_WALKED = frozenset({"pedestrian", "footway", "path", "cycleway", "bridleway"})
_NOT_FOR_US = frozenset({"emergency_access", "busway", "bus"})
# Keys that say of an open class that nobody drives there now, and the values that do not mean it.
_NO = frozenset({"no", "false", "0", ""})
_PASSABLE_WORKS = _NO | {"minor", "widening"}
_GIVEN_UP_KEYS = (
    *("abandoned", "disused", "demolished", "razed", "removed", "dismantled", "destroyed"),
    *("impassable", "proposed", "planned"),
)
_FROZEN_KEYS = ("ice_road", "winter_road")
_ICE, _ON_FOOT_OR_AFLOAT = frozenset({"ice", "snow"}), frozenset({"stepping_stones", "boat"})

_DIRECTED_SPEED_KEYS = ("maxspeed:forward", "maxspeed:backward")
_SPEED_KIND_KEYS = ("maxspeed:type", "source:maxspeed", "zone:traffic", "zone:maxspeed")

RELEVANT_KEYS = frozenset(
    {
        *("highway", "route", "area", "service", "junction", "duration"),
        *("construction", "smoothness", "tracktype", "seasonal", *_GIVEN_UP_KEYS, *_FROZEN_KEYS),
        *("surface", "ford"),
        *(key + suffix for key in _ACCESS_KEYS for suffix in ("", ":forward", ":backward")),
        *(*_CONDITIONED, *_CONDITIONAL_KEYS),
        *(*_DIRECTED_SPEED_KEYS, *_SPEED_KIND_KEYS),
    }
)
"""All keys that anything in this module looks at."""


def is_road_or_ferry(tags: Mapping[str, str]) -> bool:
    """Whether the way is one that an import has to decide on."""
    return "highway" in tags or _is_ferry(tags)


def _is_ferry(tags: Mapping[str, str]) -> bool:
    return "ferry" in _values(tags.get("route"))


def class_code(tags: Mapping[str, str]) -> int | None:
    """Class of the way, or None when cars do not drive on that kind."""
    highway = tags.get("highway")
    if highway is None and _is_ferry(tags):
        return FERRY
    return CLASS_CODES.get(highway or "") if highway != "ferry" else None


def reason_to_drop(tags: Mapping[str, str]) -> str | None:
    """Say why a way is no road for a car, or None when it is one."""
    code = class_code(tags)
    if code is None:
        return "not_drivable"
    if tags.get("area") == "yes":
        return "area"
    if reason := _reason_not_there(tags) or _reason_of_service(tags):
        return reason
    if _one_way(tags) == "reversible":
        return "reversible"
    # Most ferries carry people on foot only, so one counts when its tags name cars.
    is_open = is_open_to_cars(tags, otherwise=code != FERRY)
    return None if is_open and read_flags(tags) & (FORWARD | BACKWARD) else "no_access"


def _values(text: str | None) -> frozenset[str]:
    """Values of a list ("private;customers"), without blanks and in small letters."""
    # Other separators are slips of the hand; none of the words read here holds one.
    return frozenset(part.strip().lower() for part in re.split("[;,|/]", text or "")) - {""}


def _reason_not_there(tags: Mapping[str, str]) -> str | None:
    """Why a way with the class of a road is none now: built, given up, or of ice."""
    if _values(tags.get("construction")) - _PASSABLE_WORKS:
        return "construction"
    if any(_values(tags.get(key)) - _NO for key in _GIVEN_UP_KEYS):
        return "given_up"
    if "impassable" in _values(tags.get("smoothness")):
        return "given_up"
    if (ford := _values(tags.get("ford"))) and ford <= _ON_FOOT_OR_AFLOAT:
        return "no_access"
    surface = _values(tags.get("surface"))
    is_frozen = (
        any(_values(tags.get(key)) - _NO for key in _FROZEN_KEYS)
        or (bool(surface) and surface <= _ICE)
        or _values(tags.get("seasonal")) == {"winter"}
    )
    return "frozen_ground" if is_frozen else None


def may_join(tags: Mapping[str, str]) -> bool:
    """
    Whether a way that is no street (`reason_to_drop`) may be driven where there is no other.

    Lanes of car parks and house drives, tracks that are firm or open to cars by a tag, and
    ways for people on foot that a tag opens to cars. What is closed to cars stays so.
    """
    if tags.get("area") == "yes" or _reason_not_there(tags) or _one_way(tags) == "reversible":
        return False
    highway = tags.get("highway")
    named = {key: tags[key] for key in _CAR_KEYS if key in tags}
    is_named = is_open_to_cars(named, otherwise=False)
    fits = (
        (highway in CLASS_CODES and _reason_of_service(tags) == "service_lane")
        or (highway == "track" and (is_named or _is_firm(tags)))
        or (highway in _WALKED and is_named)
    )
    return fits and is_open_to_cars(tags) and read_flags(tags) & (FORWARD | BACKWARD) != 0


def _is_firm(tags: Mapping[str, str]) -> bool:
    kinds, rough = _values(tags.get("tracktype")), _values(tags.get("smoothness")) & _ROUGH
    return bool(kinds) and kinds <= _FIRM_TRACKS and not rough


def _reason_of_service(tags: Mapping[str, str]) -> str | None:
    kinds = _values(tags.get("service"))
    if kinds & _NOT_FOR_US:
        return "no_access"
    return "service_lane" if kinds & _SERVICE_SKIPPED else None


def is_open_to_cars(tags: Mapping[str, str], *, suffix: str = "", otherwise: bool = True) -> bool:
    """
    Whether the access tags let a car in; `otherwise` where none of them says.

    The most specific key decides: motorcar=yes opens a road with access=no.
    Of several values one that is open is enough. `suffix` asks about one direction (":forward").
    """
    for key in _ACCESS_KEYS:
        value = tags.get(key + suffix, "")
        # Values with a condition in them ("yes @ (Mo-Fr)") say nothing for all hours.
        if "@" not in value and (values := _values(value)):
            return not values <= _CLOSED
    return otherwise


def has_condition(tags: Mapping[str, str]) -> bool:
    """Whether access, direction or speed depend on a condition that is not read here."""
    if _values(tags.get("seasonal")) - _NO:
        return True
    return any(
        key in _CONDITIONAL_KEYS or (key in _CONDITIONED and "@" in value)
        for key, value in tags.items()
    )


def _one_way(tags: Mapping[str, str]) -> str:
    return next((tags[key].strip().lower() for key in _ONE_WAY_KEYS if key in tags), "")


def read_flags(tags: Mapping[str, str]) -> int:
    """Directions in which a car may drive, and whether the way is a roundabout."""
    circle = ROUNDABOUT if _values(tags.get("junction")) & _CIRCLES else 0
    oneway = _one_way(tags)
    implied = bool(circle) or tags.get("highway") in _IMPLIED_ONE_WAY
    if oneway in {"-1", "reverse"}:
        flags = BACKWARD
    elif oneway in _ONE_WAY or (implied and oneway not in _TWO_WAY):
        flags = FORWARD
    else:
        flags = FORWARD | BACKWARD
    for bit, suffix in ((FORWARD, ":forward"), (BACKWARD, ":backward")):
        if flags & bit and not is_open_to_cars(tags, suffix=suffix):
            flags &= ~bit
    return flags | circle


def read_limit_kph(tags: Mapping[str, str]) -> int:
    """
    Speed limit of a way in km/h, 0 where none is known.

    Without `maxspeed` the lower of its two directions counts, then the kind of
    limit ("RO:urban") that a tag names.
    """
    if limit := read_max_speed_kph(tags.get("maxspeed")):
        return limit
    if limit := read_max_speed_kph(";".join(tags.get(key, "") for key in _DIRECTED_SPEED_KEYS)):
        return limit
    kinds = (tags.get(key, "") for key in _SPEED_KIND_KEYS)
    return next((limit for kind in kinds if (limit := read_max_speed_kph(kind))), 0)


@dataclass(frozen=True, slots=True)
class WayMeaning:
    """
    Everything the tags of one way say.

    `drop` is the reason to leave it out; the rest is read only where that is
    None: class, flags (with LANE where the way counts only if it joins something), limit
    (km/h, 0: none), duration of a ferry (s, 0: none),
    and whether a condition was ignored.
    """

    is_candidate: bool
    drop: str | None
    road_class: int = 0
    flags: int = 0
    limit_kph: int = 0
    duration_s: int = 0
    has_condition: bool = False


def understand(tags: Mapping[str, str]) -> WayMeaning:
    """Read the tags of one way; the few combinations in a file are each worked out once."""
    return _understand(tuple(item for item in tags.items() if item[0] in RELEVANT_KEYS))


@lru_cache(maxsize=50_000)
def _understand(items: tuple[tuple[str, str], ...]) -> WayMeaning:
    tags = dict(items)
    if not is_road_or_ferry(tags):
        return WayMeaning(is_candidate=False, drop="not_drivable")
    reason, code = reason_to_drop(tags), class_code(tags)
    if reason in {"not_drivable", "service_lane"} and may_join(tags):
        return WayMeaning(
            is_candidate=True,
            drop=None,
            road_class=CLASS_CODES["service"],
            flags=read_flags(tags) | LANE,
            limit_kph=read_limit_kph(tags),
            has_condition=has_condition(tags),
        )
    if reason is not None or code is None:
        return WayMeaning(is_candidate=True, drop=reason or "not_drivable")
    return WayMeaning(
        is_candidate=True,
        drop=None,
        road_class=code,
        flags=read_flags(tags),
        limit_kph=read_limit_kph(tags),
        duration_s=read_duration_s(tags.get("duration")) if code == FERRY else 0,
        has_condition=has_condition(tags),
    )
