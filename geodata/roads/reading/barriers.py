"""
Which barriers on a road stop a car.

A barrier is a point of a road. Its access tags decide; where it has none, its
kind does: bollards and stiles stop a car, gates are taken to be opened unless
locked. Source: OSM wiki, "Key:barrier" (default access of each kind).
"""

from collections.abc import Mapping

from geodata.roads.tags import is_open_to_cars

_STOPPING = frozenset(
    {
        "bar",
        "block",
        "bollard",
        "bus_trap",
        "chain",
        "cycle_barrier",
        "debris",
        "fence",
        "full-height_turnstile",
        "guard_rail",
        "hedge",
        "horse_stile",
        "jersey_barrier",
        "kissing_gate",
        "log",
        "motorcycle_barrier",
        "planter",
        "rope",
        "spikes",
        "stile",
        "sump_buster",
        "turnstile",
        "wall",
        "wicket_gate",
    }
)


def stops_cars(tags: Mapping[str, str]) -> bool:
    """Whether a car cannot pass the node with these tags."""
    kind = tags.get("barrier")
    if kind is None:
        return False
    by_kind = kind not in _STOPPING and tags.get("locked") != "yes"
    return not is_open_to_cars(tags, otherwise=by_kind)
