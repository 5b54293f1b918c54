"""The stage of a demonstration: a running server, synthetic teams, and a desk per account."""

import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from api.app import create_app
from api.demo.crew import DemoAccount, DemoTeam, demo_accounts, synthetic_teams
from api.demo.desk import Desk
from api.server import Server, listening_socket
from api.settings import Settings
from api.wiring import Services
from dispatch import services as use_cases
from dispatch.roles import Role
from dispatch.views import AccountView
from geodata.crs import distance_m
from geodata.database.engine import Scope
from geodata.errors import RefusedError, UnavailableError
from geodata.said import said
from teams.model import PositionReport, Team, TeamStatus

_TOKEN_LIFETIME = timedelta(days=2)
_START_LIMIT_S = 90.0
_STOP_LIMIT_S = 15.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a night is played: `desks` by username, `team_ids` by callsign."""

    base_url: str
    services: Services
    teams: tuple[DemoTeam, ...]
    team_ids: Mapping[str, UUID]
    desks: Mapping[str, Desk]


@contextmanager
def served(settings: Settings, clock: Callable[[], datetime]) -> Iterator[tuple[str, Services]]:
    """
    Run the real application on a free port of this machine; yield its address and services.

    Raises
    ------
    RefusedError
        The application could not start; code and hint say why.
    """
    app = create_app(settings, clock=clock)
    outcome: Future[Services] = Future()
    server = Server(app, on_started=outcome.set_result)
    with listening_socket("127.0.0.1", 0) as listening:
        thread = threading.Thread(
            target=_serve, args=(server, listening, outcome), name="demo-server", daemon=True
        )
        thread.start()
        try:
            services = outcome.result(timeout=_START_LIMIT_S)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}", services
        finally:
            server.should_exit = True
            thread.join(timeout=_STOP_LIMIT_S)


def _serve(server: Server, listening: socket.socket, outcome: "Future[Services]") -> None:
    try:
        server.serve_on(listening)
    except RefusedError as refusal:
        outcome.set_exception(refusal)
    if not outcome.done():
        outcome.set_exception(
            UnavailableError(
                "server_not_started",
                said("the server did not start"),
                said("run `dispatch119 check` to see what is missing"),
            )
        )


@contextmanager
def prepared_stage(
    settings: Settings, clock: Callable[[], datetime], *, seed: int, language: str = "en"
) -> Iterator[Stage]:
    """Serve, create the synthetic teams and accounts, and sit everybody at a desk."""
    with ExitStack() as stack:
        base_url, services = stack.enter_context(served(settings, clock))
        teams = synthetic_teams(services.ground.counties, seed=seed)
        team_ids = create_teams(services, teams)
        create_accounts(services, demo_accounts(teams), team_ids)
        desks = {
            account.username: stack.enter_context(
                Desk(base_url, _token(services, account), account.username, language)
            )
            for account in use_cases.list_accounts(services.accounts, national_scope(services))
        }
        yield Stage(base_url, services, teams, team_ids, desks)


def national_scope(services: Services) -> Scope:
    """Return the scope under which synthetic people and teams are created."""
    return Scope("demo", Role.ADMINISTRATOR, tuple(services.ground.counties.codes))


def create_teams(services: Services, teams: tuple[DemoTeam, ...]) -> dict[str, UUID]:
    """Create the synthetic teams that do not exist yet; return all ids by callsign."""
    scope = national_scope(services)
    known = {
        view.team.callsign: view.team.id for view in use_cases.list_teams(services.engine, scope)
    }
    for team in teams:
        if team.callsign in known:
            continue
        view = use_cases.create_team(
            services.engine,
            scope,
            callsign=team.callsign,
            county=team.county,
            staffing=team.staffing,
            capabilities=team.capabilities,
            base=team.base,
        )
        if not team.on_shift:
            use_cases.set_team_status(
                services.engine, scope, view.team.id, TeamStatus.OUT_OF_SERVICE
            )
        known[team.callsign] = view.team.id
    return known


def report_standing(
    services: Services, teams: tuple[DemoTeam, ...], team_ids: Mapping[str, UUID]
) -> int:
    """
    Send a fix for every synthetic team that has not been moved by anybody; return how many.

    Without it the teams of a demonstration that is left running would soon be stale.
    """
    scope, now = national_scope(services), services.clock()
    known = {view.team.id: view.team for view in use_cases.list_teams(services.engine, scope)}
    reports = [
        PositionReport(team_ids[team.callsign], team.place, now, now, accuracy_m=10.0, speed_ms=0.0)
        for team in teams
        if _stands(known[team_ids[team.callsign]], team)
    ]
    use_cases.record_positions(services.engine, scope, reports, now=now)
    return len(reports)


def _stands(team: Team, drawn: DemoTeam) -> bool:
    if team.status is not TeamStatus.AVAILABLE:
        return False
    return team.position is None or distance_m(*team.position.place, *drawn.place) < 1.0


def create_accounts(
    services: Services, accounts: tuple[DemoAccount, ...], team_ids: Mapping[str, UUID]
) -> dict[str, str]:
    """
    Create the synthetic accounts with fresh random passwords; return password by username.

    Accounts that exist get a new password: only its hash was kept.
    """
    scope = national_scope(services)
    known = {account.username for account in use_cases.list_accounts(services.accounts, scope)}
    passwords = {account.username: secrets.token_urlsafe(12) for account in accounts}

    def create(account: DemoAccount) -> None:
        password = passwords[account.username]
        if account.username in known:
            use_cases.set_password(services.accounts, scope, account.username, password)
            return
        use_cases.create_account(
            services.accounts,
            scope,
            username=account.username,
            password=password,
            role=account.role,
            counties=scope.counties if account.counties == ("*",) else account.counties,
            team_id=team_ids[account.team] if account.team else None,
        )

    # Hashing a password takes a core for a fifth of a second, by design.
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(create, accounts))
    return passwords


def _token(services: Services, account: AccountView) -> str:
    return use_cases.issue_token(
        services.accounts, account.id, kind="bearer", lifetime=_TOKEN_LIFETIME
    )
