"""A shift goes on: many tabs, a server started again, a page that slept, a session that ends."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.browser.test_one_identity import signed_in
from tests.browser.test_right_case import opened
from tests.conftest_d.api import PASSWORD, ApiServer, running_server, send_report
from tests.conftest_d.browser import Windows
from tests.conftest_d.waiting import wait_until

TYPED = "vecina spune că ușa e încuiată"
LIVE = "În timp real"
LOST = re.compile(r"Legătura s-a pierdut la \d\d:\d\d:\d\d")
# Browsers open so many connections to a host; with a stream each, one tab more would wait for ever.
CONNECTIONS = 6
# Promised: within a second, or two. A busy machine gets a few.
PATIENT_MS = 6_000


def chip(page: Page) -> None:
    """Wait until the page says that it shows what is."""
    expect(page.locator("[data-part=connection]")).to_have_text(LIVE, timeout=PATIENT_MS)


def shows(page: Page, number: str) -> None:
    """Wait until a case is on the list of a page."""
    card = page.locator(f'button.card[data-incident="{number}"]')
    expect(card).to_be_attached(timeout=PATIENT_MS)


def is_told(page: Page, incident: str) -> None:
    """Wait until a case is on the map of a page."""
    page.wait_for_function(
        "id => dispatch119.view.incidents.known.has(id)", arg=incident, timeout=PATIENT_MS
    )


def writing(page: Page, number: str) -> Page:
    """Open a case and begin a note on it."""
    opened(page, number)
    page.get_by_role("button", name="Adaugă notă").click()
    page.locator(".inline-form textarea").fill(TYPED)
    return page


def test_all_tabs_of_a_browser_share_one_stream_and_the_next_takes_over(
    api: ApiServer, windows: Windows
) -> None:
    desk, counties = api.desk("operator", "B3"), ("B3", "B4")
    name = windows.account("dispatcher", counties)
    streams = api.services.hub.streams_of
    first = windows.open("/", counties=counties)
    context = first.context
    second = windows.visit(context.new_page(), "/")
    maps = [windows.visit(context.new_page(), "/map") for _ in range(CONNECTIONS - 1)]
    made = send_report(desk)
    for tab in (first, second, *maps):
        is_told(tab, made["incident_id"])
    assert streams(name) == 1
    shows(second, made["incident_number"])

    # Closed in the ordinary way, and crashed: those that are left have no gap, and never say one.
    first.close()
    made = send_report(desk)
    for tab in (second, *maps):
        is_told(tab, made["incident_id"])
    wait_until(lambda: streams(name) == 1)
    assert second.evaluate("dispatch119.page.feed.stream.isHolder")
    with suppress(PlaywrightError):
        second.goto("chrome://crash")
    made = send_report(desk)
    for tab in maps:
        is_told(tab, made["incident_id"])
        expect(tab.locator(".connection")).to_be_hidden()
    wait_until(lambda: streams(name) == 1)
    for tab in maps:
        tab.close()
    wait_until(lambda: streams(name) == 0)


def processes_of_pages(browser: Browser) -> set[int]:
    """Return the ids of the processes in which pages run."""
    session = browser.new_browser_cdp_session()
    known = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return {each["id"] for each in known if each["type"] == "renderer"}


WHAT_IT_SAID = """() => {
    const chip = document.querySelector("[data-part=connection]");
    window.said = [chip.textContent];
    const note = () => window.said.push(chip.textContent);
    new MutationObserver(note).observe(chip, { childList: true });
}"""


def test_a_tab_that_slept_is_taken_over_from_and_reads_everything_when_it_wakes(
    api: ApiServer, windows: Windows
) -> None:
    others = processes_of_pages(windows.browser)
    sleeper = windows.open("/", counties=("B3", "B4"))
    (process,) = processes_of_pages(windows.browser) - others
    awake = windows.visit(sleeper.context.new_page(), "/")
    for tab in (sleeper, awake):
        chip(tab)
        tab.evaluate(WHAT_IT_SAID)
    assert sleeper.evaluate("dispatch119.page.feed.stream.isHolder")
    os.kill(process, signal.SIGSTOP)
    try:
        # Long before a silence would be said, somebody else holds the stream.
        awake.wait_for_timeout(11_000)
        made = send_report(api.desk("operator", "B3"))["incident_number"]
        shows(awake, made)
    finally:
        os.kill(process, signal.SIGCONT)
    shows(sleeper, made)
    chip(sleeper)
    assert len(sleeper.evaluate("said")) > 1, "it said that it was live while it showed old data"
    assert awake.evaluate("said") == [LIVE]
    assert awake.evaluate("dispatch119.page.feed.stream.isHolder")
    wait_until(lambda: not sleeper.evaluate("dispatch119.page.feed.stream.isHolder"))


@pytest.fixture
def second_server(api: ApiServer) -> Iterator[ExitStack]:
    """Hold a server of the same database, which a test starts and stops."""
    with ExitStack() as running:
        yield running


def test_a_server_started_again_finds_the_form_as_it_was(
    api: ApiServer, windows: Windows, second_server: ExitStack
) -> None:
    settings, desk = api.services.settings, api.desk("dispatcher", "B3")
    base_url, _ = second_server.enter_context(running_server(settings))
    there = replace(windows, api=replace(api, base_url=base_url), asked=[], complaints=[])
    made, other = send_report(desk), send_report(desk)
    page = writing(there.open("/"), made["incident_number"])
    second_server.close()
    banner = page.locator(".connection")
    expect(banner).to_contain_text(LOST)
    expect(page.locator("[data-part=connection]")).not_to_have_text(LIVE)
    desk.post(f"/v1/incidents/{other['incident_id']}/close", json={"resolution": "child_safe"})
    new = send_report(desk)["incident_number"]

    port = urlsplit(base_url).port
    assert port
    second_server.enter_context(running_server(settings, port=port))
    chip(page)
    # Whoever says so has read everything.
    assert page.locator(f'button.card[data-incident="{new}"]').count() == 1
    assert page.locator(f'button.card[data-incident="{other["incident_number"]}"]').count() == 0
    expect(banner).to_be_hidden()
    expect(page.locator(".inline-form textarea")).to_have_value(TYPED)
    page.locator(".inline-form button[type=submit]").click()
    expect(page.locator(".timeline")).to_contain_text(TYPED)


def test_a_session_that_ends_while_somebody_types_comes_back_to_the_same_case(
    api: ApiServer, windows: Windows
) -> None:
    made = send_report(api.desk("dispatcher", "B3"))
    name = windows.account("dispatcher", ("B3", "B1"))
    context = windows.context()
    page = writing(signed_in(context, windows, name), made["incident_number"])
    beside = windows.visit(context.new_page(), "/map?lang=ro")
    # As when an administrator ends it, or its hours are over: no tab did it, so none was told.
    cookies = {each["name"]: each["value"] for each in context.cookies()}
    headers = {"X-Requested-With": "dispatch119"}
    ended = httpx.delete(f"{api.base_url}/v1/sessions", cookies=cookies, headers=headers)
    assert ended.status_code == 204
    for tab in (page, beside):
        expect(tab.get_by_text("Sesiunea s-a încheiat")).to_be_visible()
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Intră").click()
    expect(page.locator("#detail h2")).to_have_text(made["incident_number"])
    page.get_by_role("button", name="Adaugă notă").click()
    expect(page.locator(".inline-form textarea")).to_have_value(TYPED)
    # Once is enough for all tabs.
    expect(beside.locator("#live_map")).to_be_visible()
    assert "/map?lang=ro" in beside.url
    windows.forgive("401")
