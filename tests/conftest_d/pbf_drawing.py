"""
Small OpenStreetMap files drawn in the test: a grid of labels, roads between them.

    file = write_pbf(
        path,
        grid("A B C"),
        {"left": road("A B"), "right": road("B C", oneway="yes")},
        points={"B": {"barrier": "bollard"}},
        turns=[turn("no_u_turn", "left", "B", "left")],
    )
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import osmium
import osmium.osm.mutable as osm

from geodata.points import LonLat

Road = tuple[list[str], dict[str, str]]
Turn = tuple[dict[str, str], list[tuple[str, str, str]]]


def road(labels: str, highway: str = "residential", **tags: str) -> Road:
    return labels.split(), {"highway": highway, **_colons(tags)}


def ferry(labels: str, **tags: str) -> Road:
    return labels.split(), {"route": "ferry", **_colons(tags)}


def turn(kind: str, start: str, via: str | list[str], end: str, **tags: str) -> Turn:
    """Over a node by its label, or over roads by their names in a list."""
    over = [("n", via, "via")] if isinstance(via, str) else [("w", name, "via") for name in via]
    members = [("w", start, "from"), *over, ("w", end, "to")]
    return {"type": "restriction", "restriction": kind, **_colons(tags)}, members


def _colons(tags: Mapping[str, str]) -> dict[str, str]:
    """`motor_vehicle__backward` in a call is the key `motor_vehicle:backward`."""
    return {key.replace("__", ":"): value for key, value in tags.items()}


def write_pbf(
    path: Path,
    ground: Mapping[str, LonLat],
    roads: Mapping[str, Road],
    *,
    points: Mapping[str, dict[str, str]] | None = None,
    turns: Sequence[Turn] = (),
    missing: str = "",
    sign: int = 1,
    nodes_last: bool = False,
) -> Path:
    """
    Write the file; nodes named in `missing` are referred to but not in it.

    `sign=-1` numbers nodes, ways and relations below zero, as an editor does for what is not
    uploaded yet; `nodes_last` puts the nodes behind the roads.
    """
    numbers = {
        "n": {label: sign * i for i, label in enumerate(ground, start=1)},
        "w": {name: sign * i for i, name in enumerate(roads, start=1)},
    }

    def write_nodes(writer: osmium.SimpleWriter) -> None:
        for label, place in ground.items():
            if label not in missing.split():
                tags = (points or {}).get(label, {})
                writer.add_node(osm.Node(id=numbers["n"][label], location=place, tags=tags))

    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        if not nodes_last:
            write_nodes(writer)
        for name, (labels, tags) in roads.items():
            nodes = [numbers["n"][label] for label in labels]
            writer.add_way(osm.Way(id=numbers["w"][name], nodes=nodes, tags=tags))
        for i, (tags, members) in enumerate(turns, start=1):
            named = [(kind, numbers[kind].get(name, 999), role) for kind, name, role in members]
            writer.add_relation(osm.Relation(id=sign * i, members=named, tags=tags))
        if nodes_last:
            write_nodes(writer)
    return path
