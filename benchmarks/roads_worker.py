"""
One worker process of the road benchmark: opens an index directory, answers, weighs itself.

    python -m benchmarks.roads_worker INDEX_DIRECTORY

Prints one line of JSON when it has answered, waits for a line on its input so
that several can be alive together, and prints a second one with its memory.
"""

import json
import sys
from pathlib import Path
from time import perf_counter

import numpy as np

from geodata.roads import reach
from geodata.roads.index import RoadIndex
from geodata.roads.publishing.index_directory import open_state
from geodata.roads.snapping import SnappedMany

QUESTIONS, SNAPPED = 500, 2000


def main(root: Path) -> None:
    """Open the index, answer questions, and report memory before, after, and when told to."""
    start = perf_counter()
    _, index, others = open_state(root)
    facts = {"load_s": perf_counter() - start, "before": weigh()}
    rng = np.random.default_rng(1)
    teams = _places(index, 300, rng)
    rows = np.arange(300, dtype=np.int32)
    # Around a change of the hour the times of two hours are in use.
    for hour in (index, *others):
        kept = hour.labels(teams.piece, teams.fraction, outward=True)
        for _ in range(QUESTIONS):
            hour.meet_ms(kept, rows, teams, _places(index, 1, rng))
    _snap_and_drive(index, rng)
    reach.find_catchments(index, _places(index, 47, rng))
    print(json.dumps(facts), flush=True)
    sys.stdin.readline()
    print(json.dumps(weigh()), flush=True)
    # The process stays alive, and shares its pages, until the others are weighed too.
    sys.stdin.readline()


def _snap_and_drive(index: RoadIndex, rng: np.random.Generator) -> None:
    """Snap places all over the country, and unpack some routes between them."""
    grid = index.grids.whole
    west, south = grid.corner
    east, north = (
        corner + n * grid.cell_deg for corner, n in zip(grid.corner, grid.size, strict=True)
    )
    lons, lats = rng.uniform(west, east, SNAPPED), rng.uniform(south, north, SNAPPED)
    found = index.place(lons, lats, max_distance_m=500.0, outward=False)
    on_road = [place for i in range(60) if (place := found.get(i)) is not None]
    for one, other in zip(on_road[::2], on_road[1::2], strict=False):
        index.find_way(one, other)


def _places(index: RoadIndex, count: int, rng: np.random.Generator) -> SnappedMany:
    piece = rng.integers(0, index.network.own_piece_count, count).astype(np.int32)
    nowhere = np.zeros(count)
    return SnappedMany(piece, rng.random(count), nowhere, nowhere.copy(), nowhere.copy())


def weigh() -> dict[str, float]:
    """
    Megabytes that are resident, and of these the ones no other process has.

    The kernel's proportional share would be less: it divides by every process of the machine.
    """
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    sizes = {line.split()[0][:-1]: int(line.split()[1]) / 1024 for line in lines}
    alone = sizes["Private_Clean"] + sizes["Private_Dirty"]
    return {"resident": sizes["Rss"], "alone": alone}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
