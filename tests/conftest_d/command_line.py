"""
The command line: as a process of its own, or in this process.

`CommandLine.run` is what a person does, and costs an interpreter, the libraries and the
reference data each time. `CommandLine.call` has the same way in and the same way out, `main`
with arguments and streams, and starts from what is loaded. Every command is run at least
once; what it answers to what is called.
"""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from geodata.database.embedded import EmbeddedCluster
from tests.conftest_d.database import Database, cloned
from tests.conftest_d.folders import ROOT

COMMAND = (sys.executable, "-m", "api.cli")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer as JSON."""
        return json.loads(self.out)


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Runs commands with some settings of their own."""

    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a command: ours without its settings, and those given."""
        # Compiled modules are kept: without them every command takes three times as long.
        dropped = ("DISPATCH119_", "PYTHONDONTWRITEBYTECODE")
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(dropped)}
        return {**inherited, **self.settings}

    def loaded_by(self, *arguments: str) -> set[str]:
        """Run a command that succeeds as a process; return the packages that it loads."""
        told = subprocess.run(
            [sys.executable, "-X", "importtime", *COMMAND[1:], *arguments],
            cwd=ROOT, capture_output=True, text=True, env=self.environment, check=True,
        ).stderr  # fmt: skip
        names = re.findall(r"^import time:.*\| +([\w.]+)$", told, re.MULTILINE)
        return {name.partition(".")[0] for name in names}

    def run(self, *arguments: str, stdin: bytes = b"") -> Outcome:
        """Run a command to its end."""
        done = subprocess.run(
            [*COMMAND, *arguments],
            input=stdin,
            capture_output=True,
            cwd=ROOT,
            env=self.environment,
            # Against what never ends; how long a command takes is no matter of a test.
            timeout=300,
            check=False,
        )
        assert b"Traceback" not in done.stderr, done.stderr.decode()
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    def call(self, *arguments: str, stdin: bytes = b"") -> Outcome:
        """Run a command to its end in this process."""
        from api.cli import main

        streams = {name: _stream() for name in ("stdin", "stdout", "stderr")}
        streams["stdin"].buffer.write(stdin)
        streams["stdin"].seek(0)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["dispatch119", *arguments])
            for name, stream in streams.items():
                patch.setattr(sys, name, stream)
            for name in os.environ.keys() - self.environment.keys():
                patch.delenv(name)
            for name, value in self.environment.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as end:
                main()
        code = end.value.code or 0
        assert isinstance(code, int), code
        told = [streams[name].buffer.getvalue().decode() for name in ("stdout", "stderr")]
        return Outcome(code, *told)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command that keeps running."""
        return subprocess.Popen(
            [*COMMAND, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env=self.environment,
            text=True,
        )


@pytest.fixture(scope="session")
def command_line() -> type[CommandLine]:
    """Return what runs commands with settings; whoever asks for it is marked `process`."""
    return CommandLine


@pytest.fixture(scope="module")
def cli(command_line: type[CommandLine], tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """Return the command line without any database."""
    return command_line(
        {
            "DISPATCH119_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
            "DISPATCH119_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        }
    )


@pytest.fixture(scope="module")
def cli_database(cluster: EmbeddedCluster, seeded_template: str) -> Iterator[Database]:
    """Return the database that `cli_with_database` works on."""
    with cloned(cluster, seeded_template) as database:
        yield database


@pytest.fixture(scope="module")
def cli_with_database(
    command_line: type[CommandLine],
    cli_database: Database,
    tmp_path_factory: pytest.TempPathFactory,
) -> CommandLine:
    """Return the command line on a database of its own."""
    return command_line(
        {
            "DISPATCH119_DATABASE_URL": cli_database.url,
            "DISPATCH119_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        }
    )
