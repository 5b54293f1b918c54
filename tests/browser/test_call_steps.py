"""What is typed in a call leads somewhere: to 112, the case, the team or another county."""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.conftest_d.api import TITAN, ApiServer, report_of, send_report
from tests.conftest_d.browser import PHONE, Windows

_numbers = count(700_880_000)
LAPTOP = (1366, 768)
SAVED = re.compile(r"^salvat \d\d:\d\d:\d\d \(")


@pytest.fixture
def rung(api: ApiServer) -> Iterator[dict[str, Any]]:
    """It rings at Sector 3 from a withheld number; ended after the test."""
    wish = {"line": "119-3", "county": "B3", "reference": f"pbx-{next(_numbers)}"}
    made = api.desk("telephone", "B3").post("/v1/calls/ringing", json=wish).json()
    yield made | wish
    desk, path = api.desk("supervisor", "B3"), f"/v1/calls/ringing/{made['id']}"
    known = desk.get(path).json()
    if known["state"] != "ended":
        desk.post(f"{path}/claim", json={"post": "end", "instead_of": known["claimed_by"]})
        desk.post(f"{path}/end", json={"outcome": "answered"})


def claimed(page: Page, rung: dict[str, Any]) -> None:
    row = page.locator(f'[data-ringing="{rung["id"]}"]')
    row.get_by_role("button", name="Preia apelul").click()
    expect(page.get_by_role("textbox", name="Ce se întâmplă")).to_be_enabled()


def write(page: Page, **texts: str) -> None:
    for name, text in texts.items():
        page.locator(f'.call-form textarea[name="{name}"]').fill(text)


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_a_withheld_caller_becomes_a_case_by_the_words_and_goes_to_112_with_them(
    api: ApiServer, windows: Windows, rung: dict[str, Any], size: tuple[int, int]
) -> None:
    page = windows.open("/", size=size)
    if size == LAPTOP:
        page.locator('[data-part="post"]').select_option("2")
    claimed(page, rung)
    page.get_by_role("radio", name="pericol imediat").check()
    step = page.locator('[data-step="112"]')
    expect(step).to_have_class(re.compile("danger"))
    write(page, what="tatăl lovește copilul", risks="are cuțit", where="în sectorul 3")
    step.click()
    expect(page.locator(".call-slot .ask")).to_contain_text("Nu există încă un caz")
    page.get_by_role("button", name="Adaugă ca loc spus").click()
    expect(page.locator(f'[data-ringing="{rung["id"]}"]')).to_contain_text("Sectorul 3")
    step.click()
    danger = page.locator(".inline-form textarea").first
    expect(danger).to_have_value("tatăl lovește copilul. are cuțit")
    told = page.get_by_role("region", name="Formularul apelului", exact=True)
    expect(told.locator(".told-risks")).to_contain_text("are cuțit")
    number = page.locator(".detail-title h2").inner_text()
    card = page.locator(f'[data-incident="{number}"]')
    expect(card.locator(".triage-badge")).to_have_text("pericol imediat")
    desk = api.desk("dispatcher", "B3")
    [listed] = [one for one in desk.get("/v1/incidents").json() if one["number"] == number]
    assert (listed["priority"], listed["triage"]) == (1, "immediate_danger")
    # Another case opens with nothing of this one.
    other = send_report(desk, report_of(TITAN))
    page.evaluate("id => window.dispatch119.page.select(id)", other["incident_id"])
    expect(page.locator(".detail-title h2")).to_have_text(other["incident_number"])
    expect(page.locator(".inline-form")).to_have_count(0)
    expect(told).to_have_count(0)


def test_a_case_offered_to_another_county_is_on_both_desks_until_it_is_answered(
    api: ApiServer, windows: Windows
) -> None:
    caller = f"+40{next(_numbers)}"
    made = send_report(api.desk("dispatcher", "B3"), report_of(TITAN, caller=caller))
    here = windows.open("/", size=LAPTOP)
    there = windows.open("/", counties=("VS",), size=LAPTOP)
    here.locator(f'[data-incident="{made["incident_number"]}"]').click()
    for reason in ("locuiește la bunici, în Vaslui", "strada e la voi"):
        here.locator('.detail [data-key="action.to_county"]').click()
        form = here.locator(".inline-form")
        form.get_by_role("combobox").select_option("VS")
        form.get_by_label("Motivul").fill(reason)
        form.get_by_role("button", name="Confirmă").click()
        ours = here.locator("[data-transfer]").filter(has_text=made["incident_number"])
        expect(ours).to_contain_text("al nostru până acceptă")
        offer = there.locator("[data-transfer]").filter(has_text=made["incident_number"])
        expect(offer).to_contain_text(reason)
        expect(there.locator('[data-part="arrivals"]')).to_be_visible()
        if reason.startswith("strada"):
            break
        offer.get_by_role("button", name="Returnează").click()
        there.get_by_label("Motivul").fill("bunicii s-au mutat")
        there.locator(".inline-form").get_by_role("button", name="Returnează").click()
        expect(ours).to_contain_text("bunicii s-au mutat")
        expect(here.locator(".timeline")).to_contain_text("bunicii s-au mutat")
        expect(offer).to_have_count(0)
    offer.get_by_role("button", name="Deschide").click()
    expect(there.locator(".detail-title h2")).to_have_text(made["incident_number"])
    expect(there.locator('.detail [data-key="action.close"]')).to_be_hidden()
    offer.get_by_role("button", name="Acceptă cazul").click()
    expect(there.locator('.detail [data-key="action.close"]')).to_be_visible()
    expect(there.locator(".timeline")).to_contain_text("bunicii s-au mutat")
    expect(ours).to_have_count(0)
    expect(here.locator(f'[data-incident="{made["incident_number"]}"]')).to_have_count(0)
    # What the page asked for and was not its county's any more.
    windows.complaints.clear()
