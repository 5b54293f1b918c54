"""
How fast a car could drive: free flow by the class of road, before belts and hours.

What is really driven is in the speed profile (`geodata.roads.profiles`, the measured
figures in `geodata.roads.measured`). A network says in `about["speeds"]` which of two
tables gives its free flow; without a word it is the first.

`bucharest`: free-flow class speeds (km/h): motorway 110, trunk 70, primary, secondary and
tertiary 50, everything else 40. Free flow is optimistic; belts and hours were fitted
together with these class speeds.

`romania`, for whatever is imported: the same class speeds and factors inside the big
cities (`geodata.roads.zones`). Elsewhere the signed limit, else the general limit of the
class (Government Emergency Ordinance 195/2002, articles 49 and 50: 50 km/h in built-up
areas, 130 on motorways, 120 on express roads, 100 on European national roads, 90 on all
others), of which a fixed share is driven at any hour.
OpenStreetMap does not say where a built-up area begins, so a through
road without a limit counts as built-up between two junctions with residential
streets at most 1 km apart. Class `trunk` gets 100: most are European roads.
Ferries take the time of their `duration` tag, else 10 km/h; waiting is not counted.
Decision 0006 says why.
"""

from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geodata.roads.network import FAR, Int32s, RoadNetwork
from geodata.roads.tags import CLASS_CODES, FERRY, ROAD_CLASSES
from geodata.roads.zones import ROMANIA, find_city

LOCAL_TIME = ZoneInfo("Europe/Bucharest")

CLASS_SPEEDS_KPH = {"motorway": 110.0, "trunk": 70.0} | dict.fromkeys(
    ("primary", "secondary", "tertiary"), 50.0
)
OTHER_SPEED_KPH = 40.0

FERRY_SPEED_KPH = 10.0
"""Where no duration is tagged: about what a Danube crossing takes."""

ROMANIAN_LIMITS_KPH = {
    "motorway": 130.0,
    "motorway_link": 50.0,
    "trunk": 100.0,
    "trunk_link": 50.0,
    "primary": 90.0,
    "primary_link": 50.0,
    "secondary": 90.0,
    "secondary_link": 50.0,
    "tertiary": 90.0,
    "tertiary_link": 50.0,
    "unclassified": 50.0,
    "residential": 50.0,
    "living_street": 20.0,
    "service": 20.0,
    "road": 50.0,
    "ferry": FERRY_SPEED_KPH,
}
"""
General limit of each class outside built-up areas. Links, unclassified and service
roads get what their bends and width allow, not the legal 90.
"""

BUILT_UP_KPH, _BUILT_UP_STEP_CM = 50.0, 100_000


def speeds_kph(network: RoadNetwork) -> NDArray[np.float64]:
    """Free-flow speed of each piece, km/h, by the table that the network names."""
    speeds = CLASS_SPEEDS_KPH | {"ferry": FERRY_SPEED_KPH}
    table = np.array([speeds.get(name, OTHER_SPEED_KPH) for name in ROAD_CLASSES])
    fitted = np.asarray(table[network.road_class])
    if network.about.get("speeds") != ROMANIA:
        return fitted
    return np.where(find_city(network), fitted, _limits_kph(network))


def _limits_kph(network: RoadNetwork) -> NDArray[np.float64]:
    table = np.array([ROMANIAN_LIMITS_KPH[name] for name in ROAD_CLASSES])
    general = table[network.road_class]
    general = np.where(find_built_up(network), np.minimum(general, BUILT_UP_KPH), general)
    # A limit tagged on a ferry is no speed of the ferry.
    has_limit = (network.max_speed_kph > 0) & (network.road_class != FERRY)
    return np.where(has_limit, network.max_speed_kph, general).astype(np.float64)


def find_built_up(network: RoadNetwork) -> NDArray[np.bool_]:
    """Tell for each piece whether it joins two residential junctions at most 1 km apart."""
    streets = [CLASS_CODES["residential"], CLASS_CODES["living_street"]]
    of_street = np.isin(network.road_class, streets)
    has_street = np.zeros(network.node_count, bool)
    has_street[network.tail[of_street]] = has_street[network.head[of_street]] = True
    is_short = network.length_cm <= _BUILT_UP_STEP_CM
    # Motorways do not run through built-up ground, even where a residential road meets them.
    is_through = network.road_class >= CLASS_CODES["trunk"]
    joined = has_street[network.tail] & has_street[network.head]
    return np.asarray(joined & is_short & is_through)


def free_flow_ms(network: RoadNetwork) -> Int32s:
    """
    Free-flow time of every arc in whole milliseconds, at least 1; FAR where barred.

    Returns
    -------
    weights
        Shape (2 * pieces,), in the order of arc numbers.
    """
    ms = np.maximum(1, np.rint(network.length_cm * 36.0 / speeds_kph(network))).astype(np.int32)
    ms[network.timed_piece] = network.timed_ms
    is_copy = network.source_piece >= 0
    ms[network.own_piece_count :][is_copy] = ms[network.source_piece[is_copy]]
    return np.where(network.drivable, ms[:, None], FAR).astype(np.int32).ravel()
