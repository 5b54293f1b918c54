"""The courier dies in the middle and nothing is lost; two at once send nothing twice."""

import asyncio
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from api.background.courier import Courier
from api.cli.handover_checks import handover_findings
from api.metrics import Metrics
from api.settings import HandoverSettings
from dispatch import services as use_cases
from dispatch.handover.delivery import DeliveryPolicy, DeliveryState, Outcome, Receipt
from dispatch.handover.views import HandoverView, HandoverWish
from geodata.database.engine import connect_database
from tests.conftest_d.database import Database
from tests.conftest_d.dispatching import Desk
from tests.conftest_d.folders import ROOT
from tests.conftest_d.waiting import finished

# Begins an attempt, says so, and never comes to its end.
DYING = """
import sys, time
from api.background.courier import Courier
from api.metrics import Metrics
from geodata.database.engine import connect_database

class Stuck:
    takes_pages, name = False, "stuck"
    def send(self, key, package, content_type):
        print(key, flush=True)
        time.sleep(600)

Courier(connect_database(sys.argv[1]), Stuck(), Metrics()).deliver_next()
"""


@dataclass
class Noted:
    """A receiver in this process that answers the same to everybody."""

    receipt: Receipt = field(default_factory=lambda: Receipt(Outcome.ACCEPTED))
    pause_s: float = 0.0
    keys: list[str] = field(default_factory=list)
    takes_pages: bool = False
    name: str = "noted"

    def send(self, key: str, package: bytes, content_type: str) -> Receipt:
        assert package.startswith(b"{")
        assert content_type == "application/json"
        self.keys.append(key)
        time.sleep(self.pause_s)
        return self.receipt

    def find_acknowledgement(self, _key: str) -> Receipt | None:
        return None


def opened(desk: Desk) -> HandoverView:
    incident = desk.incident().id
    return use_cases.open_handover(desk.engine, desk.scope, incident, HandoverWish("pericol"))


def test_a_process_killed_in_the_middle_of_an_attempt_loses_nothing(
    desk: Desk, database: Database
) -> None:
    made = opened(desk)
    dying = subprocess.Popen(
        [sys.executable, "-c", DYING, database.app_url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert dying.stdout is not None
    assert dying.stdout.readline().strip() == made.key
    dying.send_signal(signal.SIGKILL)
    dying.wait()
    dying.stdout.close()
    receiver = Noted(Receipt(Outcome.ACKNOWLEDGED, reference="112-1"))
    assert not Courier(desk.engine, receiver, Metrics()).deliver_next()
    later = datetime.now(UTC) + timedelta(seconds=31)
    engine = connect_database(database.app_url, pool_size=1, clock=lambda: later)
    assert Courier(engine, receiver, Metrics()).deliver_next()
    engine.dispose()
    after = use_cases.get_handover(desk.engine, desk.scope, made.id)
    assert (after.state, after.attempt, receiver.keys) == (
        DeliveryState.ACKNOWLEDGED, 2, [made.key],
    )  # fmt: skip


def test_two_couriers_send_each_package_once(desk: Desk) -> None:
    made = [opened(desk).key for _ in range(10)]
    receiver = Noted(pause_s=0.01)

    def work(courier: Courier) -> None:
        while courier.deliver_next():
            pass

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, [Courier(desk.engine, receiver, Metrics()) for _ in range(2)]))
    assert Counter(receiver.keys) == Counter(made)


def test_a_receiver_that_hangs_does_not_stop_the_event_loop(desk: Desk) -> None:
    opened(desk)
    receiver = Noted(pause_s=1.0)

    async def ticks_while_sending() -> int:
        courier = Courier(desk.engine, receiver, Metrics(), poll_s=0.01)
        running = asyncio.create_task(courier.run())
        while not receiver.keys:
            await asyncio.sleep(0.01)
        assert courier.is_running
        ticks, until = 0, asyncio.get_running_loop().time() + 0.5
        while asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.01)
            ticks += 1
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert not courier.is_running
        return ticks

    assert finished(ticks_while_sending()) > 10
    [handover] = use_cases.list_open_handovers(desk.engine, desk.scope)
    assert handover.state is DeliveryState.SENT


def test_the_check_names_the_receiver_and_warns_of_what_was_given_up(
    desk: Desk, tmp_path: Path
) -> None:
    def statuses() -> dict[str, str]:
        rows = handover_findings(HandoverSettings(handover_url=None), tmp_path, desk.engine)
        return {row.name: f"{row.status} {row.message}" for row in rows}

    assert statuses()["hand-overs"] == "OK none waiting"
    opened(desk)
    receiver = Noted(Receipt(Outcome.FAILED, "HTTP 503"))
    Courier(desk.engine, receiver, Metrics(), policy=DeliveryPolicy(attempts=1)).deliver_next()
    assert statuses()["hand-overs"] == "WARN 1 given_up"
    assert statuses()["hand-over receiver"] == f"OK folder {tmp_path / 'handover'}"
