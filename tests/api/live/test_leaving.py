"""Pages that close their stream at any moment: an everyday event, and no error of the server."""

import logging
import socket
from collections.abc import Callable
from functools import partial
from time import sleep
from urllib.parse import urlsplit

import pytest

from teams.notices import Notice
from tests.conftest_d.api import ApiServer
from tests.conftest_d.waiting import wait_until

PAGES = 20
_TEAMS = 3_000
_TICKS = 30


def opened(api: ApiServer, token: str) -> socket.socket:
    """Ask for a stream like a page that does not read on: its buffer is as small as it gets."""
    address = urlsplit(api.base_url)
    page = socket.socket()
    page.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    page.connect((address.hostname, address.port))
    page.sendall(
        f"GET /v1/stream HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    )
    return page


def quiet(_api: ApiServer) -> None:
    """Let nothing happen until the pages leave."""
    sleep(0.5)


def at_once(_api: ApiServer) -> None:
    """Let the pages leave while their first snapshot is being drawn."""


def busy(api: ApiServer) -> None:
    """Move thousands of teams until no page takes any more, so that all events wait."""
    for _ in range(_TICKS):
        for number in range(_TEAMS):
            moved = {"team_id": str(number), "lon": 26.1, "lat": 44.4, "fix_at": "2026-01-01"}
            notice = Notice("position", str(number), "B4", frozenset({"B4"}), None, moved)
            api.services.hub.publish_soon(notice)
        sleep(0.15)


@pytest.mark.parametrize("happens", [at_once, quiet, busy])
def test_pages_that_leave_are_no_error_and_leave_nothing_behind(
    api: ApiServer, happens: Callable[[ApiServer], None], caplog: pytest.LogCaptureFixture
):
    account = f"leaving-{happens.__name__}"
    token = api.token(account, "dispatcher", ("B4",))
    count = partial(api.services.hub.streams_of, account)
    most = min(PAGES, api.services.settings.live.streams_per_account)
    pages = [opened(api, token) for _ in range(most)]
    wait_until(lambda: count() == most)
    happens(api)
    with caplog.at_level(logging.WARNING):
        for page in pages:
            page.close()
        wait_until(lambda: count() == 0)
        # A task that failed is told of when its answer has been taken down.
        sleep(0.3)
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
