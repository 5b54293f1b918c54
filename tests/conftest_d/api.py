"""
The real application on a real socket and a real database, and people signed in to it.

One server per test process; tests make their own calls and teams in it and never
count on being alone.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import pytest

from geodata.database.embedded import EmbeddedCluster
from geodata.database.engine import Scope
from geodata.points import LonLat
from geodata.reference.codes import CODES
from teams.model import PositionReport
from tests.conftest_d.database import cloned
from tests.conftest_d.waiting import wait_until

if TYPE_CHECKING:
    from api.connections import ConnectionPolicy
    from api.settings import Settings
    from api.wiring import Services

# The application is imported where it is used: most tests do without it.

PASSWORD = "correct horse battery"
TITAN = LonLat(26.160, 44.415)  # well inside Sector 3
VASLUI = LonLat(27.728, 46.640)
ADMIN = Scope("tests", "administrator", tuple(CODES))

_callers = count(700_100_000)
_callsigns = count(1)


@dataclass(frozen=True, slots=True)
class ApiServer:
    """A running server, its parts, and the way to sit down at it as somebody."""

    base_url: str
    services: "Services"
    stack: ExitStack
    _desks: dict[str, httpx.Client] = field(default_factory=dict)

    def desk(self, role: str, *counties: str, team_id: UUID | None = None) -> httpx.Client:
        """Return a client with the token of a (new or known) account."""
        name = "-".join((role, *(counties or ("all",)), *((str(team_id),) if team_id else ())))
        if name not in self._desks:
            if role == "team" and team_id is None:
                team_id = self.new_team(*counties[:1], at=None)
            token = self.token(name, role, counties or tuple(CODES), team_id)
            client = visiting(self.base_url, headers={"Authorization": f"Bearer {token}"})
            self._desks[name] = self.stack.enter_context(client)
        return self._desks[name]

    def token(
        self, name: str, role: str, counties: tuple[str, ...], team_id: UUID | None = None
    ) -> str:
        """Create an account and return a bearer token of it."""
        from dispatch import services as use_cases

        account = use_cases.create_account(
            self.services.accounts,
            ADMIN,
            username=name,
            password=PASSWORD,
            role=role,
            counties=counties,
            team_id=team_id,
        )
        lifetime = timedelta(hours=1)
        return use_cases.issue_token(
            self.services.accounts, account.id, kind="bearer", lifetime=lifetime
        )

    def new_team(
        self, county: str = "B3", *, at: LonLat | None = TITAN, capabilities: tuple[str, ...] = ()
    ) -> UUID:
        """Create an available team with a fresh position."""
        from dispatch import services as use_cases

        team = use_cases.create_team(
            self.services.engine,
            ADMIN,
            callsign=f"{county}-T{next(_callsigns)}",
            county=county,
            capabilities=capabilities,
            base=at,
        ).team
        if at is not None:
            # Two minutes old, so that a drive from here to the next fix is a drive.
            moment = datetime.now(UTC) - timedelta(minutes=2)
            report = PositionReport(team.id, at, moment, moment, accuracy_m=10.0)
            use_cases.record_positions(self.services.engine, ADMIN, [report])
        return team.id


def visiting(base_url: str, **wishes: Any) -> httpx.Client:
    """
    Return a client of a server of ours; `wishes` are what `httpx.Client` takes.

    Nothing is encrypted on the way to this machine: the certificates of the world, which cost
    a fiftieth of a second to read, stay unread.
    """
    return httpx.Client(base_url=base_url, **({"timeout": 30, "verify": False} | wishes))


def report_of(
    place: LonLat = TITAN, *, radius_m: float = 150.0, caller: str | None = None
) -> bytes:
    """Return a location report of our JSON format from a new caller."""
    number = caller or f"+40{next(_callers)}"
    shape = {"type": "Circle", "center": [place.lon, place.lat], "radius_m": radius_m}
    return json.dumps({"caller": number, "shape": shape, "confidence": 0.95}).encode()


def send_report(desk: httpx.Client, raw: bytes | None = None) -> dict[str, Any]:
    """Send a location report and return the accepted answer."""
    answer = desk.post("/v1/location-reports", content=raw or report_of())
    assert answer.status_code == 201, answer.text
    accepted: dict[str, Any] = answer.json()
    return accepted


def code_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and problem code of a refusal, checking its form."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = answer.json()
    assert problem["status"] == answer.status_code
    return answer.status_code, problem["code"]


@contextmanager
def running_server(
    settings: "Settings",
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    connections: "ConnectionPolicy | None" = None,
    port: int = 0,
) -> Iterator[tuple[str, "Services"]]:
    """Run the real application in a thread; yield its address and its parts. Port 0 is any."""
    from api.app import create_app
    from api.server import Server, listening_socket

    app = create_app(settings, clock=clock)
    with closing(listening_socket("127.0.0.1", port)) as listening:
        server = Server(app, connections=connections)
        thread = threading.Thread(target=server.serve_on, args=(listening,), daemon=True)
        thread.start()
        wait_until(lambda: server.started or not thread.is_alive())
        assert server.services is not None, "the application did not start"
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", server.services
        server.should_exit = True
        thread.join(timeout=20)
        assert not thread.is_alive(), "the server did not stop"


@pytest.fixture(scope="session")
def api(
    cluster: EmbeddedCluster, seeded_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ApiServer]:
    """Serve the application on a database of its own."""
    from api.settings import (
        DatabaseSettings,
        HandoverSettings,
        LiveSettings,
        SessionSettings,
        Settings,
    )

    with cloned(cluster, seeded_template) as database, ExitStack() as stack:
        settings = Settings(
            # Closures belong to a database; so does the road index they are published in.
            database=DatabaseSettings(
                database_url=database.url, data_dir=tmp_path_factory.mktemp("data")
            ),
            session=SessionSettings(login_attempts=5),
            live=LiveSettings(session_check_s=0.2, stream_tick_s=0.1),
            handover=HandoverSettings(
                handover_url=None,
                handover_folder=tmp_path_factory.mktemp("handover"),
                handover_poll_s=0.5,
            ),
        )
        base_url, services = stack.enter_context(running_server(settings))
        yield ApiServer(base_url, services, stack)


@pytest.fixture
def dispatcher(api: ApiServer) -> httpx.Client:
    """Sit at the desk of a dispatcher of Sector 3."""
    return api.desk("dispatcher", "B3")


@pytest.fixture
def foreigner(api: ApiServer) -> httpx.Client:
    """Sit at the desk of a dispatcher of Vaslui."""
    return api.desk("dispatcher", "VS")


@pytest.fixture
def visitor(api: ApiServer) -> Iterator[httpx.Client]:
    """Come without any credentials."""
    with visiting(api.base_url) as client:
        yield client
