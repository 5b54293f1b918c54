"""What the desk sees of several reports of one call, and what a person does with it."""

import json
import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from geodata.points import LonLat
from tests.conftest_d.api import TITAN, VASLUI, ApiServer, report_of, send_report, visiting
from tests.conftest_d.browser import PHONE, Windows

BORDER = LonLat(26.1410, 44.4336)
BOTH = ("B3", "VS")


@pytest.fixture
def gateway(api: ApiServer) -> httpx.Client:
    return api.desk("operator")


def case_of(windows: Windows, call: dict[str, Any], **window: Any) -> Page:
    page = windows.open("/", **window)
    page.locator(f'[data-incident="{call["incident_number"]}"]').click()
    expect(page.locator(".detail-title h2")).to_have_text(call["incident_number"])
    return page


def said_field(page: Page) -> Locator:
    return page.locator(".belief-tools").get_by_label("Ce spune apelantul")


def update(gateway: httpx.Client, number: str, place: LonLat, radius_m: float) -> dict[str, Any]:
    return send_report(gateway, report_of(place, radius_m=radius_m, caller=number))


def test_each_report_is_a_step_and_an_update_appears_by_itself(
    gateway: httpx.Client, windows: Windows
) -> None:
    call = update(gateway, "+40700800001", BORDER, 2500)
    page = case_of(windows, call)
    steps = page.locator(".belief-steps li")
    expect(steps).to_have_count(1)
    update(gateway, "+40700800001", TITAN, 300)
    expect(steps).to_have_count(2)
    expect(steps.nth(1)).to_contain_text("A restrâns zona")
    expect(steps.nth(1)).to_contain_text("Sectorul 3")
    expect(page.locator(".timeline")).to_contain_text("Informație nouă despre loc")


def test_what_the_caller_says_is_typed_in_and_believed(
    gateway: httpx.Client, windows: Windows
) -> None:
    call = update(gateway, "+40700800002", BORDER, 2500)
    page = case_of(windows, call)
    said_field(page).fill("stau în sectorul 3")
    said_field(page).press("Enter")
    last = page.locator(".belief-steps li").nth(1)
    # The first ranking of a process compiles; what is asked meanwhile waits for it.
    expect(last).to_contain_text("Apelantul", timeout=15_000)
    expect(last).to_contain_text("stau în sectorul 3")
    expect(said_field(page)).to_have_value("")


def test_what_somebody_types_outlives_a_new_report(gateway: httpx.Client, windows: Windows) -> None:
    call = update(gateway, "+40700800003", BORDER, 2500)
    page = case_of(windows, call)
    said_field(page).fill("stau lângă")
    update(gateway, "+40700800003", TITAN, 300)
    expect(page.locator(".belief-steps li")).to_have_count(2)
    expect(said_field(page)).to_have_value("stau lângă")


@pytest.mark.parametrize("size", [(1440, 900), PHONE], ids=["desktop", "phone"])
def test_new_information_for_another_county_is_one_click_from_the_transfer(
    gateway: httpx.Client, windows: Windows, size: tuple[int, int]
) -> None:
    number = f"+4070080{size[0]:04d}"
    call = update(gateway, number, TITAN, 300)
    page = case_of(windows, call, counties=BOTH, size=size)
    update(gateway, number, VASLUI, 300)
    banner = page.get_by_role("alert").filter(has_text="Informațiile noi indică Vaslui")
    expect(banner).to_contain_text("%")
    expect(page.locator(".belief-conflict")).to_contain_text("Lăsată deoparte: Sectorul 3")
    expect(page.locator(".belief-conflict")).to_contain_text("Vaslui")
    banner.get_by_role("button").click()
    form = page.locator(".inline-form")
    expect(form.get_by_role("combobox")).to_have_value("VS")
    form.get_by_label("Motivul").fill("zonă nouă")
    form.get_by_role("button", name="Confirmă").click()
    expect(page.locator(".timeline")).to_contain_text("zonă nouă")
    expect(banner).to_have_count(0)


def test_the_card_in_the_list_says_it_too(gateway: httpx.Client, windows: Windows) -> None:
    call = update(gateway, "+40700800005", TITAN, 300)
    update(gateway, "+40700800005", VASLUI, 300)
    page = windows.open("/")
    card = page.locator(f'[data-incident="{call["incident_number"]}"]')
    expect(card).to_contain_text(re.compile(r"indică Vaslui \(\d+"))


def test_words_give_a_call_without_a_county_its_incident(api: ApiServer, windows: Windows) -> None:
    name = windows.account("dispatcher", BOTH)
    token = windows._session("dispatcher", BOTH)
    with visiting(
        api.base_url,
        cookies={"dispatch119_session": token},
        headers={"X-Requested-With": "dispatch119"},
    ) as own:
        call = send_report(own, json.dumps({"caller": "+40700800006"}).encode())
    assert call["incident_id"] is None, name
    page = windows.open("/", counties=BOTH, size=(1100, 800))
    card = page.locator(".unowned .card", has=page.locator(f'[data-key="said-{call["call_id"]}"]'))
    fits = "(element) => element.scrollWidth <= element.clientWidth"
    assert card.evaluate(fits), "the buttons stay inside the card"
    page.locator(f'[data-key="said-{call["call_id"]}"]').click()
    page.locator(".form-slot").get_by_role("textbox").fill("în comuna Zorleni, județul Vaslui")
    page.locator(".form-slot").get_by_role("button", name="Adaugă").click()
    expect(page.locator(f'[data-key="said-{call["call_id"]}"]')).to_have_count(0)
    number = own_number(api, call)
    expect(page.locator(f'[data-incident="{number}"]')).to_be_visible()


def own_number(api: ApiServer, call: dict[str, Any]) -> str:
    view = api.desk("supervisor").get(f"/v1/calls/{call['call_id']}").json()
    assert view["county"] == "VS"
    return str(view["incident_number"])


def test_a_new_call_is_opened_from_the_callers_words(windows: Windows) -> None:
    page = windows.open("/", role="operator")
    page.get_by_role("button", name="Apel nou").click()
    page.get_by_role("button", name="Spusele apelantului").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Ce spune apelantul").fill("sunt în sectorul 3, în Titan")
    dialog.get_by_label("Numărul apelantului").last.fill("0700 800 007")
    dialog.get_by_role("button", name="Deschide cazul").click()
    expect(page.locator(".detail-title h2")).to_have_text(re.compile(r"B3-\d{4}-\d+"))


def test_the_network_is_not_offered_where_none_is_configured(
    gateway: httpx.Client, windows: Windows
) -> None:
    page = case_of(windows, update(gateway, "+40700800008", TITAN, 300))
    expect(page.get_by_role("button", name="Întreabă rețeaua")).to_have_count(0)
