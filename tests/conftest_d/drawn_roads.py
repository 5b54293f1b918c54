"""Hand-drawn road networks: labels of a grid picture joined into ways."""

from collections.abc import Mapping

import numpy as np

from geodata.points import LonLat
from geodata.roads.index import RoadIndex
from geodata.roads.network import RoadNetwork
from geodata.roads.reading.assembly import Ways, assemble
from geodata.roads.snapping import Snapped
from geodata.roads.tag_numbers import read_max_speed_kph
from geodata.roads.tags import CLASS_CODES, read_flags

Ground = Mapping[str, LonLat]
Way = tuple[str, dict[str, str]]


def way(labels: str, highway: str = "residential", **tags: str) -> Way:
    """`way("A B C", oneway="yes")`: a road through the three places."""
    return labels, {"highway": highway, **tags}


def draw_network(ground: Ground, *ways: Way, sliver_nodes: int = 1) -> RoadNetwork:
    number = {label: i for i, label in enumerate(ground)}
    runs = [labels.split() for labels, _ in ways]
    tags = [tags for _, tags in ways]
    points = [label for run in runs for label in run]
    names = ("", *(one.get("name", "") for one in tags))
    columns = Ways(
        refs=np.array([number[label] for label in points]),
        lon_e7=np.array([round(ground[label].lon * 1e7) for label in points], np.int32),
        lat_e7=np.array([round(ground[label].lat * 1e7) for label in points], np.int32),
        first=np.cumsum([0, *(len(run) for run in runs)]),
        road_class=np.array([CLASS_CODES[one["highway"]] for one in tags], np.uint8),
        flags=np.array([read_flags(one) for one in tags], np.uint8),
        max_speed_kph=np.array([read_max_speed_kph(one.get("maxspeed")) for one in tags], np.uint8),
        way_id=np.arange(1, len(ways) + 1),
        name_id=np.arange(1, len(ways) + 1, dtype=np.int32),
        names=names,
    )
    return assemble(columns, sliver_nodes=sliver_nodes)[0]


def draw_index(ground: Ground, *ways: Way) -> RoadIndex:
    return RoadIndex.build(draw_network(ground, *ways))


def snap(index: RoadIndex, place: LonLat, max_distance_m: float = 500.0) -> Snapped | None:
    columns = np.array([place.lon]), np.array([place.lat])
    return index.snap(*columns, max_distance_m=max_distance_m).get(0)


def drive_s(index: RoadIndex, origin: LonLat, destination: LonLat) -> float | None:
    """Free-flow seconds; checks that the matrix and the route agree."""
    columns = [np.array([value]) for value in (*origin, *destination)]
    starts = index.place(columns[0], columns[1], max_distance_m=500.0, outward=True)
    ends = index.place(columns[2], columns[3], max_distance_m=500.0, outward=False)
    start, end = starts.get(0), ends.get(0)
    assert start is not None
    assert end is not None
    found = index.find_way(start, end)
    matrix = int(index.matrix_ms(starts, ends)[0, 0])
    assert matrix == found.time_ms if found else matrix >= 1_000_000_000
    return found.time_ms / 1000 if found else None
