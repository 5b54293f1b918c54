"""The bundled borders and localities written as an OpenStreetMap file of the whole country."""

from collections import defaultdict
from pathlib import Path

import osmium
import osmium.osm.mutable as osm

from geodata.reference import files
from geodata.reference.borders import read_borders
from geodata.reference.codes import NAMES, SECTORS

Place = tuple[float, float]


def write_country(path: Path, *, every: int = 1, without: str = "") -> Path:
    """
    Write counties, Bucharest, sectors and settlements.

    `every` settlement of that many is written; `without` names a county whose border has
    a gap.
    """
    nodes: dict[Place, int] = {}
    ways: list[list[int]] = []
    sides: dict[str, list[int]] = defaultdict(list)
    for border in read_borders():
        line = [(round(lon, 7), round(lat, 7)) for lon, lat in border.lonlat.tolist()]
        refs = [nodes.setdefault(place, len(nodes) + 1) for place in line]
        # A way holds at most 2000 nodes.
        for start in range(0, len(refs) - 1, 1900):
            ways.append(refs[start : start + 1901])
            for code in {border.left, border.right} - {""}:
                sides[code].append(len(ways))
            inner = {border.left, border.right} & set(SECTORS)
            if inner and not {border.left, border.right} <= set(SECTORS):
                sides["B"].append(len(ways))
    rows = files.read_rows(files.LOCALITIES)[::every]
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for place, number in nodes.items():
            writer.add_node(osm.Node(id=number, location=place))
        for i, row in enumerate(rows, start=len(nodes) + 1):
            if row["county"] in SECTORS:
                continue
            tags = {"place": "village", "name": row["name"], "siruta:code": row["siruta"]}
            at = float(row["lon"]), float(row["lat"])
            writer.add_node(osm.Node(id=i, location=at, tags=tags))
        for i, refs in enumerate(ways, start=1):
            writer.add_way(osm.Way(id=i, nodes=refs))
        for i, (code, members) in enumerate(sorted(sides.items()), start=1):
            kept = members[1:] if code == without else members
            writer.add_relation(
                osm.Relation(id=i, members=[("w", way, "outer") for way in kept], tags=_tags(code))
            )
    return path


def _tags(code: str) -> dict[str, str]:
    tags = {"type": "boundary", "boundary": "administrative"}
    if code in SECTORS:
        return tags | {"admin_level": "9", "name": f"Sectorul {code[1]}"}
    name = "București" if code == "B" else NAMES[code]
    return tags | {"admin_level": "4", "ISO3166-2": f"RO-{code}", "name": name}
