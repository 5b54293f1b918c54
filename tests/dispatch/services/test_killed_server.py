"""`serve` outlives its database: killed, it comes back by itself and has lost nothing."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest

from geodata.database.embedded import DATABASE, OWNER, PORT, remove_cluster
from tests.conftest_d.api import visiting
from tests.conftest_d.command_line import CommandLine

pytestmark = pytest.mark.integration

ACCOUNT = ("ana", "four random words")
LIMIT_S = 10.0
REPORT = {
    "shape": {"type": "Circle", "center": [26.16, 44.415], "radius_m": 150.0},
    "confidence": 0.95,
}


def phone(number: int) -> str:
    return f"+4070030{number:04}"


@dataclass(frozen=True)
class Serving:
    """A running ``dispatch119 serve``, and a dispatcher of Sector 3 who is signed in there."""

    process: subprocess.Popen[str]
    data_dir: Path
    desk: httpx.Client

    def postmaster(self) -> int:
        return int((self.data_dir / "pgdata" / "postmaster.pid").read_text().splitlines()[0])

    def send(self, number: int) -> httpx.Response:
        return self.desk.post("/v1/location-reports", json=REPORT | {"caller": phone(number)})

    def count_callers(self, numbers: Collection[int]) -> int:
        """Count those of some callers who are stored, as the owner of the database sees it."""
        folder = json.loads((self.data_dir / "server.json").read_text())["socket_dir"]
        with psycopg.connect(host=folder, port=PORT, user=OWNER, dbname=DATABASE) as connection:
            row = connection.execute(
                "SELECT count(DISTINCT caller) FROM call WHERE caller = ANY(%s)",
                [[phone(number) for number in numbers]],
            ).fetchone()
        return 0 if row is None else row[0]


@pytest.fixture(scope="module")
def folder(
    command_line: type[CommandLine], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """
    Return the folder of a stopped server, with a dispatcher's account.

    One for all: making a cluster costs more than all that is done here, and each test asks
    only for the calls of its own numbers.
    """
    made = tmp_path_factory.mktemp("made")
    shell = command_line({"DISPATCH119_DATA_DIR": str(made)})
    name, password = ACCOUNT
    wish = ("user", "add", name, "--role", "dispatcher", "--county", "B3", "--password-stdin")
    told = shell.run(*wish, stdin=password.encode())
    assert told.code == 0, told.err
    yield made
    remove_cluster(made)


def lines_until(process: subprocess.Popen[str], last: str) -> str:
    assert process.stdout is not None
    said = ""
    while last not in said:
        line = process.stdout.readline()
        assert line, f"it ended, having said: {said}"
        said += line
    return said


@contextmanager
def serving(folder: Path) -> Iterator[Serving]:
    """Serve, and sign in."""
    process = CommandLine({"DISPATCH119_DATA_DIR": str(folder)}).start("serve", "--port", "0")
    try:
        address = re.search(r"http://\S+", lines_until(process, "Ctrl-C"))
        assert address is not None
        with visiting(address[0]) as desk:
            desk.headers["X-Requested-With"] = "dispatch119"
            login = dict(zip(("username", "password"), ACCOUNT, strict=True))
            signed_in = desk.post("/v1/sessions", json=login)
            assert signed_in.is_success, signed_in.text
            yield Serving(process, folder, desk)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def seconds_until(is_so: Callable[[], bool]) -> float:
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < 60, "waited in vain"
        time.sleep(0.1)
    return time.monotonic() - began


def test_a_killed_postgresql_is_back_and_has_lost_nothing(folder: Path):
    with serving(folder) as running:
        sent = 0
        for _ in range(2):
            before = running.postmaster()
            assert running.send(sent).status_code == 201
            os.kill(before, signal.SIGKILL)
            codes: list[int] = []

            def answered(number: int = sent + 1, codes: list[int] = codes) -> bool:
                codes.append(running.send(number).status_code)
                return codes[-1] == 201

            assert seconds_until(answered) < LIMIT_S
            assert set(codes) <= {201, 503}
            assert running.postmaster() != before
            sent += 2
        assert running.count_callers(range(sent)) == sent
        seconds_until(lambda: running.desk.get("/health/ready").status_code == 200)


def test_the_second_server_on_a_folder_shares_the_database(folder: Path):
    with serving(folder) as first:
        with serving(folder) as joined:
            assert joined.postmaster() == first.postmaster()
            assert joined.send(11).status_code == 201
        assert first.send(12).status_code == 201


def test_who_joined_takes_over_when_the_first_server_ends(folder: Path):
    with serving(folder) as first, serving(folder) as joined:
        assert first.send(21).status_code == 201
        first.process.send_signal(signal.SIGTERM)
        first.process.wait(60)
        assert seconds_until(lambda: joined.send(22).status_code == 201) < LIMIT_S
        assert joined.count_callers((21, 22)) == 2
