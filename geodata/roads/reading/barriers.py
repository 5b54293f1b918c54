"""
Which barriers on a road stop a car.

A barrier is a point of a road. Its access tags decide; where it has none, its
kind does: bollards, ditches and stiles stop a car, gates are taken to be opened unless
locked. Of several kinds ("gate;bollard") one that opens is enough.
Source: OSM wiki, "Key:barrier" (default access of each kind).
"""

from collections.abc import Mapping

from geodata.roads.tags import is_open_to_cars

_STOPPING = frozenset(
    {
        "armadillo",
        "bar",
        "block",
        "bollard",
        "bollards",
        "boulder",
        "bus_trap",
        "chain",
        "city_wall",
        "concrete_block",
        "cycle_barrier",
        "debris",
        "ditch",
        "earth_bank",
        "fence",
        "full-height_turnstile",
        "guard_rail",
        "handrail",
        "hedge",
        "horse_stile",
        "jersey_barrier",
        "kissing_gate",
        "log",
        "motorcycle_barrier",
        "mound",
        "planter",
        "pole",
        "railing",
        "retaining_wall",
        "rising_bollard",
        "rock",
        "rope",
        "spikes",
        "steps",
        "stile",
        "stone",
        "sump_buster",
        "tank_trap",
        "trench",
        "turnstile",
        "tyres",
        "wall",
        "wicket_gate",
        "wire_fence",
    }
)


def stops_cars(tags: Mapping[str, str]) -> bool:
    """Whether a car cannot pass the node with these tags."""
    kind = tags.get("barrier")
    if kind is None:
        return False
    kinds = {one.strip().lower() for one in kind.split(";")}
    by_kind = not kinds <= _STOPPING and tags.get("locked") != "yes"
    return not is_open_to_cars(tags, otherwise=by_kind)
