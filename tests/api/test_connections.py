"""Slow and half-open connections on a real socket, while reports go through."""

import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from itertools import count
from urllib.parse import urlsplit

import pytest

from api.connections import ConnectionPolicy, Repeated
from api.settings import DatabaseSettings, Settings
from tests.conftest_d.api import ApiServer, report_of, running_server, send_report, visiting
from tests.conftest_d.database import cloned
from tests.conftest_d.waiting import wait_until

POLICY = ConnectionPolicy(headers_s=1.0, body_s=1.5, unfinished=20, grace_s=0.2, most=400)
_numbers = count(700_640_000)


@pytest.fixture(scope="module")
def served(cluster, seeded_template, tmp_path_factory) -> Iterator[ApiServer]:
    """Serve with short times and few connections."""
    with cloned(cluster, seeded_template) as database, ExitStack() as stack:
        settings = Settings(
            database=DatabaseSettings(
                database_url=database.url, data_dir=tmp_path_factory.mktemp("data")
            )
        )
        running = running_server(settings, connections=POLICY)
        base_url, services = stack.enter_context(running)
        yield ApiServer(base_url, services, stack)


def opened(served: ApiServer, sent: bytes) -> socket.socket:
    where = urlsplit(served.base_url)
    assert where.hostname
    assert where.port
    one = socket.create_connection((where.hostname, where.port), timeout=10)
    if sent:
        one.sendall(sent)
    return one


def is_closed(one: socket.socket) -> bool:
    one.setblocking(False)
    try:
        return one.recv(4096) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


BEGUN = b"POST /v1/location-reports HTTP/1.1\r\nHost: x\r\nX-A: "
BODY = b"POST /lost HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n<find"
# What a slow client has sent, and what it goes on sending, byte by byte.
SLOW = {
    "nothing": (b"", b""),
    "half a line": (b"GET /he", b""),
    "headers for ever": (BEGUN, b"a"),
    "half a body": (BODY, b""),
    "a body for ever": (BODY, b"x"),
}


@pytest.mark.parametrize("kind", SLOW)
def test_who_sends_slowly_is_closed_in_time(served: ApiServer, kind: str) -> None:
    sent, drip = SLOW[kind]
    began = time.monotonic()
    with opened(served, sent) as one:
        while not is_closed(one):
            assert time.monotonic() - began < 20, "never closed"
            time.sleep(0.1)
            with suppress(OSError):
                one.send(drip)


@pytest.mark.parametrize("sent", [BODY, BODY + b"x" * 400, BODY + b"\xff"])
def test_who_goes_away_in_the_middle_is_no_error(
    served: ApiServer, caplog: pytest.LogCaptureFixture, sent: bytes
) -> None:
    for _ in range(20):
        opened(served, sent).close()
    send_report(served.desk("dispatcher", "B3"), report_of(caller=f"+40{next(_numbers)}"))
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


@pytest.mark.parametrize("kind", SLOW)
def test_reports_go_through_beside_many_slow_ones(served: ApiServer, kind: str) -> None:
    sent, _ = SLOW[kind]
    with ExitStack() as held:
        for _ in range(300):
            held.enter_context(opened(served, sent))
        number = f"+40{next(_numbers)}"
        desk = served.desk("dispatcher", "B3")
        with visiting(served.base_url, headers=desk.headers, timeout=20) as fresh:
            assert send_report(fresh, report_of(caller=number))["owner"] == "B3"


def test_the_latest_comers_wait_and_the_oldest_go(served: ApiServer) -> None:
    with ExitStack() as held:
        slow = [held.enter_context(opened(served, b"GET /")) for _ in range(POLICY.unfinished)]
        time.sleep(2 * POLICY.grace_s)
        began = time.monotonic()
        late = [held.enter_context(opened(served, b"GET /")) for _ in range(10)]
        wait_until(lambda: sum(is_closed(one) for one in slow) >= 10)
        assert time.monotonic() - began < POLICY.headers_s
        assert not any(is_closed(one) for one in late)


def test_many_who_come_in_one_moment_are_all_answered(served: ApiServer) -> None:
    """More than may be unfinished, but none of them is slow."""
    with ExitStack() as held:
        crowd = [held.enter_context(opened(served, b"")) for _ in range(5 * POLICY.unfinished)]
        for one in crowd:
            one.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert all(one.recv(4096).startswith(b"HTTP/1.1 200") for one in crowd)


def test_a_stream_and_a_waiting_client_are_not_slow(served: ApiServer) -> None:
    """One that has asked and is being answered is left alone, whatever time that takes."""
    desk = served.desk("dispatcher", "B3")
    with desk.stream("GET", "/v1/stream", timeout=20) as stream:
        lines = stream.iter_lines()
        assert next(lines)
        time.sleep(2 * max(POLICY.headers_s, POLICY.body_s))
        send_report(desk, report_of(caller=f"+40{next(_numbers)}"))
        assert any("change" in line for line in lines)


def test_a_kept_connection_is_used_again(served: ApiServer) -> None:
    desk = served.desk("dispatcher", "B3")
    for pause_s in (0.0, 1.5, 2.0):
        time.sleep(pause_s)
        send_report(desk, report_of(caller=f"+40{next(_numbers)}"))


@pytest.mark.parametrize("requests", [2, 3, 8])
def test_requests_sent_at_once_are_all_answered(served: ApiServer, requests: int) -> None:
    one = opened(served, b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n" * requests)
    received = b""

    def answered() -> bool:
        nonlocal received
        received += one.recv(65536)
        return received.count(b"HTTP/1.1 200") == requests

    wait_until(answered)
    one.close()


def test_what_repeats_is_logged_once() -> None:
    clock: Callable[[float], logging.LogRecord] = lambda at: logging.makeLogRecord(  # noqa: E731
        {"msg": "socket.accept() out of system resource", "created": at}
    )
    once = Repeated(every_s=10)
    assert [once.filter(clock(at)) for at in (0.0, 1.0, 9.0, 10.5, 11.0)] == [
        True, False, False, True, False,
    ]  # fmt: skip
