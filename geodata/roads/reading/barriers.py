"""
Which barriers on a road stop a car.

A barrier is a point of a road. Its access tags decide; where it has none, its kind does:
gates and toll booths are taken to be opened unless locked, and whatever else is called a
barrier (a ditch, a bollard, a heap of stones) stops a car, and so does what is too narrow or
too low for one. Of several kinds
("gate;bollard") one that opens is enough. Source: OSM wiki, "Key:barrier" (default access
of each kind).
"""

from collections.abc import Mapping

from geodata.roads.tag_numbers import read_metres
from geodata.roads.tags import is_open_to_cars

# A car is some 1.8 m wide without its mirrors and 1.5 m high.
_CAR_M = {"maxwidth": 1.8, "maxheight": 1.6}

# The kinds that let a car pass are few and known; what can be put into its way is not.
_PASSED = frozenset(
    {
        *("gate", "gates", "lift_gate", "swing_gate", "sliding_gate", "sliding_beam"),
        *("wire_gate", "hampshire_gate", "bump_gate", "barrier_gate", "flood_gate", "boom"),
        *("toll_booth", "border_control", "checkpoint", "security_control", "sally_port"),
        *("entrance", "opening", "arch", "coupure", "height_restrictor", "width_restrictor"),
        *("cattle_grid", "cattle_crossing", "kerb", "chicane", "speed_bump", "rumble_strip"),
        *("door", "garage_door", "yes", "no"),
    }
)


def stops_cars(tags: Mapping[str, str]) -> bool:
    """Whether a car cannot pass the node with these tags."""
    kinds = {"_".join(one.lower().split()) for one in tags.get("barrier", "").split(";")} - {""}
    if not kinds:
        return False
    by_kind = bool(kinds & _PASSED) and tags.get("locked", "").strip().lower() != "yes"
    by_kind = by_kind and not any(
        0 < read_metres(tags.get(key)) < least for key, least in _CAR_M.items()
    )
    return not is_open_to_cars(tags, otherwise=by_kind)
