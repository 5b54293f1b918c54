"""The dispatcher's page, worked with mouse and keyboard as a person does."""

import re

from playwright.sync_api import Page, expect

from tests.conftest_d.api import PASSWORD, TITAN, ApiServer, report_of, send_report
from tests.conftest_d.browser import PHONE, Windows


def opened_case(api: ApiServer, windows: Windows, size: tuple[int, int] | None = None) -> Page:
    """Report a call and open its case in a new window."""
    number = send_report(api.desk("dispatcher", "B3"))["incident_number"]
    page = windows.open("/", **({"size": size} if size else {}))
    page.locator(f'[data-incident="{number}"]').click()
    expect(page.locator(".detail-title h2")).to_have_text(number)
    return page


def test_the_proposed_team_is_assigned_with_one_click(api: ApiServer, windows: Windows) -> None:
    api.new_team("B3")
    page = opened_case(api, windows)
    best = page.locator(".candidate.is-best")
    callsign = best.get_attribute("data-team")
    best.get_by_role("button").click()
    expect(page.get_by_role("status").filter(has_text=f"Echipa {callsign}")).to_be_visible()
    expect(page.get_by_role("region", name="Echipe pe caz")).to_contain_text(callsign or "?")
    expect(page.locator(".detail-title .state")).to_have_text("Echipă repartizată")


def test_another_team_than_the_proposed_one_needs_a_reason(
    api: ApiServer, windows: Windows
) -> None:
    for _ in range(2):
        api.new_team("B3")
    page = opened_case(api, windows)
    second = page.locator(".candidate").nth(1)
    callsign = second.get_attribute("data-team") or "?"
    second.get_by_role("button").click()
    page.get_by_label("Motivul").fill("Cunoaște copilul")
    page.get_by_label("Motivul").press("Enter")
    expect(page.get_by_role("region", name="Echipe pe caz")).to_contain_text(callsign)
    expect(page.locator(".timeline")).to_contain_text("Cunoaște copilul")


def test_a_refused_assignment_says_who_was_faster(api: ApiServer, windows: Windows) -> None:
    api.new_team("B3")
    page = opened_case(api, windows)
    best = page.locator(".candidate.is-best")
    callsign = best.get_attribute("data-team")
    # The page stays behind: its list is the one from before somebody else was faster.
    page.route("**/recommendation", lambda route: route.abort())
    faster = api.desk("supervisor", "B3")
    team = next(t for t in faster.get("/v1/teams").json() if t["callsign"] == callsign)
    other = send_report(faster)["incident_id"]
    wish = {"team_id": team["id"], "reason": "faster"}
    faster.post(f"/v1/incidents/{other}/assignments", json=wish).raise_for_status()
    best.get_by_role("button").click()
    who = faster.get("/v1/me").json()["username"]
    expect(page.get_by_role("alert").filter(has_text=f"repartizată de {who}")).to_be_visible()
    windows.forgive("409")
    windows.forgive("ERR_FAILED")


def test_a_misdial_costs_one_click(api: ApiServer, windows: Windows) -> None:
    page = opened_case(api, windows)
    number = page.locator(".detail-title h2").inner_text()
    page.get_by_role("button", name="Apel greșit").click()
    expect(page.locator(f'[data-incident="{number}"]')).to_have_count(0)


def test_a_case_is_closed_with_a_resolution_only(api: ApiServer, windows: Windows) -> None:
    page = opened_case(api, windows)
    number = page.locator(".detail-title h2").inner_text()
    page.get_by_role("button", name="Închide cazul").click()
    form = page.locator(".inline-form")
    form.get_by_role("button", name="Confirmă").click()
    expect(form.get_by_role("combobox")).to_have_js_property("validity.valueMissing", True)
    form.get_by_role("combobox").select_option("child_safe")
    form.get_by_role("button", name="Confirmă").click()
    expect(page.locator(f'[data-incident="{number}"]')).to_have_count(0)


def test_an_operator_enters_a_call_by_hand(windows: Windows) -> None:
    page = windows.open("/", role="operator")
    page.get_by_role("button", name="Apel nou").click()
    page.get_by_role("button", name="Mesaj de la rețea").click()
    page.get_by_label("Mesajul de localizare").fill(report_of(TITAN).decode())
    page.get_by_role("button", name="Deschide cazul").click()
    expect(page.locator(".detail-title h2")).to_have_text(re.compile(r"B3-\d{4}-\d+"))


def test_a_message_that_cannot_be_read_is_refused_with_a_hint(windows: Windows) -> None:
    page = windows.open("/", role="operator")
    page.get_by_role("button", name="Apel nou").click()
    page.get_by_role("button", name="Mesaj de la rețea").click()
    page.get_by_label("Mesajul de localizare").fill("nu este un mesaj")
    page.get_by_role("button", name="Deschide cazul").click()
    expect(page.get_by_role("alert").filter(has_text="cod:")).to_be_visible()
    windows.forgive("status of 4")


def test_a_place_on_the_map_opens_a_case(windows: Windows) -> None:
    page = windows.open("/", role="operator")
    page.evaluate(
        "([lat, lng]) => dispatch119.view.map.setView([lat, lng], 14, {animate: false})",
        TITAN[::-1],
    )
    page.get_by_role("button", name="Apel nou").click()
    page.get_by_role("button", name="Alege locul pe hartă").click()
    page.locator("#live_map").click()
    page.get_by_role("button", name="Deschide cazul").click()
    expect(page.locator(".detail-title h2")).to_have_text(re.compile(r"B3-\d{4}-\d+"))


def test_a_person_logs_in_and_out(windows: Windows) -> None:
    name = windows.account("dispatcher", ("B3",))
    page = windows.visit(windows.context().new_page(), "/")
    page.get_by_label("Utilizator").fill(name)
    page.get_by_label("Parolă", exact=True).fill(PASSWORD)
    page.get_by_label("Parolă", exact=True).press("Enter")
    expect(page.locator("[data-part=person]")).to_have_text(name)
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("button", name="Ieșire").click()
    expect(page.get_by_role("button", name="Intră")).to_be_visible()
    # What was being asked for at that moment is refused now, as it should be.
    windows.forgive("401")


def test_a_wrong_password_is_said_in_plain_words(windows: Windows) -> None:
    page = windows.visit(windows.context().new_page(), "/login")
    page.get_by_label("Utilizator").fill("nimeni")
    page.get_by_label("Parolă", exact=True).fill("greșită")
    page.get_by_role("button", name="Intră").click()
    expect(page.get_by_role("alert")).to_have_text("Utilizatorul sau parola nu se potrivesc.")
    windows.forgive("401")


def test_the_list_is_walked_with_the_keyboard(api: ApiServer, windows: Windows) -> None:
    for _ in range(2):
        send_report(api.desk("dispatcher", "B3"))
    page = windows.open("/?lang=en")
    cards = page.locator("button.card")
    cards.first.focus()
    page.keyboard.press("ArrowDown")
    expect(cards.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Proposed teams")).to_be_visible()


def test_a_team_is_assigned_from_a_phone(api: ApiServer, windows: Windows) -> None:
    api.new_team("B3")
    page = opened_case(api, windows, PHONE)
    page.locator(".candidate.is-best").get_by_role("button").click()
    expect(page.locator(".detail-title .state")).to_have_text("Echipă repartizată")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_a_number_is_masked_until_somebody_asks(api: ApiServer, windows: Windows) -> None:
    page = opened_case(api, windows)
    caller = page.get_by_role("region", name="Apelant")
    expect(caller).to_contain_text("•")
    caller.get_by_role("button").click()
    expect(caller.locator("strong")).to_have_text(re.compile(r"^\+40\d{9}$"))


def test_a_call_without_a_county_waits_above_the_list(windows: Windows) -> None:
    page = windows.open("/", role="operator", counties=("B4",))
    page.evaluate("dispatch119.view.map.setView([43.2, 27.9], 12, {animate: false})")
    page.get_by_role("button", name="Apel nou").click()
    page.get_by_role("button", name="Alege locul pe hartă").click()
    page.locator("#live_map").click()
    page.get_by_role("button", name="Deschide cazul").click()
    card = page.locator(".unowned .card")
    card.get_by_role("button", name="Apel greșit").click()
    expect(card).to_have_count(0)
