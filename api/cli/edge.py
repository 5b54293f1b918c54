"""
The edge of the process: every outcome of a command becomes an exit code and a line.

0 done · 1 a check failed · 2 refused (input, usage, missing parts) · 70 our mistake ·
130 interrupted · 141 nobody reads our output any more.
"""

import json
import os
import sys
from typing import Annotated, Any, NoReturn

import typer
from typer.exceptions import TyperException

from geodata.errors import RefusedError
from geodata.said import said

Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
"""The option that every command with an answer has."""

REFUSED = 2
MISTAKE = 70
INTERRUPTED = 130
PIPE_CLOSED = 141


def run(app: typer.Typer) -> NoReturn:
    """Run `app` on the process's arguments and exit."""
    code = _outcome(app, sys.argv[1:])
    sys.exit(_pipe_closed() if code == PIPE_CLOSED else code)


def _outcome(app: typer.Typer, arguments: list[str]) -> int:
    as_json = "--json" in arguments
    try:
        result = app(args=arguments, prog_name="dispatch119", standalone_mode=False)
    except RefusedError as error:
        return tell(error, as_json=as_json)
    except KeyboardInterrupt:
        return INTERRUPTED
    except typer.Abort:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  # the one edge where everything ends
        return _unexpected(error, as_json=as_json)
    return result if isinstance(result, int) else 0


def _unexpected(error: Exception, *, as_json: bool) -> int:
    if isinstance(error, TyperException):
        message = getattr(error, "format_message", lambda: str(error))()
        return tell(RefusedError("usage", message, said("see --help")), as_json=as_json)
    if os.environ.get("DISPATCH119_DEBUG"):
        raise error
    # The kind only: the text of an unknown error may quote a caller's data.
    mistake = RefusedError(
        "internal_error",
        said("unexpected {kind}", kind=type(error).__name__),
        said("this is a mistake in the program; DISPATCH119_DEBUG=1 shows where"),
    )
    tell(mistake, as_json=as_json)
    return MISTAKE


def _pipe_closed() -> int:
    # So that the interpreter's own flush at exit has somewhere to go.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return PIPE_CLOSED


def tell(error: RefusedError, *, as_json: bool) -> int:
    """Print a refusal: JSON on standard output, or two lines on standard error."""
    if as_json:
        show({"error": error.as_dict()})
    else:
        sys.stderr.write(f"dispatch119: {error.message} [{error.code}]\n")
        if error.hint:
            sys.stderr.write(f"  hint: {error.hint}\n")
    return REFUSED


def show(answer: Any) -> None:
    """Print an answer as JSON; UUIDs and times as text."""
    _write(json.dumps(answer, ensure_ascii=False, indent=2, default=str) + "\n")


def say(*lines: str) -> None:
    """Print lines for a person."""
    for line in lines:
        _write(line + "\n")


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Caught here: typer would take it for a failure of the command.
        raise typer.Exit(PIPE_CLOSED) from None
