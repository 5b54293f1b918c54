"""Typed text outlives what happens around it; what was done by mistake is taken back."""

from collections.abc import Callable
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_right_case import case_of, opened
from tests.conftest_d.api import TITAN, ApiServer, report_of, send_report
from tests.conftest_d.browser import PHONE, Windows

TYPED = "vecina spune că ușa e încuiată"
_numbers = count(700_930_000)


@pytest.fixture
def desk(api: ApiServer) -> httpx.Client:
    return api.desk("dispatcher", "B3")


def note_field(page: Page) -> Any:
    """Open the form of a note where it is not open, and return its field."""
    if page.locator(".inline-form textarea").count() == 0:
        page.get_by_role("button", name="Adaugă notă").click()
    return page.locator(".inline-form textarea")


def comes_back_to(page: Page, number: str) -> None:
    """Wait until the page has opened the case of its address, without a press."""
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("#detail h2")).to_have_text(number)


def escape(page: Page, number: str, desk: httpx.Client) -> None:
    page.keyboard.press("Escape")


def reload(page: Page, number: str, desk: httpx.Client) -> None:
    page.reload()
    comes_back_to(page, number)


def other_language(page: Page, number: str, desk: httpx.Client) -> None:
    for name in ("English", "Română"):
        page.locator("[data-part=language]").click()
        page.wait_for_url(f"**lang={'en' if name == 'English' else 'ro'}#case=**")
        comes_back_to(page, number)


def session_ends(page: Page, number: str, desk: httpx.Client) -> None:
    page.evaluate("dispatch119.page.toLogin()")
    page.wait_for_url("**/login**")
    there = urlsplit(page.url)
    page.goto(f"{there.scheme}://{there.netloc}{parse_qs(there.query)['next'][0]}")
    comes_back_to(page, number)


def another_card(page: Page, number: str, desk: httpx.Client) -> None:
    other = send_report(desk)["incident_number"]
    opened(page, other)
    expect(page.get_by_label("Ce spune apelantul").first).to_have_value("")
    expect(note_field(page)).to_have_value("")
    opened(page, number)


def a_colleagues_change(page: Page, number: str, desk: httpx.Client) -> None:
    rows = desk.get("/v1/incidents").json()
    incident = next(row["id"] for row in rows if row["number"] == number)
    desk.post(f"/v1/incidents/{incident}/notes", json={"text": "colegul scrie"})
    expect(page.locator(".timeline")).to_contain_text("colegul scrie")


@pytest.mark.parametrize(
    "happens", [escape, reload, other_language, session_ends, another_card, a_colleagues_change]
)
def test_typed_text_is_kept_for_its_case_until_it_is_sent(
    windows: Windows,
    desk: httpx.Client,
    happens: Callable[[Page, str, httpx.Client], None],
) -> None:
    made = send_report(desk)
    page = opened(windows.open("/"), made["incident_number"])
    page.get_by_label("Ce spune apelantul").first.fill("lângă parc")
    note_field(page).fill(TYPED)
    happens(page, made["incident_number"], desk)
    expect(page.get_by_label("Ce spune apelantul").first).to_have_value("lângă parc")
    expect(note_field(page)).to_have_value(TYPED)
    seen = page.locator("[data-key=changes-seen]")
    if happens is a_colleagues_change:
        seen.click()
    page.locator(".inline-form button[type=submit]").click()
    expect(page.locator(".timeline")).to_contain_text(TYPED)
    expect(note_field(page)).to_have_value("")


def test_nobody_else_at_the_same_desk_reads_it(windows: Windows, desk: httpx.Client) -> None:
    made = send_report(desk)
    # Somebody of their own: whoever logs out ends the session that the other tests use.
    page = opened(windows.open("/", counties=("B3", "B5")), made["incident_number"])
    note_field(page).fill(TYPED)
    assert TYPED in page.evaluate("JSON.stringify(sessionStorage)")
    page.get_by_role("button", name="Ieșire").click()
    expect(page.get_by_role("button", name="Intră")).to_be_visible()
    assert TYPED not in page.evaluate("JSON.stringify(sessionStorage)")
    windows.forgive("401")


@pytest.mark.parametrize("leave", ["Renunță"])
def test_the_next_call_starts_empty(windows: Windows, leave: str) -> None:
    page = windows.open("/", role="operator")
    page.get_by_role("button", name="Apel nou").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Alege locul pe hartă").click()
    page.locator("#live_map").click()
    dialog.locator("[name=number]").fill("+40722000111")
    dialog.locator("[name=radius]").fill("77")
    page.keyboard.press("Escape")
    expect(dialog.locator("[name=number]")).to_have_value("+40722000111")
    dialog.get_by_text(leave, exact=True).click()
    page.get_by_role("button", name="Apel nou").click()
    expect(dialog.locator("[name=number]")).to_have_value("")
    expect(dialog.locator("[name=radius]")).to_have_value("500")
    expect(dialog.locator("[role=status]").first).to_have_text("")
    dialog.get_by_role("button", name="Deschide cazul").click()
    expect(dialog).to_be_visible()


# ── taken back ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("size", [PHONE])
def test_a_misdial_is_taken_back_with_one_click(
    windows: Windows, desk: httpx.Client, size: tuple[int, int]
) -> None:
    made = send_report(desk)
    page = opened(windows.open("/", size=size), made["incident_number"])
    page.get_by_role("button", name="Apel greșit").click()
    page.get_by_role("button", name="Anulează").click()
    expect(page.get_by_text("a fost redeschis")).to_be_visible()
    assert case_of(desk, made)["state"] == "open"


def test_a_misdial_with_a_team_bound_is_asked_first(
    api: ApiServer, windows: Windows, desk: httpx.Client
) -> None:
    made, team = send_report(desk), api.new_team("B3")
    wish = {"team_id": str(team), "reason": "x"}
    bound = desk.post(f"/v1/incidents/{made['incident_id']}/assignments", json=wish).json()
    page = opened(windows.open("/"), made["incident_number"])
    page.get_by_role("button", name="Apel greșit").click()
    form = page.locator(".inline-form")
    expect(form).to_contain_text(bound["callsign"])
    assert case_of(desk, made)["state"] == "assigned"
    form.get_by_role("button", name="Apel greșit").click()
    expect(page.locator(f'button.card[data-incident="{made["incident_number"]}"]')).to_have_count(0)
    assert case_of(desk, made)["state"] == "closed"


@pytest.mark.parametrize("by", ["number", "caller"])
def test_a_closed_case_is_found_and_reopened_with_a_reason(
    windows: Windows, desk: httpx.Client, by: str
) -> None:
    caller = f"+40{next(_numbers)}"
    made = send_report(desk, report_of(TITAN, caller=caller))
    desk.post(f"/v1/incidents/{made['incident_id']}/close", json={"resolution": "child_safe"})
    page = windows.open("/")
    page.get_by_text("Caută cazuri").click()
    page.get_by_label("Numărul cazului sau al apelantului").fill(
        {"number": made["incident_number"], "caller": "0" + caller[3:]}[by]
    )
    page.get_by_role("button", name="Caută").click()
    page.locator(f'[data-found="{made["incident_number"]}"]').click()
    page.get_by_role("button", name="Redeschide cazul").click()
    page.get_by_label("Motivul").fill("sună din nou")
    page.locator(".inline-form button[type=submit]").click()
    expect(page.locator(f'button.card[data-incident="{made["incident_number"]}"]')).to_be_visible()
    expect(page.locator(".timeline")).to_contain_text("sună din nou")
    expect(page.get_by_role("region", name="Apelant")).to_contain_text("•")
    assert not [url for url in windows.asked if caller[3:] in url]


@pytest.mark.parametrize("receiver", ["VS"])
def test_the_receiving_county_sees_number_and_history(
    windows: Windows, desk: httpx.Client, receiver: str
) -> None:
    caller = f"+40{next(_numbers)}"
    made = send_report(desk, report_of(TITAN, caller=caller))
    path = f"/v1/incidents/{made['incident_id']}"
    desk.post(f"{path}/notes", json={"text": "e singură acasă"})
    wish = {"to": "county", "county": receiver, "reason": "locuiește acolo", "at_once": True}
    assert desk.post(f"{path}/transfer", json=wish).status_code == 204
    page = opened(windows.open("/", counties=(receiver,)), made["incident_number"])
    numbers = page.get_by_role("region", name="Apelant")
    numbers.get_by_role("button").click()
    expect(numbers.locator("strong")).to_have_text(caller)
    expect(page.locator(".timeline")).to_contain_text("e singură acasă")
