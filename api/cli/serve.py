"""Serving until somebody stops it, with synthetic teams and accounts on request."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from api.app import create_app
from api.server import Server, listening_socket
from api.settings import Settings
from api.wiring import Services
from geodata.errors import RefusedError

if TYPE_CHECKING:
    from api.demo.crew import DemoTeam

# Well within the age at which a position counts as ageing.
_STANDING_FIX_S = 60.0


def serve_until_stopped(
    settings: Settings, *, demo_seed: int | None, say: Callable[[str], None]
) -> None:
    """
    Serve on the configured address until Ctrl-C or SIGTERM.

    Parameters
    ----------
    demo_seed
        Create the synthetic teams and accounts of this seed and print their fresh
        passwords; None leaves the database as it is.
    say
        Takes the lines for the person at the terminal.

    Raises
    ------
    RefusedError
        The address or the database cannot be used.
    """
    # Our own handlers report errors; uvicorn would repeat them with their text.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    web = settings.web
    with listening_socket(web.host, web.port) as listening:
        port = listening.getsockname()[1]

        def tell(services: Services) -> None:
            say(f"dispatch119 answers at http://{_shown(web.host)}:{port}/")
            if demo_seed is not None:
                for line in demo_lines(services, demo_seed):
                    say(line)
            say("Ctrl-C stops it")

        server = Server(create_app(settings), on_started=tell)
        try:
            server.serve_on(listening)
        except KeyboardInterrupt:
            # uvicorn has already shut down in order; being asked to stop is no error.
            return


def demo_lines(services: Services, seed: int) -> list[str]:
    """Create the synthetic teams and accounts; return one line per account."""
    # Only here: the demonstration is not part of serving.
    from api.demo.crew import demo_accounts, synthetic_teams
    from api.demo.stage import create_accounts, create_teams, report_standing

    teams = synthetic_teams(services.ground.counties, seed=seed)
    accounts, team_ids = demo_accounts(teams), create_teams(services, teams)
    passwords = create_accounts(services, accounts, team_ids)
    report_standing(services, teams, team_ids)
    threading.Thread(
        target=_keep_standing, args=(services, teams, team_ids), name="demo-teams", daemon=True
    ).start()
    lines = ["demo accounts (synthetic; new passwords at every start):"]
    for account in accounts:
        where = "national" if account.counties == ("*",) else ",".join(account.counties)
        lines.append(
            f"  {account.username:<20} {passwords[account.username]:<18} {account.role:<14} {where}"
        )
    return lines


def _keep_standing(
    services: Services, teams: "tuple[DemoTeam, ...]", team_ids: Mapping[str, UUID]
) -> None:
    """Report the synthetic teams that nobody has moved, for as long as the process lives."""
    from api.demo.stage import report_standing

    while True:
        time.sleep(_STANDING_FIX_S)
        try:
            report_standing(services, teams, team_ids)
        except RefusedError:
            # The database is stopping or starting again; the next round tells.
            continue


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
