"""`serve` outlives its database: killed, it comes back by itself and has lost nothing."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest

from geodata.database.embedded import DATABASE, OWNER, PORT

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 10.0
REPORT = {
    "shape": {"type": "Circle", "center": [26.16, 44.415], "radius_m": 150.0},
    "confidence": 0.95,
}


@dataclass(frozen=True)
class Serving:
    """A running ``dispatch119 serve``, and a dispatcher of Sector 3 who is signed in there."""

    process: subprocess.Popen[str]
    data_dir: Path
    desk: httpx.Client
    account: tuple[str, str]

    def postmaster(self) -> int:
        return int((self.data_dir / "pgdata" / "postmaster.pid").read_text().splitlines()[0])

    def send(self, number: int) -> httpx.Response:
        caller = {"caller": f"+4070030{number:04}"}
        return self.desk.post("/v1/location-reports", json=REPORT | caller)

    def count_callers(self) -> int:
        """Count what is stored, as the owner of the database sees it."""
        folder = json.loads((self.data_dir / "server.json").read_text())["socket_dir"]
        with psycopg.connect(host=folder, port=PORT, user=OWNER, dbname=DATABASE) as connection:
            row = connection.execute("SELECT count(DISTINCT caller) FROM call").fetchone()
        return 0 if row is None else row[0]


def command(data_dir: Path, *words: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "DISPATCH119_DATA_DIR": str(data_dir)}
    return subprocess.Popen(
        [sys.executable, "-m", "api.cli", *words],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
    )  # fmt: skip


def lines_until(process: subprocess.Popen[str], last: str) -> str:
    assert process.stdout is not None
    said = ""
    while last not in said:
        line = process.stdout.readline()
        assert line, f"it ended, having said: {said}"
        said += line
    return said


@contextmanager
def serving(data_dir: Path, known: tuple[str, str] | None = None) -> Iterator[Serving]:
    """Serve; `known` is an account that another server on the folder has made."""
    process = command(data_dir, "serve", "--port", "0", *([] if known else ["--demo-accounts"]))
    try:
        said = lines_until(process, "Ctrl-C")
        address = re.search(r"http://\S+", said)
        assert address is not None
        made = re.findall(r"^ +(\S+) +(\S+) +dispatcher ", said, re.MULTILINE)
        name, password = known or made[0]
        with httpx.Client(base_url=address[0], timeout=30) as desk:
            desk.headers["X-Requested-With"] = "dispatch119"
            signed_in = desk.post("/v1/sessions", json={"username": name, "password": password})
            assert signed_in.is_success, signed_in.text
            yield Serving(process, data_dir, desk, (name, password))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        process.stdout.close()


def seconds_until(is_so: Callable[[], bool]) -> float:
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < 60, "waited in vain"
        time.sleep(0.1)
    return time.monotonic() - began


def test_a_killed_postgresql_is_back_and_has_lost_nothing(data_dir: Path):
    with serving(data_dir) as running:
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
        assert running.count_callers() == sent
        seconds_until(lambda: running.desk.get("/health/ready").status_code == 200)


def test_the_second_server_on_a_folder_shares_the_database(data_dir: Path):
    with serving(data_dir) as first:
        with serving(data_dir, first.account) as joined:
            assert joined.postmaster() == first.postmaster()
            assert joined.send(1).status_code == 201
        assert first.send(2).status_code == 201


def test_who_joined_takes_over_when_the_first_server_ends(data_dir: Path):
    with serving(data_dir) as first, serving(data_dir, first.account) as joined:
        assert first.send(1).status_code == 201
        first.process.send_signal(signal.SIGTERM)
        first.process.wait(60)
        assert seconds_until(lambda: joined.send(2).status_code == 201) < LIMIT_S
        assert joined.count_callers() == 2
