"""
OSRM or Valhalla in the road benchmark: `PEER GRAPH.npz NETWORK.osm.pbf OUT.npz CLOCK`.

Run by a Python of 3.12 or later that has `osrm-bindings` and `pyvalhalla`.
Imports nothing of this project. Both read the network as OpenStreetMap. OSRM
has a profile that drives at `maxspeed` without turn costs, Valhalla its own
speeds; their times are therefore near ours, not equal. Snapping to the road is
part of both. The set-up counts the processor time of all the programs it runs.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import numpy as np

BUDGET_S, LEAST = 12.0, 3
PROFILE = """
api_version = 4
function setup()
  return { properties = { weight_name = 'duration', max_speed_for_map_matching = 60,
    u_turn_penalty = 0, traffic_light_penalty = 0, use_turn_restrictions = false,
    continue_straight_at_waypoint = false } }
end
function process_way(profile, way, result, relations)
  local highway = way:get_value_by_key('highway')
  if not highway then return end
  local speed = tonumber(way:get_value_by_key('maxspeed')) or 50
  local one_way = way:get_value_by_key('oneway') == 'yes'
  result.forward_speed = speed
  result.forward_mode = mode.driving
  result.backward_speed = speed
  result.backward_mode = one_way and mode.inaccessible or mode.driving
end
function process_turn(profile, turn)
  turn.duration = 0
end
return { setup = setup, process_way = process_way, process_turn = process_turn }
"""

Question = Callable[[int], Any]

clock = process_time if sys.argv[5:] == ["cpu"] else perf_counter


def _tool(package: str, name: str, *arguments: str) -> None:
    """Run a program that comes with a package; its last words are the error."""
    module = __import__(package)
    path = Path(module.__file__).parent / "bin" / name
    done = subprocess.run([str(path), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        lines = (done.stderr + done.stdout).strip().splitlines()
        raise SystemExit(f"{name}: {lines[-1] if lines else done.returncode}")


def osrm(g: Any, pbf: Path, folder: Path) -> Question:
    """Contraction hierarchy of OSRM, one table of all teams to the incident per question."""
    import osrm as engine

    profile = folder / "drive.lua"
    profile.write_text(PROFILE, encoding="ascii")
    source = folder / "network.osm.pbf"
    source.symlink_to(pbf.resolve())
    _tool("osrm", "osrm-extract", "-t", "1", "-p", str(profile), str(source))
    _tool("osrm", "osrm-contract", "-t", "1", str(folder / "network.osrm"))
    server = engine.OSRM(
        algorithm="CH",
        use_shared_memory=False,
        storage_config=str(folder / "network.osrm"),
        max_locations_distance_table=1000,
    )
    places = np.stack([g["lon"], g["lat"]], axis=1)
    teams = [tuple(place) for place in places[g["teams"]].tolist()]
    numbers = list(range(len(teams)))

    def ask(incident: int) -> Any:
        query = engine.TableParameters(
            coordinates=[*teams, tuple(places[incident].tolist())],
            sources=numbers,
            destinations=[len(teams)],
            annotations=["duration"],
        )
        rows = server.Table(query)["durations"]
        return [_number(row[0]) * 1000 for row in rows]

    return ask


def valhalla(g: Any, pbf: Path, folder: Path) -> Question:
    """Matrix of Valhalla with its own costs for cars."""
    import valhalla as engine

    # Valhalla checks that both paths exist before it builds anything. The tar itself is not
    # built, so its entry is taken out of the configuration again.
    tar, tiles = folder / "tiles.tar", folder / "tiles"
    tar.touch()
    tiles.mkdir()
    config = engine.get_config(tile_extract=str(tar), tile_dir=str(tiles))
    del config["mjolnir"]["tile_extract"]
    config["mjolnir"]["concurrency"] = 1
    limits = config["service_limits"]["auto"]
    limits |= {name: 100_000_000 for name in limits if name.startswith("max_matrix")}
    limits["max_locations"] = 1000
    file = folder / "valhalla.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    _tool("valhalla", "valhalla_build_tiles", "-c", str(file), str(pbf))
    actor = engine.Actor(str(file))
    places = [
        {"lon": lon, "lat": lat}
        for lon, lat in zip(g["lon"].tolist(), g["lat"].tolist(), strict=True)
    ]
    teams = [places[team] for team in g["teams"].tolist()]

    def ask(incident: int) -> Any:
        query = {"sources": teams, "targets": [places[incident]], "costing": "auto"}
        rows = actor.matrix(query)["sources_to_targets"]
        return [_number(row[0]["time"]) * 1000 for row in rows]

    return ask


def _number(value: Any) -> float:
    return np.nan if value is None else float(value)


PEERS = {
    "osrm": (osrm, "osrm-bindings"),
    "valhalla": (valhalla, "pyvalhalla"),
}


def _children_s() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime if clock is process_time else 0.0


def main(peer: str, graph_file: str, pbf: str, out_file: str) -> None:
    """Ask one peer, write its answers and print one line of JSON about its times."""
    prepare, package = PEERS[peer]
    with np.load(graph_file) as arrays:
        g = dict(arrays)
    with TemporaryDirectory() as folder:
        start = clock()
        ask = prepare(g, Path(pbf), Path(folder))
        setup_s = clock() - start + _children_s()
        spent, answers = _ask_all(ask, g["incidents"].tolist())
    np.savez(out_file, answers=np.array(answers))
    median, p99 = np.percentile(spent, [50, 99]).tolist()
    facts = {"median_ms": median, "p99_ms": p99, "setup_s": setup_s, "version": version(package)}
    print(json.dumps(facts))


def _ask_all(ask: Question, incidents: list[int]) -> tuple[list[float], list[Any]]:
    ask(incidents[0])
    spent: list[float] = []
    answers = []
    for incident in incidents:
        start = clock()
        answers.append(ask(incident))
        spent.append((clock() - start) * 1000)
        if sum(spent) > BUDGET_S * 1000 and len(spent) >= LEAST:
            break
    return spent, answers


if __name__ == "__main__":
    main(*sys.argv[1:5])
