"""``db``: the life of the database: up, down, roles, migrate, backup, restore, maintain."""

import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from api.cli.edge import Json, say, show
from geodata.errors import BadInputError
from geodata.said import said

app = typer.Typer(
    help="Database: up, down, roles, migrate, backup, restore, maintain.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_LOOK_EVERY_S = 1.0

BackupFile = Annotated[Path, typer.Argument(help="Backup file (pg_dump custom format).")]


@app.command("up")
def up() -> None:
    """Start the embedded cluster, bring it up to date and keep it until Ctrl-C."""
    from api.cli.backups import is_cluster_running
    from api.cli.context import load_settings
    from api.database import prepare_database, running_database

    settings = load_settings().database
    with running_database(settings) as addresses:
        prepare_database(addresses)
        say(f"database up to date: {_shown(addresses.owner)}")
        if settings.database_url is None:
            say("Ctrl-C stops it")
            _wait_for_stop(lambda: is_cluster_running(settings.data_dir))


@app.command("down")
def down() -> None:
    """Stop the embedded cluster, whoever started it."""
    from api.cli.backups import refuse_other_server, stop_cluster
    from api.cli.context import load_settings

    settings = load_settings().database
    refuse_other_server(settings)
    say("stopped" if stop_cluster(settings.data_dir) else "was not running")


@app.command("migrate")
def migrate(as_json: Json = False) -> None:
    """Bring schema and reference rows up to date."""
    from api.cli.context import load_settings
    from api.database import prepare_database, running_database
    from geodata.database.migrate import newest_revision

    with running_database(load_settings().database) as addresses:
        prepare_database(addresses)
    revision = newest_revision()
    if as_json:
        show({"revision": revision})
    else:
        say(f"at revision {revision}")


@app.command("roles")
def roles(
    owner: Annotated[str, typer.Option(help="Login that will own the database.")],
    database: Annotated[str, typer.Option(help="Name of the database.")] = "dispatch119",
) -> None:
    """Print what an administrator of another server runs once, with psql as a superuser."""
    from geodata.database.roles import statements_for

    say(*statements_for(owner=owner, database=database))


@app.command("backup")
def backup(file: BackupFile, as_json: Json = False) -> None:
    """Write the whole database into one file."""
    from api.cli.backups import write_backup
    from api.cli.context import load_settings
    from api.database import running_database

    with running_database(load_settings().database) as addresses:
        size = write_backup(addresses.owner, file)
    if as_json:
        show({"file": str(file), "bytes": size})
    else:
        say(f"{file}: {size:,} bytes")


@app.command("restore")
def restore(
    file: BackupFile,
    yes: Annotated[bool, typer.Option("--yes", help="Confirm: fill the empty database.")] = False,
) -> None:
    """Fill an empty database from a backup."""
    from api.cli.backups import read_backup
    from api.cli.context import load_settings
    from api.database import prepare_database, running_database

    if not yes:
        raise BadInputError(
            "not_confirmed",
            said("restoring fills the configured database"),
            said("add --yes to do it"),
        )
    with running_database(load_settings().database) as addresses:
        read_backup(addresses.owner, file)
        prepare_database(addresses)
    say(f"restored from {file}")


@app.command("maintain")
def maintain(
    keep_days: Annotated[int, typer.Option(min=1, help="Days of position history to keep.")] = 30,
    as_json: Json = False,
) -> None:
    """Make position partitions for the coming days and drop those past retention."""
    from dataclasses import asdict

    from api.cli.context import load_settings
    from api.database import running_database
    from geodata.database.engine import connect_owner
    from teams.retention import maintain_positions

    with running_database(load_settings().database) as addresses:
        owner = connect_owner(addresses.owner)
        try:
            result = asdict(maintain_positions(owner, keep_days=keep_days))
        finally:
            owner.dispose()
    if as_json:
        show(result)
    else:
        say(*(f"{name}: {value}" for name, value in result.items()))


def _shown(url: str) -> str:
    """Return an address without its password."""
    from sqlalchemy import make_url

    return make_url(url).render_as_string(hide_password=True)


def _wait_for_stop(is_alive: Callable[[], bool]) -> None:
    """Return when the process is asked to stop or nothing is left to wait for; main thread only."""
    asked = threading.Event()
    for wish in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wish, lambda *_: asked.set())
    while is_alive() and not asked.wait(_LOOK_EVERY_S):
        pass
