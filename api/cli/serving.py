"""``demo`` and ``serve``."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.edge import say


def demo(
    seed: Annotated[int, typer.Option(help="Seed of the synthetic teams.")] = 119,
    output_dir: Annotated[
        Path, typer.Option("--output-dir", help="Where the map and its picture go.")
    ] = Path("out"),
    language: Annotated[
        Literal["en", "ro"], typer.Option(help="Of the printed lines and the map.")
    ] = "ro",
) -> int:
    """Play a scripted night with real messages and synthetic teams, then end."""
    from api.cli.context import load_settings
    from api.demo import run

    return run(load_settings(), seed=seed, output_dir=output_dir, language=language)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    demo_accounts: Annotated[
        bool,
        typer.Option("--demo-accounts", help="Create synthetic teams and accounts, print them."),
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of the synthetic teams.")] = 119,
) -> None:
    """Serve until Ctrl-C."""
    from api.cli.context import load_settings
    from api.cli.logs import configure_logging
    from api.cli.serve import serve_until_stopped

    configure_logging()
    settings = load_settings()
    web = settings.web.model_copy(
        update={
            "host": settings.web.host if host is None else host,
            "port": settings.web.port if port is None else port,
        }
    )
    serve_until_stopped(
        settings.model_copy(update={"web": web}), demo_seed=seed if demo_accounts else None, say=say
    )
