"""``user``: accounts from the command line; how the first administrator comes to be."""

import secrets
import sys
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from api.cli.edge import Json, say, show
from geodata.errors import BadInputError
from geodata.said import said

if TYPE_CHECKING:
    from sqlalchemy import Engine

app = typer.Typer(
    help="Accounts: add, list, passwd, disable, enable, token.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Username = Annotated[str, typer.Argument(help="Name to sign in with.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


@app.command("add")
def add(  # noqa: PLR0917  # typer reads options from the signature
    username: Username,
    role: Annotated[
        str, typer.Option(help="operator, dispatcher, team, planner, supervisor, administrator.")
    ],
    county: Annotated[list[str] | None, typer.Option(help="Code; repeat for several.")] = None,
    national: Annotated[bool, typer.Option("--national", help="All 47 counties.")] = False,
    team: Annotated[UUID | None, typer.Option(help="Id of the account's own team.")] = None,
    language: Annotated[str, typer.Option(help="ro or en.")] = "ro",
    password_stdin: FromStdin = False,
    as_json: Json = False,
) -> None:
    """Create an account; without --password-stdin a password is made up and printed."""
    from api.cli.context import cli_scope, load_settings
    from api.database import running_engines
    from dispatch import services as use_cases

    scope = cli_scope()
    password, is_made_up = _password(from_stdin=password_stdin)
    with running_engines(load_settings().database) as engines:
        account = use_cases.create_account(
            engines.accounts,
            scope,
            username=username,
            password=password,
            role=role,
            counties=scope.counties if national else tuple(county or ()),
            team_id=team,
            language=language,
        )
    answer: dict[str, object] = {
        "username": account.username,
        "role": account.role,
        "counties": account.counties,
    }
    _tell(answer, password if is_made_up else None, as_json=as_json)


@app.command("list")
def list_users(as_json: Json = False) -> None:
    """List all accounts."""
    from api.cli.context import cli_scope, load_settings
    from api.database import running_engines
    from dispatch import services as use_cases

    with running_engines(load_settings().database) as engines:
        accounts = use_cases.list_accounts(engines.accounts, cli_scope())
    if as_json:
        names = ("username", "role", "counties", "team_id", "active", "language")
        show([{name: getattr(account, name) for name in names} for account in accounts])
        return
    for account in accounts:
        where = "national" if len(account.counties) > 40 else ",".join(account.counties)
        state = "" if account.active else "  (disabled)"
        say(f"{account.username:<24} {account.role:<14} {where}{state}")


@app.command("passwd")
def passwd(username: Username, password_stdin: FromStdin = False, as_json: Json = False) -> None:
    """Set a new password; without --password-stdin one is made up and printed."""
    from api.cli.context import cli_scope, load_settings
    from api.database import running_engines
    from dispatch import services as use_cases

    password, is_made_up = _password(from_stdin=password_stdin)
    with running_engines(load_settings().database) as engines:
        use_cases.set_password(engines.accounts, cli_scope(), username, password)
    _tell({"username": username}, password if is_made_up else None, as_json=as_json)


@app.command("disable")
def disable(username: Username) -> None:
    """Disable an account; its sessions end."""
    _set_active(username, active=False)


@app.command("enable")
def enable(username: Username) -> None:
    """Enable a disabled account."""
    _set_active(username, active=True)


@app.command("token")
def token(
    username: Username,
    days: Annotated[
        float | None, typer.Option(min=0.01, help="How long it lives; the longest when not given.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Issue a bearer token for an account; it is shown once."""
    from datetime import timedelta

    from api.access.tokens import checked_days
    from api.cli.context import load_settings
    from api.database import running_engines
    from dispatch import services as use_cases

    settings = load_settings()
    lifetime = timedelta(days=checked_days(days, longest=settings.session.token_days))
    with running_engines(settings.database) as engines:
        issued = use_cases.issue_token(
            engines.accounts,
            _account_id(engines.accounts, username),
            kind="bearer",
            lifetime=lifetime,
        )
    if as_json:
        show({"username": username, "token": issued})
    else:
        say(issued)


def _set_active(username: str, *, active: bool) -> None:
    from api.cli.context import cli_scope, load_settings
    from api.database import running_engines
    from dispatch import services as use_cases

    with running_engines(load_settings().database) as engines:
        use_cases.set_active(engines.accounts, cli_scope(), username, active)
    say(f"{username} {'enabled' if active else 'disabled'}")


def _account_id(accounts: "Engine", username: str) -> UUID:
    from api.cli.context import cli_scope
    from dispatch import services as use_cases

    for account in use_cases.list_accounts(accounts, cli_scope()):
        if account.username == username:
            return account.id
    raise BadInputError(
        "unknown_account",
        said("there is no account {username}", username=username),
        said("dispatch119 user list"),
    )


def _password(*, from_stdin: bool) -> tuple[str, bool]:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    return secrets.token_urlsafe(12), True


def _tell(answer: dict[str, object], password: str | None, *, as_json: bool) -> None:
    shown = answer if password is None else {**answer, "password": password}
    if as_json:
        show(shown)
        return
    say(f"account {answer['username']}")
    if password is not None:
        say(f"password {password}")
