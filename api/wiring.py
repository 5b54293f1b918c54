"""
The only module that knows every part: it builds them in order and takes them down.

`Services` is what routes get. Nothing happens at import.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool

from api.access.looks import LookBook
from api.access.throttle import LoginThrottle
from api.background.cluster_watch import ClusterWatch
from api.background.courier import Courier
from api.background.field_watch import FieldWatch
from api.background.planning_desk import PlanningDesk
from api.background.position_upkeep import PositionUpkeep
from api.background.road_keeper import Follower, RoadKeeper, Sources
from api.background.unread_messages import UnreadMessages
from api.clients.handover_senders import running_sender
from api.clients.location_servers import LocationServers, location_servers
from api.database import DatabaseAddresses, prepare_database, running_database
from api.hearing import hearing_on
from api.installation import mend_roads, missed_import, road_folder, roads_in_use
from api.live.hub import Hub
from api.live.listener import Listener
from api.live.shared_snapshots import SharedSnapshots
from api.metrics import Metrics
from api.pools import BoundedPool
from api.settings import DatabaseSettings, HandoverSettings, LostSettings, Settings
from dispatch.belief.hearing import Hearing, Message
from dispatch.closures.on_the_map import ClosureDrawings
from dispatch.closures.standing import bring_up_to_date
from dispatch.following.following import Following
from dispatch.ground import Ground, load_ground
from dispatch.handover.views import Packing
from dispatch.lost_protocol.build import build_lost_server
from dispatch.lost_protocol.model import LostConfig
from dispatch.lost_protocol.server import LostServer
from dispatch.notices import notice_of_other_times
from dispatch.place_search import PlaceSearch
from dispatch.policy import Policies
from dispatch.recommendation.proposal import Proposer
from dispatch.services.offering import Offering
from dispatch.services.taking import MessageTaker
from geodata.database.engine import connect_database, conninfo
from geodata.errors import RefusedError
from geodata.kernels import compile_from_now_on
from geodata.people.homes import load_homes
from geodata.travel.travel_times import TravelTimes
from geodata.travel.uncovering import Uncovering
from maps.ground import Documents
from maps.pages.assets import default_vendor_dir

KEPT_CONNECTIONS = 16
"""Connections to the database that stay open; more than two cores keep busy."""

_log = logging.getLogger("dispatch119.roads")

# What open pages cost between their events: is the session still good, and who looked.
_STREAM_THREADS, _STREAM_QUEUE = 2, 5_000


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a route may use."""

    settings: Settings
    engine: Engine
    accounts: Engine
    addresses: DatabaseAddresses
    ground: Ground
    travel: TravelTimes
    policies: Policies
    proposer: Proposer
    hub: Hub
    snapshots: SharedSnapshots
    listener: Listener
    metrics: Metrics
    throttle: LoginThrottle
    following: Following
    documents: Documents
    lost: LostServer
    lost_pool: BoundedPool
    sign_in_pool: BoundedPool
    stream_pool: BoundedPool
    looks: LookBook
    location_servers: LocationServers
    places: PlaceSearch
    messages: MessageTaker
    courier: Courier
    packing: Packing
    planning: PlanningDesk
    clock: Callable[[], datetime]
    drawings: ClosureDrawings = field(default_factory=ClosureDrawings)
    roads: RoadKeeper | None = None
    follower: Follower | None = None
    unread: UnreadMessages | None = None
    field_watch: FieldWatch | None = None


def packing_of(settings: HandoverSettings) -> Packing:
    """Return how packages for 112 are made here: by whom, and with which fonts."""
    folder = default_vendor_dir() / "dejavu-fonts-ttf" / "ttf"
    fonts = (folder / "DejaVuSans.ttf", folder / "DejaVuSans-Bold.ttf")
    return Packing(settings.handover_element, fonts)


def lost_config(settings: LostSettings) -> LostConfig:
    """Return what the LoST server says of itself, and for how long."""
    return LostConfig(
        source=settings.lost_source,
        uris=settings.lost_uris,
        updated_at=settings.lost_updated_at,
        lifetime=timedelta(hours=settings.lost_lifetime_h),
        parent=settings.lost_parent,
        is_open=settings.lost_enabled,
    )


@contextmanager
def running_services(
    settings: Settings, metrics: Metrics, *, clock: Callable[[], datetime]
) -> Iterator[Services]:
    """Build all parts; blocking, seconds on a first start."""
    with ExitStack() as stack:
        compile_from_now_on()
        addresses = stack.enter_context(running_database(settings.database, ClusterWatch))
        prepare_database(addresses)
        engine = connect_database(addresses.app, pool_size=KEPT_CONNECTIONS, clock=clock)
        stack.callback(engine.dispose)
        accounts = connect_database(addresses.accounts, pool_size=4, clock=clock)
        stack.callback(accounts.dispose)
        hub = Hub(metrics, queue_limit=settings.live.stream_queue)
        sender = stack.enter_context(running_sender(settings.handover, settings.database.data_dir))
        session, ground = settings.session, load_ground()
        hearing, servers = hearing_on(ground, settings.intake), location_servers(settings.location)
        travel, policies = _roads(settings.database), Policies()
        _hear_first(hearing, clock())
        following = Following(engine, travel, policies.arrival, clock, lambda: _tell_pages(hub))
        follower, roads = stack.enter_context(_kept_roads(settings, addresses, travel, following))
        travel.subscribe(following.tell_other_times)
        uncovering = Uncovering(travel, load_homes)
        offer_soon = stack.enter_context(Offering(engine))
        messages = MessageTaker(engine, hearing, servers, metrics, run_in_threadpool, offer_soon)
        unread = stack.enter_context(UnreadMessages(messages, metrics))
        # Of its own: what looks every few seconds takes no request's connection.
        watching = connect_database(addresses.app, pool_size=1, clock=clock)
        stack.callback(watching.dispose)
        watch = stack.enter_context(FieldWatch(watching, policies.field_work))
        looks = stack.enter_context(LookBook(engine))
        stack.enter_context(PositionUpkeep(addresses.owner, clock))
        yield Services(
            settings=settings,
            engine=engine,
            accounts=accounts,
            addresses=addresses,
            ground=ground,
            travel=travel,
            policies=policies,
            proposer=Proposer(
                engine,
                ground.counties,
                ground.population,
                travel,
                policies.recommendation,
                uncovering,
            ),
            hub=hub,
            snapshots=SharedSnapshots(hub),
            listener=Listener(conninfo(addresses.app), hub, on_moved=travel.keep),
            metrics=metrics,
            throttle=LoginThrottle(session.login_attempts, session.login_window_s),
            following=following,
            documents=Documents(),
            lost=build_lost_server(ground, lost_config(settings.lost)),
            lost_pool=BoundedPool(
                threads=settings.lost.lost_threads, queue=settings.lost.lost_queue
            ),
            sign_in_pool=BoundedPool(threads=session.login_threads, queue=session.login_queue),
            stream_pool=BoundedPool(threads=_STREAM_THREADS, queue=_STREAM_QUEUE),
            looks=looks,
            location_servers=servers,
            places=PlaceSearch(ground, lambda: travel.index),
            messages=messages,
            courier=Courier(engine, sender, metrics, settings.handover.handover_poll_s),
            packing=packing_of(settings.handover),
            planning=PlanningDesk(),
            clock=clock,
            roads=roads,
            follower=follower,
            unread=unread,
            field_watch=watch,
        )


def _hear_first(hearing: Hearing, now: datetime) -> None:
    """
    Believe two messages of nobody, so that the first call does not wait for compiled kernels.

    Roads are asked nothing: an index that is damaged has to be found and mended first.
    """
    circle, cell = b"geo:26.1025,44.4268;u=1200", b"geo:26.1025,44.4268;u=9000"
    hearing.believe([Message(raw, now, is_live=False) for raw in (circle, cell)])


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
    travel: TravelTimes,
    following: Following,
) -> Iterator[tuple[Follower, RoadKeeper] | tuple[None, None]]:
    """Answer under the closures in force from the first question on, and keep it so."""
    if travel.generation is None:
        _log.warning("the road index is held in memory: closures are not followed")
        yield None, None
        return
    root, engine, clock = road_folder(settings.database), following.engine, following.clock
    # Beside the start, which waits for no checksum.
    threading.Thread(
        target=_mend, args=(settings.database, travel), name="road-checksums", daemon=True
    ).start()
    try:
        bring_up_to_date(engine, root, clock())
        travel.follow()
    except RefusedError as error:
        # The times on disk are complete, only old. The keeper tries again and logs what is wrong.
        _log.warning("road times are not up to date", extra={"kind": error.code})
    sources = Sources(engine, conninfo(addresses.app), root, clock)
    keeper = RoadKeeper(sources, lambda: _renew_etas(following))
    with Follower(travel, clock, following.tell_other_times) as follower, keeper:
        yield follower, keeper


def _mend(database: DatabaseSettings, travel: TravelTimes) -> None:
    try:
        if mend_roads(database):
            travel.follow()
    except (RefusedError, OSError) as error:
        _log.warning("the road index could not be checked", extra={"kind": type(error).__name__})


def _renew_etas(following: Following) -> None:
    written = following.renew_etas()
    _log.info("ETAs under other road times", extra={"teams": written})


def _tell_pages(hub: Hub) -> None:
    """Let every page of this process ask again; road times concern all counties."""
    hub.publish_soon(notice_of_other_times())
