"""
The command line ``dispatch119``.

Importing this costs a tenth of a second: every command imports what it needs when it
runs. Errors are one line and a hint, or ``{"error": …}`` with ``--json``; exit code 2.
"""

import typer

from api.cli import (
    audits,
    checking,
    databases,
    locating,
    reach,
    references,
    road_times,
    serving,
    travel_times,
    users,
)
from api.cli.edge import run

__all__ = ["app", "main"]

app = typer.Typer(
    name="dispatch119",
    help="Geographic dispatch and mobile-team tracking for a child helpline.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # Without rich: its import alone costs as much as everything else together.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("demo")(serving.demo)
app.command("serve")(serving.serve)
app.command("check")(checking.check)
app.command("locate")(locating.locate)
app.command("recommend")(locating.recommend)
app.add_typer(users.app, name="user")
app.add_typer(audits.app, name="audit")
app.add_typer(databases.app, name="db")
app.add_typer(references.data, name="data")
app.add_typer(reach.roads, name="roads")
reach.roads.command("refit")(road_times.refit)
app.command("travel-times")(travel_times.travel_times)


def main() -> None:
    """Run the command line; the entry point of the installed program."""
    run(app)
