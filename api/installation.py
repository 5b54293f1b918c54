"""
The road index that this installation is set to use.

The server and the command line both take it from here, so they answer alike. Knows
settings; no database, no web.
"""

import logging
from pathlib import Path

from api.settings import DatabaseSettings
from geodata.errors import RoadNetworkError
from geodata.roads.publishing.bundled import (
    ensure_index,
    find_damage,
    find_missed,
    rebuild_index,
)
from geodata.roads.publishing.index_holder import RoadIndexHolder
from geodata.travel.travel_times import BUNDLED_INDEX, TravelTimes, load_travel_times

_log = logging.getLogger("dispatch119.roads")


def road_folder(database: DatabaseSettings) -> Path:
    """Return where the road index of this installation lives, bundled or imported."""
    return database.data_dir / "roads"


def roads_in_use(database: DatabaseSettings, *, at_any_rate: bool = False) -> TravelTimes:
    """
    Follow the road index of this installation: the imported one, else the bundled Bucharest.

    The bundled network is written into the data folder when it is not there yet. Where
    that cannot be written, it is held in memory: the same times, but no closures.

    `at_any_rate` is for a server: after an update of the program it had better answer
    with Bucharest's roads, and estimates elsewhere, than not at all (`missed_import`). A damaged
    index is written anew, with a line in the log.

    Raises
    ------
    RoadNetworkError
        The index is damaged, or an imported one is of another version.
    """
    folder = road_folder(database)
    try:
        ensure_index(folder, BUNDLED_INDEX, instead_of_unreadable=at_any_rate)
        return TravelTimes(RoadIndexHolder(folder))
    except OSError:
        return load_travel_times()
    except RoadNetworkError as error:
        if not at_any_rate or error.code == "other_format":
            raise
        return _built_anew(folder, error.code)


def _built_anew(folder: Path, why: str) -> TravelTimes:
    _log.warning("the road index was damaged and is built anew", extra={"kind": why})
    try:
        rebuild_index(folder, BUNDLED_INDEX)
        return TravelTimes(RoadIndexHolder(folder))
    except OSError:
        return load_travel_times()


def mend_roads(database: DatabaseSettings) -> list[str]:
    """
    Compare every byte of the road index with what was written; build it anew where one differs.

    For a thread beside the server, which follows the index and takes up the new one by itself.

    Returns
    -------
    damaged
        The parts that differed, by name.
    """
    folder = road_folder(database)
    try:
        damaged = find_damage(folder)
    except RoadNetworkError as error:
        damaged = [error.code]
    if damaged:
        _log.warning("the road index was damaged and is built anew", extra={"part": damaged[0]})
        rebuild_index(folder, BUNDLED_INDEX)
    return damaged


def missed_import(database: DatabaseSettings) -> str | None:
    """Name the file that has to be imported again because its index is of another version."""
    return find_missed(road_folder(database))
