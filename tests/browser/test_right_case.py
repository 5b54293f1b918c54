"""What is read, typed and pressed in the console concerns the case on the screen and no other."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from tests.conftest_d.api import VASLUI, ApiServer, send_report
from tests.conftest_d.browser import DESKTOP, PHONE, Windows

OLD_ACTIONS = ("Apel greșit", "La 112", "Adaugă notă", "Închide cazul")
ABROAD = (27.9, 43.2)


@pytest.fixture
def desk(api: ApiServer) -> httpx.Client:
    return api.desk("dispatcher", "B3")


def opened(page: Page, number: str) -> Page:
    page.locator(f'button.card[data-incident="{number}"]').click()
    expect(page.locator(".detail:visible .detail-title h2")).to_have_text(number)
    expect(page.get_by_role("button", name="Adaugă notă")).to_be_visible()
    return page


def case_of(desk: httpx.Client, made: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = desk.get(f"/v1/incidents/{made['incident_id']}").json()
    return answer


def kinds(desk: httpx.Client, made: dict[str, Any]) -> list[str]:
    events = desk.get(f"/v1/incidents/{made['incident_id']}/timeline").json()
    return [event["kind"] for event in events]


def take_call_at(page: Page, place: tuple[float, float]) -> None:
    """Enter a call by hand at a place of the map."""
    page.get_by_role("button", name="Apel nou").click()
    page.get_by_role("button", name="Alege locul pe hartă").click()
    # Only now: the map may still be on its way to the case that was opened.
    page.evaluate(
        "([lng, lat]) => dispatch119.view.map.stop().setView([lat, lng], 13, {animate: false})",
        list(place),
    )
    page.locator("#live_map").click()
    page.get_by_role("button", name="Deschide cazul").click()


def nothing_of_the_old_case(page: Page, number: str) -> None:
    expect(page.locator(".detail:visible")).not_to_contain_text(number)
    for name in OLD_ACTIONS:
        # A call that nobody owns has buttons of its own, in the list.
        expect(page.locator(".detail").get_by_role("button", name=name)).to_have_count(0)


# ── another case ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("place", "size"), [(tuple(VASLUI), DESKTOP), (ABROAD, PHONE)])
def test_a_call_that_is_not_ours_takes_the_old_case_off_the_screen(
    api: ApiServer,
    windows: Windows,
    desk: httpx.Client,
    place: tuple[float, float],
    size: tuple[int, int],
) -> None:
    old = send_report(desk)
    page = windows.open("/", size=DESKTOP)
    opened(page, old["incident_number"])
    page.set_viewport_size({"width": size[0], "height": size[1]})
    take_call_at(page, place)
    panel = page.get_by_role("region", name="Apel al altui județ")
    expect(panel).to_be_visible()
    nothing_of_the_old_case(page, old["incident_number"])
    words = panel.get_by_label("Ce spune apelantul").last
    words.fill("se aude o femeie strigând")
    panel.get_by_role("button", name="Adaugă").click()
    expect(words).to_have_value("")
    assert kinds(desk, old) == ["opened"]


def test_a_call_of_another_county_says_whose_it_is_its_number_and_its_state(
    api: ApiServer, windows: Windows
) -> None:
    page = windows.open("/")
    take_call_at(page, tuple(VASLUI))
    panel = page.get_by_role("region", name="Apel al altui județ")
    expect(panel.locator("h2")).to_have_text(re.compile(r"VS-\d{4}-\d{6}"))
    expect(panel).to_contain_text("Vaslui")
    expect(panel.locator(".state")).to_have_text("Fără echipă")
    number = panel.locator("h2").inner_text()
    panel.get_by_label("Ce spune apelantul").last.fill("suntem în Vaslui lângă gară")
    panel.get_by_role("button", name="Adaugă").click()
    expect(panel.get_by_label("Ce spune apelantul").last).to_have_value("")
    there = api.desk("dispatcher", "VS")
    case = next(row for row in there.get("/v1/incidents").json() if row["number"] == number)
    assert "report_heard" in kinds(there, {"incident_id": case["id"]})
    there.post(f"/v1/incidents/{case['id']}/close", json={"resolution": "child_safe"})
    panel.get_by_role("button", name="Vezi starea acum").click()
    expect(panel.locator(".state")).to_have_text("Închis")


@pytest.mark.parametrize("part", ["", "/timeline"])
def test_a_case_that_cannot_be_read_shows_nothing_of_the_one_before(
    api: ApiServer, windows: Windows, desk: httpx.Client, part: str
) -> None:
    first, second = send_report(desk), send_report(desk)
    page = opened(windows.open("/"), first["incident_number"])
    address = f"**/v1/incidents/{second['incident_id']}{part}"
    page.route(address, lambda route: route.fulfill(status=503))
    page.locator(f'button.card[data-incident="{second["incident_number"]}"]').click()
    expect(page.locator(".detail:visible h2")).to_have_text(second["incident_number"])
    expect(page.get_by_text("Cazul nu s-a putut citi")).to_be_visible()
    nothing_of_the_old_case(page, first["incident_number"])
    page.unroute(address)
    page.get_by_role("button", name="Încearcă din nou").click()
    expect(page.get_by_role("button", name="Adaugă notă")).to_be_visible()
    page.get_by_label("Ce spune apelantul").first.fill("strada Liviu Rebreanu")
    page.get_by_role("button", name="Adaugă", exact=True).first.click()
    expect(page.locator(".timeline")).to_contain_text(re.compile("."))
    assert kinds(desk, first) == ["opened"]
    windows.forgive("503")


def test_while_a_case_is_read_the_one_before_is_gone(
    api: ApiServer, windows: Windows, desk: httpx.Client
) -> None:
    first, second = send_report(desk), send_report(desk)
    page = opened(windows.open("/"), first["incident_number"])
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(f"**/v1/incidents/{second['incident_id']}", hold)
    page.locator(f'button.card[data-incident="{second["incident_number"]}"]').click()
    expect(page.locator(".detail:visible h2")).to_have_text(second["incident_number"])
    nothing_of_the_old_case(page, first["incident_number"])
    page.wait_for_timeout(50)
    held[0].continue_()
    expect(page.get_by_role("button", name="Adaugă notă")).to_be_visible()


# ── what was on the screen ────────────────────────────────────────────────────
def close_it(page: Page) -> None:
    page.get_by_role("button", name="Închide cazul").click()
    page.locator(".inline-form").get_by_role("combobox").select_option("child_safe")


def send_on(page: Page) -> None:
    page.get_by_role("button", name="La psihologi").click()
    page.get_by_label("Motivul").fill("vrea să vorbească")


def to_112(page: Page) -> None:
    page.get_by_role("button", name="La 112").click()
    page.locator(".inline-form textarea").first.fill("pericol")
    page.get_by_label("Închide cazul aici").check()


@pytest.mark.parametrize("fill", [close_it, send_on, to_112])
def test_nothing_is_done_over_what_a_colleague_wrote_meanwhile(
    api: ApiServer, windows: Windows, desk: httpx.Client, fill: Callable[[Page], None]
) -> None:
    made = send_report(desk)
    page = opened(windows.open("/"), made["incident_number"])
    fill(page)
    note = {"text": "copilul este lovit acum!"}
    desk.post(f"/v1/incidents/{made['incident_id']}/notes", json=note).raise_for_status()
    form = page.locator(".inline-form")
    # The page has read the change: its own newest version must not be what is sent.
    expect(form.locator("[data-part=changes]")).to_contain_text("copilul este lovit acum!")
    form.locator("button[type=submit]").click()
    expect(page.get_by_role("alert").filter(has_text="altcineva a schimbat cazul")).to_be_visible()
    assert case_of(desk, made)["state"] == "open"
    form.get_by_role("button", name="Am citit, continui").click()
    form.locator("button[type=submit]").click()
    expect(page.locator(f'button.card[data-incident="{made["incident_number"]}"]')).to_have_count(0)
    assert case_of(desk, made)["state"] == "closed"
    windows.forgive("409")


def test_two_who_send_the_same_team_to_the_same_case_are_told_that_it_is_done(
    api: ApiServer, windows: Windows, desk: httpx.Client
) -> None:
    team = api.new_team("B3")
    made = send_report(desk)
    page = opened(windows.open("/"), made["incident_number"])
    button = page.locator(f'[data-key="assign-{team}"]')
    expect(button).to_be_visible()
    callsign = page.locator(".candidate", has=button).get_attribute("data-team")
    # The page stays behind, as it does between a notice and its reload.
    page.route(f"**/v1/incidents/{made['incident_id']}*", lambda route: route.abort())
    faster = api.desk("supervisor", "B3")
    wish = {"team_id": str(team), "reason": "mai aproape"}
    faster.post(f"/v1/incidents/{made['incident_id']}/assignments", json=wish).raise_for_status()
    button.click()
    reason = page.locator(".inline-form input")
    if reason.count():
        reason.fill("cunoaște copilul")
        reason.press("Enter")
    who = faster.get("/v1/me").json()["username"]
    expect(page.get_by_text(f"Echipa este deja pe acest caz, repartizată de {who}")).to_be_visible()
    expect(page.get_by_text("alegeți altă echipă")).to_have_count(0)
    assert callsign
    windows.forgive("409")
    windows.forgive("ERR_FAILED")
