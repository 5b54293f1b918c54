"""A ringing call in the console: claimed by one post, its form found again wherever it goes on."""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest_d.api import TITAN, ApiServer, report_of, send_report
from tests.conftest_d.browser import PHONE, Windows

_numbers = count(700_870_000)
LAPTOP = (1366, 768)
SAVED = re.compile(r"^salvat \d\d:\d\d:\d\d \(")


@pytest.fixture
def ring(api: ApiServer) -> Iterator[dict[str, Any]]:
    """It rings at Sector 3; ended after the test, so that the next finds a quiet centre."""
    number = f"+40{next(_numbers)}"
    wish = {"line": "119-2", "county": "B3", "caller": number}
    made = api.desk("telephone", "B3").post("/v1/calls/ringing", json=wish).json()
    yield made | {"caller": number}
    desk, path = api.desk("supervisor", "B3"), f"/v1/calls/ringing/{made['id']}"
    known = desk.get(path).json()
    if known["state"] != "ended":
        holder = {"post": "end", "instead_of": known["claimed_by"]}
        desk.post(f"{path}/claim", json=holder)
        desk.post(f"{path}/end", json={"outcome": "answered"})


def row_of(page: Page, ring: dict[str, Any]) -> Locator:
    """Return the line of a ringing call."""
    return page.locator(f'[data-ringing="{ring["id"]}"]')


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_one_post_takes_the_call_and_the_colleague_goes_on_with_its_form(
    windows: Windows, ring: dict[str, Any], size: tuple[int, int]
) -> None:
    ana = windows.open("/", size=size)
    dora = windows.open("/", role="supervisor", size=size)
    for page in (ana, dora):
        expect(row_of(page, ring)).to_contain_text("SUNĂ")
        expect(row_of(page, ring)).to_be_in_viewport(ratio=1)
    row_of(ana, ring).get_by_role("button", name="Preia apelul").click()
    expect(row_of(ana, ring)).to_contain_text("apelul dumneavoastră")
    expect(row_of(dora, ring)).to_contain_text("preluat de window-dispatcher")
    expect(ana.locator(".call-slot")).to_contain_text(ring["caller"])
    ana.get_by_role("radio", name="pericol imediat").check()
    ana.get_by_role("textbox", name="Ce se întâmplă").fill("țipete în apartament")
    expect(ana.locator('[data-part="draft-state"]')).to_have_text(SAVED)
    ana.reload()
    expect(ana.get_by_role("textbox", name="Ce se întâmplă")).to_have_value("țipete în apartament")
    expect(ana.get_by_role("radio", name="pericol imediat")).to_be_checked()
    row_of(dora, ring).get_by_role("button", name="Continuă aici").click()
    expect(dora.get_by_role("textbox", name="Ce se întâmplă")).to_have_value("țipete în apartament")
    expect(row_of(ana, ring)).to_contain_text("preluat de window-supervisor")
    expect(ana.get_by_role("textbox", name="Ce se întâmplă")).to_have_count(0)
    row_of(dora, ring).get_by_role("button", name="Înapoiază").click()
    expect(row_of(ana, ring)).to_contain_text("SUNĂ, înapoiat de window-supervisor")


def test_the_location_comes_while_somebody_types_and_the_end_keeps_what_was_typed(
    api: ApiServer, windows: Windows, ring: dict[str, Any]
) -> None:
    page = windows.open("/", size=LAPTOP)
    row_of(page, ring).get_by_role("button", name="Preia apelul").click()
    what = page.get_by_role("textbox", name="Ce se întâmplă")
    expect(what).to_be_enabled()
    what.press_sequentially("copil singur")
    case = send_report(api.desk("dispatcher", "B3"), report_of(TITAN, caller=ring["caller"]))
    assert case["call_id"] == ring["call_id"]
    expect(row_of(page, ring)).to_contain_text("Sectorul 3")
    expect(what).to_be_focused()
    what.press_sequentially(" acasă")
    expect(page.locator('[data-part="draft-state"]')).to_have_text(SAVED)
    row_of(page, ring).get_by_role("button", name="Încheie apelul").click()
    expect(row_of(page, ring)).to_have_count(0)
    expect(page.locator(".detail-title h2")).to_have_text(case["incident_number"])
    timeline = api.desk("dispatcher", "B3").get(f"/v1/incidents/{case['incident_id']}/timeline")
    assert "Ce se întâmplă: copil singur acasă" in timeline.text


def test_what_another_post_has_saved_is_never_written_over_unasked(
    api: ApiServer, windows: Windows, ring: dict[str, Any]
) -> None:
    page = windows.open("/", size=LAPTOP)
    row_of(page, ring).get_by_role("button", name="Preia apelul").click()
    where = page.get_by_role("textbox", name="Unde")
    expect(where).to_be_enabled()
    path = f"/v1/calls/{ring['call_id']}/draft"
    other = api.desk("supervisor", "B3").put(path, json={"expected_version": 0, "where": "bl. 4"})
    assert other.status_code == 200, other.text
    where.fill("bl. 5")
    page.get_by_role("button", name="Păstrează textul meu").click()
    expect(page.locator('[data-part="draft-state"]')).to_have_text(SAVED)
    kept = api.desk("supervisor", "B3").get(path).json()
    assert (kept["form"]["where"], kept["version"]) == ("bl. 5", 2)
    # The refusal itself, of which the browser complains.
    windows.complaints.clear()
