"""One worker process of the road benchmark: opens an index directory, answers, weighs itself."""

import json
import sys
from pathlib import Path
from time import perf_counter

import numpy as np

from geodata.roads import coverage
from geodata.roads.index import RoadIndex
from geodata.roads.index_directory import open_index
from geodata.roads.snapping import SnappedMany


def main(root: Path) -> None:
    start = perf_counter()
    _, index = open_index(root)
    load_s = perf_counter() - start
    empty = _megabytes()
    rng = np.random.default_rng(1)
    teams = _places(index, 300, rng)
    kept = index.labels(teams.piece, teams.fraction, outward=True)
    rows = np.arange(300, dtype=np.int32)
    for _ in range(200):
        index.meet_ms(kept, rows, teams, _places(index, 1, rng))
    west, east = (float(f(index.network.lon)) for f in (np.min, np.max))
    south, north = (float(f(index.network.lat)) for f in (np.min, np.max))
    lons, lats = rng.uniform(west, east, 2000), rng.uniform(south, north, 2000)
    index.snap(lons, lats, max_distance_m=500.0, avoid_fragments=True)
    after = _megabytes()
    coverage.cover(index, _places(index, 47, rng))
    covered = _megabytes()
    facts = {"load_s": load_s, "before": empty, "after_queries": after, "after_coverage": covered}
    print(json.dumps(facts))


def _places(index: RoadIndex, count: int, rng: np.random.Generator) -> SnappedMany:
    piece = rng.integers(0, index.network.own_piece_count, count).astype(np.int32)
    nowhere = np.zeros(count)
    return SnappedMany(piece, rng.random(count), nowhere, nowhere.copy(), nowhere.copy())


def _megabytes() -> dict[str, float]:
    """Resident memory, and the part of it that no other worker can share (not from a file)."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    sizes = {line.split()[0][:-1]: int(line.split()[1]) / 1024 for line in lines}
    return {"resident": sizes["Rss"], "own": sizes["Anonymous"]}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
