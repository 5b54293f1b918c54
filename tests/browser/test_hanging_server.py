"""A server that hangs is seen as such, and does nothing afterwards that nobody waits for."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.conftest_d.api import ApiServer, send_report
from tests.conftest_d.browser import Windows
from tests.conftest_d.hanging import Wire, wire_to


@pytest.fixture
def wire(api: ApiServer) -> Iterator[Wire]:
    """Put a wire in front of the server."""
    with wire_to(api.base_url) as wire:
        yield wire


@pytest.fixture
def far(api: ApiServer, windows: Windows, wire: Wire) -> Windows:
    """Open windows on the far end of that wire."""
    return replace(windows, api=replace(api, base_url=wire.base_url), asked=[])


def banner_of(page: Page) -> None:
    """Wait until the page says that it has lost the server."""
    expect(page.get_by_role("alert").filter(has_text="Legătura s-a pierdut")).to_be_visible(
        timeout=25_000
    )
    expect(page.locator("[data-part=connection]")).not_to_have_text("În timp real")


def test_silence_under_steady_traffic_is_noticed_and_ends_by_itself(
    api: ApiServer, far: Windows, wire: Wire
) -> None:
    page = far.open("/")
    stopped = threading.Event()

    def traffic() -> None:
        while not stopped.wait(0.5):
            send_report(api.desk("operator", "B3"))

    busy = threading.Thread(target=traffic)
    busy.start()
    try:
        # Longer than a ping takes to come when nothing else does.
        page.wait_for_timeout(6_000)
        expect(page.locator("[data-part=connection]")).to_have_text("În timp real")
        wire.hang()
        banner_of(page)
    finally:
        stopped.set()
        busy.join()
    made = send_report(api.desk("operator", "B3"))
    wire.go_on()
    # Promised: two seconds. A busy machine gets a few; a line's own time limits were twenty.
    expect(page.locator("[data-part=connection]")).to_have_text("În timp real", timeout=8_000)
    assert page.locator(f'[data-incident="{made["incident_number"]}"]').count() == 1
    far.complaints.clear()


def test_a_page_that_only_waits_notices_a_dead_line_and_takes_another(
    api: ApiServer, far: Windows, wire: Wire
) -> None:
    page = far.open("/map")
    wire.lose()
    lost = page.get_by_role("alert").filter(has_text="Legătura s-a pierdut")
    expect(lost).to_be_visible(timeout=25_000)
    made = send_report(api.desk("operator", "B3"))
    wire.go_on()
    expect(lost).to_be_hidden(timeout=8_000)
    assert page.evaluate("id => dispatch119.view.incidents.known.has(id)", made["incident_id"]), (
        "it said that it was live before it had read what it missed"
    )
    far.complaints.clear()


def test_what_reaches_a_server_too_late_is_not_done(api: ApiServer, windows: Windows) -> None:
    api.new_team("B3")
    case = send_report(api.desk("dispatcher", "B3"))
    page = windows.open("/")
    page.locator(f'[data-incident="{case["incident_number"]}"]').click()
    best = page.locator(".candidate.is-best")
    expect(best).to_be_visible()
    # The loop itself stands still, as under a hanging disk; the system goes on taking requests.
    loop = api.services.hub._loop
    assert loop is not None
    loop.call_soon_threadsafe(time.sleep, 26)
    best.get_by_role("button").click()
    refused = page.get_by_role("alert").filter(has_text="nu a răspuns la timp")
    expect(refused).to_be_visible(timeout=25_000)
    expect(page.locator("[data-part=connection]")).to_have_text("În timp real", timeout=25_000)
    desk = api.desk("dispatcher", "B3")
    shown = desk.get(f"/v1/incidents/{case['incident_id']}").json()
    assert (shown["assignments"], shown["state"], shown["version"]) == ([], "open", 1)
    windows.complaints.clear()
