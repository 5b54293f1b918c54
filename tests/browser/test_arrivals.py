"""A call that nobody has taken cannot be overlooked, whatever the page is showing."""

import re
from itertools import count

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest_d.api import TITAN, ApiServer, report_of, send_report
from tests.conftest_d.browser import PHONE, Windows
from tests.conftest_d.waiting import wait_until

_numbers = count(700_860_000)
NARROW = (1180, 800)
LAPTOP = (1366, 768)


def new_case(api: ApiServer) -> str:
    """Send a report of a new caller in Sector 3; return the number of its case."""
    raw = report_of(TITAN, caller=f"+40{next(_numbers)}")
    return str(send_report(api.desk("dispatcher", "B3"), raw)["incident_number"])


def all_taken(page: Page) -> Locator:
    """Open whatever waits until nothing does; return the bar."""
    bar = page.get_by_role("region", name="Apeluri nepreluate")
    page.evaluate(
        "() => { for (const { id } of dispatch119.page.arrivals.all)"
        " dispatch119.page.arrivals.claim(id); }"
    )
    expect(bar).to_be_hidden()
    return bar


@pytest.mark.parametrize(
    ("size", "tab"),
    [(LAPTOP, "queue"), (LAPTOP, "detail"), (NARROW, "detail"), (PHONE, "map"), (PHONE, "detail")],
)
def test_the_bar_is_seen_in_every_layout_until_the_case_is_opened(
    api: ApiServer, windows: Windows, size: tuple[int, int], tab: str
) -> None:
    known = new_case(api)
    page = windows.open("/", size=size)
    bar = all_taken(page)
    if tab == "detail":
        page.locator(f'[data-incident="{known}"]').click()
        expect(page.locator(".detail-title h2")).to_have_text(known)
    elif size == PHONE:
        page.locator(f'button[data-tab="{tab}"]').click()
    number = new_case(api)
    expect(bar).to_contain_text(number)
    expect(bar).to_be_in_viewport(ratio=1)
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    bar.get_by_role("button", name="Deschide apelul").click()
    expect(page.locator(".detail-title h2")).to_have_text(number)
    expect(bar).to_be_hidden()
    expect(page).to_have_title(re.compile(r"^[^(]"))


def test_it_sounds_until_it_is_silenced_and_sounds_again_for_the_next(
    api: ApiServer, windows: Windows
) -> None:
    page = windows.open("/")
    bar = all_taken(page)
    played = "dispatch119.page.arrivals.tone.played"

    def sounded(times: int) -> bool:
        return bool(page.evaluate(played) >= times)

    page.get_by_role("button", name=re.compile("apăsare|Probă de sunet")).click()
    wait_until(lambda: sounded(1))
    new_case(api)
    wait_until(lambda: sounded(3))
    bar.get_by_role("button", name="Oprește sunetul").click()
    expect(bar).to_contain_text("fără sunet")
    quiet = page.evaluate(played)
    page.wait_for_timeout(5_000)
    assert page.evaluate(played) == quiet
    expect(bar).to_be_visible()
    new_case(api)
    wait_until(lambda: sounded(quiet + 1))


def test_a_case_that_gets_a_team_elsewhere_waits_no_longer(
    api: ApiServer, windows: Windows
) -> None:
    page = windows.open("/")
    bar = all_taken(page)
    desk = api.desk("supervisor", "B3")
    case = send_report(desk, report_of(TITAN, caller=f"+40{next(_numbers)}"))
    expect(bar).to_contain_text(case["incident_number"])
    wish = {"team_id": str(api.new_team("B3")), "reason": "test"}
    desk.post(f"/v1/incidents/{case['incident_id']}/assignments", json=wish).raise_for_status()
    expect(bar).to_be_hidden()


def test_what_was_waiting_still_waits_after_a_reload(api: ApiServer, windows: Windows) -> None:
    page = windows.open("/")
    bar = all_taken(page)
    number = new_case(api)
    expect(bar).to_contain_text(number)
    windows.visit(page, "/")
    expect(bar).to_contain_text(number)


def test_a_call_of_no_county_is_shown_from_the_bar(api: ApiServer, windows: Windows) -> None:
    page = windows.open("/", role="operator", counties=("B3",))
    page.evaluate("dispatch119.view.map.setView([43.2, 27.9], 12, {animate: false})")
    bar = all_taken(page)
    page.get_by_role("button", name="Apel nou").click()
    page.get_by_role("button", name="Alege locul pe hartă").click()
    page.locator("#live_map").click()
    page.get_by_role("button", name="Deschide cazul").click()
    expect(bar).to_contain_text("fără județ")
    bar.get_by_role("button", name="Deschide apelul").click()
    expect(bar).to_be_hidden()
    expect(page.locator(".unowned .card button").first).to_be_visible()


def test_who_only_watches_is_not_called(api: ApiServer, windows: Windows) -> None:
    new_case(api)
    page = windows.open("/", role="planner")
    expect(page.get_by_role("region", name="Apeluri nepreluate")).to_be_hidden()
