"""Compile the numeric kernels once, so that the first call of a night does not wait."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from geodata.points import LonLat

if TYPE_CHECKING:
    from geodata.travel.travel_times import TravelTimes


def main() -> None:
    """Ask one question of each compiled engine; numba keeps the machine code on disk."""
    # Imported here so that a broken environment fails with its own message, not at line 1.
    from geodata.areas.shapes import Circle
    from geodata.areas.uncertainty import outline
    from geodata.people.population import load_population
    from geodata.territories.counties import load_counties
    from geodata.territories.shares import load_territories
    from geodata.travel.travel_times import load_travel_times

    place = LonLat(26.1025, 44.4268)
    load_counties().find_at(place)
    load_territories().shares_of_circle(place, 1200.0)
    load_population().sample(outline(Circle(place, 1200.0))[0])
    compile_roads(load_travel_times())


def compile_roads(times: "TravelTimes") -> None:
    """Ask every kind of question about roads, and work in one change of their times."""
    import numpy as np

    from geodata.roads import reach
    from geodata.roads.customization import prune

    times.warm_up(datetime(2026, 1, 1, 3, tzinfo=UTC))
    index = times.index
    # Many places to one, which no label is kept for, are answered by another kernel.
    lon, lat = np.array(times.middle)[:, None] + np.zeros(30)
    many = index.snap(lon, lat, max_distance_m=times.max_snap_m, avoid_fragments=True)
    one = many.take(np.array([0]))
    index.matrix_ms(many, one)
    reach.find_catchments(index, one)
    prune(index.hierarchy, index.metric)
    index.updater.update(index.metric, index.weights_ms, np.zeros(1, np.int64))


if __name__ == "__main__":
    main()
