"""
Compile modules and numeric kernels once, so that the first call of a night does not wait.

numba keeps the machine code beside the modules, where every later process finds it. A kernel
is compiled for the kinds of its arguments, so every kind is asked for here;
`tests/scripts/test_warm_up.py` fails when a kernel has been forgotten. Every module is imported,
and with it what it needs of other packages: Python keeps the byte code of those beside them too.
"""

import importlib
import pkgutil
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from geodata.points import LonLat

if TYPE_CHECKING:
    from geodata.people.population import Population
    from geodata.roads.index import RoadIndex
    from geodata.travel.travel_times import TravelTimes

PLACE = LonLat(26.1025, 44.4268)
MOMENT = datetime(2026, 1, 1, 3, tzinfo=UTC)


def main() -> None:
    """Ask every kind of question of each compiled engine."""
    # Imported here so that a broken environment fails with its own message, not at line 1.
    from geodata.kernels import compile_from_now_on
    from geodata.people.population import load_population
    from geodata.territories.counties import load_counties
    from geodata.territories.grid import build_grid
    from geodata.territories.kernels import fill_owners
    from geodata.territories.shares import load_territories
    from geodata.travel.travel_times import load_travel_times

    compile_from_now_on()
    import_everything()
    # Kept arrays need it no more, and what is kept is made anew when something changes.
    fill_owners(build_grid())
    load_counties().find_at(PLACE)
    load_territories().shares_of_circle(PLACE, 1200.0)
    compile_callers(load_population())
    times = load_travel_times()
    compile_roads(times)
    compile_labels(times, times.index)
    compile_labels(times, deepened(times.index))


def import_everything() -> None:
    """Import every module of the program but those that run when imported."""
    for name in ("geodata", "teams", "dispatch", "maps", "api"):
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)


def compile_callers(population: "Population") -> None:
    """Ask for people in an area, and how likely areas of each form are where they live."""
    from geodata.areas.likelihood import StatedArea, likelihood
    from geodata.areas.shapes import ArcBand, Circle, Polygon
    from geodata.areas.uncertainty import outline

    population.sample(outline(Circle(PLACE, 1200.0))[0])
    corners = tuple(LonLat(PLACE.lon + x, PLACE.lat + y) for x, y in ((0, 0), (0.1, 0), (0, 0.1)))
    shapes = (
        Circle(PLACE, 800.0), ArcBand(PLACE, 500.0, 1500.0, 30.0, 120.0), Polygon(corners),
    )  # fmt: skip
    for core_m in (100.0, 5000.0):
        places = population.callers_near(PLACE, core_m, 10_000.0)
        for shape in shapes:
            likelihood(StatedArea(shape), places.lons, places.lats)


def compile_roads(times: "TravelTimes") -> None:
    """Draw a route, close a road, and work in one change of the times."""
    import numpy as np

    from geodata.roads.closures import Closure
    from geodata.roads.meaning import find_meaning

    times.warm_up(MOMENT)
    index = times.index
    find_meaning(index, Closure("none", MOMENT, spot=times.middle))
    index.updater.update(index.metric, index.weights_ms, np.zeros(1, np.int64))


def compile_labels(times: "TravelTimes", index: "RoadIndex") -> None:
    """Ask for tables, for the nearest of several and for areas, on lists as a whole and pruned."""
    import numpy as np

    from geodata.roads import reach

    # Many places to one, which no label is kept for, are answered by another kernel.
    lon, lat = np.array(times.middle)[:, None] + np.zeros(30)
    many = index.place(lon, lat, max_distance_m=times.max_snap_m, outward=False)
    one = many.take(np.array([0]))
    for asked, other in ((one, one), (many, one), (one, many)):
        index.matrix_ms(asked, other)
    for outward in (True, False):
        reach.find_isochrones(index, one, [60_000], outward=outward)


def deepened(index: "RoadIndex") -> "RoadIndex":
    """Return the index as if its tree were deeper than 16 bits count."""
    import numpy as np

    from geodata.roads.customization import prune

    tree = index.hierarchy
    deep = replace(tree, depth=tree.depth.astype(np.int32), up_depth=tree.up_depth.astype(np.int32))
    return replace(index, hierarchy=deep, metric=prune(deep, index.metric))


if __name__ == "__main__":
    main()
