"""
The only module that knows every part: it builds them in order and takes them down.

`Services` is what routes get. Nothing happens at import.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from api.access.throttle import LoginThrottle
from api.background.courier import Courier
from api.background.planning import PlanningDesk
from api.background.road_keeper import Follower, RoadKeeper, Sources
from api.clients.handover_senders import running_sender
from api.clients.location_servers import LocationServers, location_servers
from api.database import DatabaseAddresses, prepare_database, running_database
from api.etas import EtaMemory
from api.ground import (
    Ground,
    Policies,
    load_ground,
    missed_import,
    road_folder,
    roads_in_use,
)
from api.live.hub import Hub
from api.live.listener import Listener
from api.lost import build_lost_server
from api.metrics import Metrics
from api.road_changes import refresh_etas, tell_pages
from api.schemas.closure_drawings import ClosureDrawings
from api.settings import DatabaseSettings, HandoverSettings, Settings
from dispatch.closures.standing import bring_up_to_date
from dispatch.handover.views import Packing
from dispatch.lost_protocol.server import LostServer
from geodata.database.engine import connect_database, conninfo
from geodata.errors import RefusedError
from geodata.travel.travel_times import TravelTimes
from maps.assets import default_vendor_dir
from maps.ground import Documents

_log = logging.getLogger("dispatch119.roads")


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a route may use."""

    settings: Settings
    engine: Engine
    addresses: DatabaseAddresses
    ground: Ground
    travel: TravelTimes
    policies: Policies
    hub: Hub
    listener: Listener
    metrics: Metrics
    throttle: LoginThrottle
    etas: EtaMemory
    documents: Documents
    lost: LostServer
    location_servers: LocationServers
    courier: Courier
    packing: Packing
    planning: PlanningDesk
    clock: Callable[[], datetime]
    drawings: ClosureDrawings = field(default_factory=ClosureDrawings)
    roads: RoadKeeper | None = None


def packing_of(settings: HandoverSettings) -> Packing:
    """Return how packages for 112 are made here: by whom, and with which fonts."""
    folder = default_vendor_dir() / "dejavu-fonts-ttf" / "ttf"
    fonts = (folder / "DejaVuSans.ttf", folder / "DejaVuSans-Bold.ttf")
    return Packing(settings.handover_element, fonts)


@contextmanager
def running_services(
    settings: Settings, metrics: Metrics, *, clock: Callable[[], datetime]
) -> Iterator[Services]:
    """Build all parts; blocking, seconds on a first start."""
    with ExitStack() as stack:
        addresses = stack.enter_context(running_database(settings.database))
        prepare_database(addresses)
        engine = connect_database(addresses.app, pool_size=16, clock=clock)
        stack.callback(engine.dispose)
        hub = Hub(metrics, queue_limit=settings.live.stream_queue)
        sender = stack.enter_context(running_sender(settings.handover, settings.database.data_dir))
        session, ground = settings.session, load_ground(settings.intake)
        travel, etas = _roads(settings.database), EtaMemory()
        kept = _kept_roads(settings, addresses, engine, travel, (hub, etas), clock)
        roads = stack.enter_context(kept)
        travel.subscribe(lambda: tell_pages(hub, etas))
        yield Services(
            settings=settings,
            engine=engine,
            addresses=addresses,
            ground=ground,
            travel=travel,
            policies=Policies(),
            hub=hub,
            listener=Listener(conninfo(addresses.app), hub, on_moved=travel.keep),
            metrics=metrics,
            throttle=LoginThrottle(session.login_attempts, session.login_window_s),
            etas=etas,
            documents=Documents(),
            lost=build_lost_server(ground, settings.lost),
            location_servers=location_servers(settings.location),
            courier=Courier(engine, sender, metrics, settings.handover.handover_poll_s),
            packing=packing_of(settings.handover),
            planning=PlanningDesk(),
            clock=clock,
            roads=roads,
        )


def _roads(database: DatabaseSettings) -> TravelTimes:
    travel = roads_in_use(database, at_any_rate=True)
    if missed := missed_import(database):
        _log.warning(
            "the imported road network is of another version: import it again"
            " (dispatch119 roads import); until then Bucharest's roads, estimates elsewhere",
            extra={"file": missed},
        )
    return travel


@contextmanager
def _kept_roads(
    settings: Settings,
    addresses: DatabaseAddresses,
    engine: Engine,
    travel: TravelTimes,
    told: tuple[Hub, EtaMemory],
    clock: Callable[[], datetime],
) -> Iterator[RoadKeeper | None]:
    """Answer under the closures in force from the first question on, and keep it so."""
    if travel.generation is None:
        _log.warning("the road index is held in memory: closures are not followed")
        yield None
        return
    root, (hub, etas) = road_folder(settings.database), told
    try:
        bring_up_to_date(engine, root, clock())
        travel.follow()
    except RefusedError as error:
        # The times on disk are complete, only old. The keeper tries again and logs what is wrong.
        _log.warning("road times are not up to date", extra={"kind": error.code})
    sources = Sources(engine, conninfo(addresses.app), root, clock)
    keeper = RoadKeeper(sources, lambda: _follow_up(engine, travel, etas, clock))
    with Follower(travel, clock, lambda: tell_pages(hub, etas)), keeper:
        yield keeper


def _follow_up(
    engine: Engine, travel: TravelTimes, etas: EtaMemory, clock: Callable[[], datetime]
) -> None:
    written = refresh_etas(engine, travel, etas, clock())
    _log.info("ETAs under other road times", extra={"teams": written})
