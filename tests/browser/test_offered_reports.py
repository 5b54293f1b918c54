"""The owner sees a report that another county offers, and decides about it."""

from itertools import count
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.conftest_d.api import TITAN, VASLUI, ApiServer, report_of, send_report
from tests.conftest_d.browser import DESKTOP, PHONE, Windows

_numbers = count(700_820_000)


@pytest.fixture
def case(api: ApiServer) -> dict[str, Any]:
    """Open a case of Sector 3 about whose number Vaslui reports, too."""
    number = f"+40{next(_numbers)}"
    made = send_report(api.desk("dispatcher", "B3"), report_of(TITAN, caller=number))
    send_report(api.desk("dispatcher", "VS"), report_of(VASLUI, caller=number))
    return made


def card_of(page: Page, case: dict[str, Any]) -> Any:
    return page.locator('[data-part="offers"] li', has_text=case["incident_number"])


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_what_is_offered_says_from_where_and_is_taken_in(
    api: ApiServer, windows: Windows, case: dict[str, Any], size: tuple[int, int]
) -> None:
    page = windows.open("/", size=size)
    card = card_of(page, case)
    expect(card).to_contain_text("Vaslui")
    expect(card).to_contain_text("dispatcher-vs")
    card.get_by_role("button", name="Adaugă la caz").click()
    form = page.locator(".inline-form")
    form.get_by_role("button", name="Adaugă la caz").click()
    expect(card_of(page, case)).to_have_count(0)
    desk: httpx.Client = api.desk("dispatcher", "B3")
    shown = desk.get(f"/v1/incidents/{case['incident_id']}").json()
    assert len(shown["belief"]["steps"]) == 2


def test_an_offer_appears_by_itself_and_is_kept_apart(api: ApiServer, windows: Windows) -> None:
    page = windows.open("/")
    number = f"+40{next(_numbers)}"
    case = send_report(api.desk("dispatcher", "B3"), report_of(TITAN, caller=number))
    send_report(api.desk("dispatcher", "VS"), report_of(VASLUI, caller=number))
    card = card_of(page, case)
    card.get_by_role("button", name="Păstrează separat").click()
    page.locator(".inline-form").get_by_role("button", name="Păstrează separat").click()
    expect(card_of(page, case)).to_have_count(0)


def test_who_offered_it_sees_no_offer(windows: Windows, case: dict[str, Any]) -> None:
    page = windows.open("/", counties=("VS",))
    expect(page.locator(".queue [data-incident]").first).to_be_visible()
    expect(card_of(page, case)).to_have_count(0)
