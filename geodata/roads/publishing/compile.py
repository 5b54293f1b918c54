"""
Compile a road network from a PBF file into the form that ships with the project.

The result holds the network and the contraction order, so that loading needs
no METIS. Same input, same versions of the libraries: same bytes.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from geodata.roads.hierarchy import find_order
from geodata.roads.publishing.arrays_directory import hash_file
from geodata.roads.reading.pbf import ImportSummary, read_pbf

SOURCE = "© OpenStreetMap contributors"
LICENCE = "ODbL 1.0"


def build_roads(source_pbf: Path, target: Path) -> dict[str, Any]:
    """
    Compile `source_pbf` into `target` and return what a manifest says about it.

    Returns
    -------
    facts
        `source`, `licence`, `source_file`, `source_sha256`, `sha256` (of the
        compiled file), `counts` (see `ImportSummary`) and `attribution`.

    Raises
    ------
    RoadNetworkError
        The source cannot be used.
    """
    network, summary = read_pbf(source_pbf)
    about = _about(source_pbf, summary)
    replace(network, about=about).save(target, order=find_order(network))
    return about | {"sha256": hash_file(target)}


def _about(source_pbf: Path, summary: ImportSummary) -> dict[str, Any]:
    return {
        "source": SOURCE,
        "licence": LICENCE,
        "attribution": f"{SOURCE} ({LICENCE})",
        "source_file": source_pbf.name,
        "source_sha256": hash_file(source_pbf),
        "counts": {
            "ways": summary.ways_kept,
            "ways_dropped": summary.ways_dropped,
            "nodes": summary.nodes,
            "pieces": summary.pieces,
            "arcs": summary.arcs,
            "length_km": summary.length_km,
            "slivers_dropped": summary.slivers_dropped,
            "sliver_nodes_dropped": summary.sliver_nodes_dropped,
        },
    }
