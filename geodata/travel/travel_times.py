"""
How long a drive takes: by road where the road graph reaches, else by estimate.

By road: exact shortest time on the compiled index at free flow x belt of the city
(`geodata.roads.belts`), divided by the factor of the hour of the week in a big city
(`geodata.roads.profiles`) and by a fixed share in the country (`geodata.roads.zones`). By
estimate, when either end lies farther than `max_snap_m` from every road of the graph, or on
one that nothing joins to the rest: see `geodata.roads.pace`. An estimate says so. Either way
the fixed seconds of a drive are added once.

Which road a place is put on is said in `geodata.roads.placing`.
The way between a place and its nearest road is not counted. No turn costs.

The index is either held in memory or followed in a directory, where another
process replaces it (`geodata.roads.publishing.index_directory`); a question is answered
by one state of it from beginning to end.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from geodata.errors import RoadNetworkError
from geodata.points import LonLat, Origin, standing
from geodata.reference import files
from geodata.roads import basemap
from geodata.roads.basemap_cells import BasemapCells
from geodata.roads.closures import Closure, close, find_pieces
from geodata.roads.in_force import InForce, gather
from geodata.roads.index import RoadIndex
from geodata.roads.kept_labels import KeptLabels
from geodata.roads.network import FAR, Floats
from geodata.roads.pace import DETOUR, Pace
from geodata.roads.profiles import WeekBand
from geodata.roads.publishing.index_holder import Hours, RoadIndexHolder
from geodata.roads.routes import draw
from geodata.roads.snapping import SnappedMany
from geodata.roads.zones import COUNTRY_SHARE
from geodata.said import said
from geodata.travel.estimates import straight_m
from geodata.travel.hour_states import HourStates, State

BUNDLED_INDEX = files.DATA / files.ROADS
"""The Bucharest drive network that ships with the project."""

MAX_SNAP_M = 500.0
"""Farther than this from every road, a place is not on the graph."""

Source = Literal["road", "estimate"]


@dataclass(frozen=True, slots=True)
class Route:
    """
    One drive as a line.

    Attributes
    ----------
    places
        Line in EPSG:4326 from road point to road point; for an estimate the
        straight line between the two places; empty when unreachable.
    seconds, distance_m
        None when there is no way although both ends lie on the graph.
    source
        `road` or `estimate`.
    street_names
        Streets in order, unnamed ones left out.
    """

    places: tuple[LonLat, ...]
    seconds: float | None
    distance_m: float | None
    source: Source
    street_names: tuple[str, ...] = ()


class TravelTimes:
    """
    Driving times and routes between any two places in the country.

    Safe to share between threads. Places are WGS84, `at` is an aware time.
    """

    def __init__(
        self,
        index: RoadIndex | RoadIndexHolder,
        *,
        max_snap_m: float = MAX_SNAP_M,
        kept_places: int = 2048,
        closures: Sequence[Closure] = (),
        closed_at: datetime | None = None,
    ) -> None:
        """
        Answer from an index, or from the newest one of a directory.

        Into an index at free flow the speed profile is worked in first; one with other
        times is taken as it is. `closures` that hold at `closed_at` (now when not given) are
        applied to an index in memory; see `set_closures`.
        """
        self.max_snap_m = max_snap_m
        self._kept_places = kept_places
        self._holder = index if isinstance(index, RoadIndexHolder) else None
        first = index.get() if isinstance(index, RoadIndexHolder) else index
        self._listeners: list[Callable[[], None]] = []
        self._map_cells: BasemapCells | None = None
        in_force = self._holder.in_force if self._holder else InForce()
        hours = self._holder.hours if self._holder else {}
        if first.weights_ms is first.open_ms and self._holder is None:
            first = first.with_profile(in_force.profile)
        self._hours = HourStates(first, in_force, hours, self._keep)
        if self._holder is not None:
            self._holder.subscribe(self._take)
        if closures:
            self.set_closures(closures, closed_at or datetime.now(UTC))

    @property
    def index(self) -> RoadIndex:
        """The index that answers at this moment."""
        return self._now().index

    def roads_at(self, at: datetime) -> tuple[RoadIndex, Pace]:
        """Return the index for the hour of `at`, and what makes real times of its own."""
        state, pace = self._at(at)
        return state.index, pace

    @property
    def in_force(self) -> InForce:
        """Closures and speed profile under which it answers at this moment."""
        return self._now().in_force

    @property
    def generation(self) -> str | None:
        """State of the directory that answers at this moment; None for an index in memory."""
        return None if self._holder is None else self._holder.generation.link

    @property
    def labels_computed(self) -> int:
        """How many labels of origins were computed under the times of this moment."""
        return self._hours.labels_computed

    def set_closures(self, closures: Sequence[Closure], at: datetime) -> None:
        """
        Answer under ALL the closures given that hold at `at`, and no others.

        Questions under way are answered by the old times; none waits.

        Raises
        ------
        RoadNetworkError
            `shared_index`: the times of a directory are changed for all
            processes at once, by `geodata.roads.publishing.publication`.
        """
        if self._holder is not None:
            raise RoadNetworkError(
                "shared_index",
                said("the index belongs to several processes"),
                said("publish the closures"),
            )
        state = self._hours.current
        network, grid = state.index.network, state.index.grids.whole
        usual = state.in_force.profile.weights_ms(network, state.index.open_ms)
        index = state.index.with_weights(close(network, grid, usual, closures, at))
        find = partial(find_pieces, network, grid)
        in_force = gather(network, closures, at, find=find, profile=state.in_force.profile)
        self._take(index, in_force, {})

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Tell `listener` when other times came into use at any hour; in a thread of ours."""
        self._listeners.append(listener)

    def follow(self) -> None:
        """Take up what the directory holds now, and wait for it; nothing to do in memory."""
        if self._holder is not None:
            self._holder.refresh()

    def prepare(self, at: datetime) -> None:
        """Make sure that a question about `at` waits for nothing; seconds if it must be made."""
        self._at(at)

    def band_at(self, at: datetime) -> WeekBand:
        """Band of the speed profile in use that holds at `at`."""
        return self._now().in_force.profile.find_band(at)

    def keep(self, places: Sequence[Origin]) -> None:
        """Compute the labels of places (teams that moved) before anybody asks about them."""
        self._now()
        self._hours.warm(places)

    def matrix(
        self, origins: Sequence[Origin], destinations: Sequence[LonLat], *, at: datetime
    ) -> tuple[Floats, NDArray[np.bool_]]:
        """
        Driving times between all pairs.

        Labels of origins are kept between questions (teams); destinations' are not.

        Returns
        -------
        seconds, is_estimate
            Both of shape (origins, destinations). NaN seconds: both ends are on
            joined roads of the graph and no way leads from one to the other.

        Raises
        ------
        RefusedError
            `naive_time`.

        Notes
        -----
        300 kept origins to one destination take about 0.1 ms.
        """
        state, pace = self._at(at)
        index = state.index
        into = self._place(index, destinations)
        times, start = self._times_ms(state, origins, into)
        seconds = pace.seconds(times)
        # Off the roads, or on one that is joined to no other: then the map knows no way, but that
        # does not mean that there is none. On one island it may know one.
        joined = index.leads(start.piece, outward=True)[:, None] & index.leads(
            into.piece, outward=False
        )
        is_estimate = ~joined & (times >= FAR)
        i, j = np.nonzero(is_estimate)
        if len(i):
            ends = (
                [standing(origins[k]) for k in i.tolist()],
                [destinations[k] for k in j.tolist()],
            )
            seconds[i, j] = pace.estimate_s(straight_m(*ends))
        return seconds, is_estimate

    def route(self, origin: Origin, destination: LonLat, *, at: datetime) -> Route:
        """Fastest drive with its line, length and streets; about 3 ms across Bucharest."""
        index, pace = self.roads_at(at)
        starts = index.place_cars([origin], max_distance_m=self.max_snap_m)
        ends = self._place(index, [destination])
        start, end = starts.get(0), ends.get(0)
        way = index.find_way(start, end) if start and end else None
        joined = index.leads(starts.piece, outward=True) & index.leads(ends.piece, outward=False)
        if way is None and not joined[0]:
            place = standing(origin)
            straight = straight_m([place], [destination])
            seconds = float(pace.estimate_s(straight)[0])
            return Route((place, destination), seconds, float(straight[0]) * DETOUR, "estimate")
        if way is None:
            return Route((), None, None, "road")
        drawn = draw(index, way)
        seconds = float(pace.seconds(np.array(way.time_ms)))
        return Route(drawn.places, seconds, drawn.length_m, "road", drawn.street_names)

    def late_s(self, seconds: Floats, *, at: datetime) -> Floats:
        """Seconds that nine of ten drives expected to take `seconds` (any shape) do not exceed."""
        return self._now().in_force.profile.pace_at(at).late_s(seconds)

    def place_origins(self, origins: Sequence[Origin]) -> SnappedMany:
        """Road points at which drives from cars start; piece -1 beyond `max_snap_m`."""
        return self._now().index.place_cars(origins, max_distance_m=self.max_snap_m)

    def place_destinations(self, places: Sequence[LonLat]) -> SnappedMany:
        """Road points at which drives to places end; piece -1 beyond `max_snap_m`."""
        return self._place(self._now().index, places)

    def off_road_m(self, places: Sequence[LonLat]) -> Floats:
        """Metres from the road on which drives to places end; infinite beyond `max_snap_m`."""
        return self.place_destinations(places).distance_m

    def profile_name(self, at: datetime) -> str:
        """
        Name of the speed profile used at `at`, e.g. "Bucharest hours 06-09, 19 rides".

        On an imported network it also says what holds outside the big cities.
        """
        state = self._now()
        name = state.in_force.profile.name_at(at)
        if state.country is None:
            return name
        return f"{name}; outside big cities {COUNTRY_SHARE:.0%} of the limit, unchecked"

    def closures_near(self, origins: Sequence[Origin], destination: LonLat) -> list[int]:
        """Count, for each origin, the closures in force that may matter on its way."""
        in_force = self._now().in_force
        return [in_force.count_near(standing(origin), destination) for origin in origins]

    def info(self) -> dict[str, Any]:
        """Source, licence, counts and extent (degrees: west, south, east, north) of the graph."""
        network = self.index.network
        lon, lat = network.lon, network.lat
        return {
            **network.about,
            "nodes": network.node_count,
            "pieces": network.piece_count,
            "arcs": network.arc_count,
            "length_km": round(float(network.length_m.sum()) / 1000, 1),
            "bbox": [float(f(axis).round(5)) for f in (np.min, np.max) for axis in (lon, lat)],
            "shortcuts": len(self.index.hierarchy.up),
            "max_snap_m": self.max_snap_m,
            "profile": self.in_force.profile.name,
            "closures_in_force": len(self.in_force.closures),
            "closures_as_of": self.in_force.at.isoformat() if self.in_force.at else None,
        }

    def basemap(self, min_class: str = "residential") -> list[tuple[str, list[Floats]]]:
        """Road lines by class, most important first; see `geodata.roads.basemap`."""
        return basemap.lines_by_class(self.index.network, min_class=min_class)

    def basemap_geojson(self, min_class: str = "residential") -> dict[str, Any]:
        """
        Return the same as a FeatureCollection of one MultiLineString a class, EPSG:4326.

        With the motorways of the country beyond the network.
        """
        cells = self.map_cells
        return basemap.geojson(cells.network, min_class=min_class, beyond=cells.beyond_lines())

    @property
    def map_cells(self) -> BasemapCells:
        """The roads in cells, for maps; one object for each network, whatever its times."""
        network, kept = self.index.network, self._map_cells
        if kept is None or kept.network is not network:
            kept = self._map_cells = BasemapCells(network)
        return kept

    @property
    def middle(self) -> LonLat:
        """A place on the graph, near its middle."""
        network = self.index.network
        nearest = np.hypot(network.lon - network.lon.mean(), network.lat - network.lat.mean())
        return network.node_place(int(nearest.argmin()))

    def warm_up(self, at: datetime) -> None:
        """Load the compiled kernels, so that the first caller does not wait for them."""
        self.route(self.middle, self.index.network.node_place(0), at=at)
        self.matrix([self.middle], [self.middle], at=at)

    def _now(self) -> State:
        if self._holder is not None:
            # Notices a swap; the state changes when the new index is ready.
            self._holder.get()
        return self._hours.current

    def _at(self, at: datetime) -> tuple[State, Pace]:
        """Return the state for the hour of `at`, and what makes real times of its own."""
        pace = self._now().in_force.profile.pace_at(at)
        return self._hours.at(pace.factor), pace

    def _take(self, index: RoadIndex, in_force: InForce, hours: Hours) -> None:
        old = self._hours.current
        self._hours.take(index, in_force, hours)
        # An hour that lies ready now changes no answer.
        was = old.in_force
        same = None not in {in_force.at, was.at} and in_force.says_the_same(was)
        if not (same and index.network is old.index.network):
            for listener in self._listeners:
                listener()

    def _keep(self, index: RoadIndex) -> KeptLabels:
        return KeptLabels(index, capacity=self._kept_places, max_distance_m=self.max_snap_m)

    def _place(self, index: RoadIndex, places: Sequence[LonLat]) -> SnappedMany:
        lons, lats = np.array(places, np.float64).reshape(-1, 2).T.copy()
        return index.place(lons, lats, max_distance_m=self.max_snap_m, outward=False)

    def _times_ms(
        self, state: State, origins: Sequence[Origin], into: SnappedMany
    ) -> tuple[NDArray[np.int64], SnappedMany]:
        if len(origins) <= state.kept.capacity:
            return state.kept.times_ms(origins, into)
        start = state.index.place_cars(origins, max_distance_m=self.max_snap_m)
        return state.index.matrix_ms(start, into), start


@lru_cache(maxsize=2)
def load_travel_times(index_path: Path | None = None) -> TravelTimes:
    """
    Travel times on a compiled road file or an index directory; the bundled Bucharest by default.

    A directory is followed: whatever is published there is used from then on.

    Raises
    ------
    RoadNetworkError
        The file or directory is missing, damaged or of another version.

    Examples
    --------
    >>> places, evening = [LonLat(26.10, 44.43)], datetime(2026, 11, 27, 16, tzinfo=UTC)
    >>> load_travel_times().matrix(places, places, at=evening)[0]
    array([[0.]])
    """
    if index_path is not None and index_path.is_dir():
        return TravelTimes(RoadIndexHolder(index_path))
    return TravelTimes(RoadIndex.load(index_path or BUNDLED_INDEX))
