"""
A recorded closure as this process sees it: whose it is, whether its routes follow it.

Takes what it needs and not all services, so that the services may hold its memory.
"""

import threading
from collections import OrderedDict
from datetime import datetime
from uuid import UUID

import shapely

from api.errors import AccessError
from api.schemas.answers import GeoJson
from api.schemas.road_closures import RoadClosureAnswer, Standing
from dispatch.closures.model import ClosureState, RoadClosure
from geodata.database.engine import Scope
from geodata.points import LonLat
from geodata.roads.closures import Closure, find_pieces
from geodata.roads.index import RoadIndex
from geodata.roads.meaning import draw_pieces
from geodata.said import said
from geodata.territories.counties import Counties
from geodata.travel.travel_times import TravelTimes

# More than may stand at once.
_REMEMBERED = 4_000


class ClosureDrawings:
    """Lines of the roads that closures mean, found once per map; thread-safe."""

    def __init__(self) -> None:
        self._drawn: OrderedDict[tuple[str, UUID], GeoJson | None] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, index: RoadIndex, row: RoadClosure) -> GeoJson | None:
        """Return the lines, None when they are too many to draw."""
        key = (str(index.network.about.get("generation")), row.id)
        with self._lock:
            if key in self._drawn:
                return self._drawn[key]
        drawn = draw_pieces(index, row.as_closure())
        with self._lock:
            self._drawn[key] = drawn
            while len(self._drawn) > _REMEMBERED:
                self._drawn.popitem(last=False)
        return drawn


def answer_of(
    travel: TravelTimes, drawings: ClosureDrawings, row: RoadClosure, now: datetime
) -> RoadClosureAnswer:
    """Return the documented form of a closure."""
    state = row.state_at(now)
    is_in_force = str(row.id) in travel.in_force.ids
    return RoadClosureAnswer.of(
        row,
        Standing(
            state=state,
            applied=is_in_force == (state is ClosureState.ACTIVE),
            generation=travel.generation,
            roads=None if state is ClosureState.OVER else drawings.get(travel.index, row),
        ),
    )


def county_of(counties: Counties, index: RoadIndex, scope: Scope, closure: Closure) -> str:
    """
    Return the county that a closure is recorded for: where it lies, if it is the writer's.

    Raises
    ------
    AccessError
        `forbidden_role` for an account without any county.
    """
    if not scope.counties:
        raise AccessError(
            "forbidden_role", said("the account belongs to no county"), said("ask an administrator")
        )
    here = counties.find_at(_middle(index, closure))
    return here if here in scope.counties else scope.counties[0]


def _middle(index: RoadIndex, closure: Closure) -> LonLat:
    if closure.spot is not None:
        return closure.spot
    if closure.area is not None:
        point = shapely.point_on_surface(closure.area)
        return LonLat(float(point.x), float(point.y))
    pieces, _ = find_pieces(index.network, index.grids.whole, closure)
    return index.network.node_place(int(index.network.tail[pieces[0]]))
