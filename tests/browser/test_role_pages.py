"""A team, a planner and an administrator each get a page of their own, with what they may do."""

import json
import re
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_languages import foreign_words
from tests.browser.test_one_identity import signed_in
from tests.conftest_d.api import ADMIN, PASSWORD, ApiServer, send_report
from tests.conftest_d.browser import DESKTOP, PHONE, Windows


def account_of_team(api: ApiServer, team: UUID) -> str:
    from dispatch import services as use_cases

    name = f"phone-{team}"
    use_cases.create_account(
        api.services.accounts,
        ADMIN,
        username=name,
        password=PASSWORD,
        role="team",
        counties=("B3",),
        team_id=team,
    )
    return name


@pytest.mark.parametrize("size", [PHONE])
def test_a_team_sees_its_case_and_reports_what_it_does(
    api: ApiServer, windows: Windows, size: tuple[int, int]
) -> None:
    desk, team = api.desk("dispatcher", "B3"), api.new_team("B3")
    context = windows.context(size)
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"longitude": 26.161, "latitude": 44.416, "accuracy": 12})
    page = signed_in(context, windows, account_of_team(api, team))
    panel = page.locator("[data-part=panel]")
    expect(panel).to_contain_text("Nu sunteți repartizați")
    case = send_report(desk)
    wish = {"team_id": str(team), "reason": "x"}
    assert desk.post(f"/v1/incidents/{case['incident_id']}/assignments", json=wish).is_success
    # Its own assignment comes by the stream, with the area that is known.
    expect(panel).to_contain_text(case["incident_number"])
    expect(panel).to_contain_text("95 %")
    expect(panel).not_to_contain_text("Fără loc")
    for label, state in (("Am plecat", "en_route"), ("Am ajuns", "on_scene")):
        panel.get_by_role("button", name=label).click()
        expect(panel.locator(f".state--{state}").first).to_be_visible()
        assert desk.get(f"/v1/teams/{team}").json()["status"] == state
    panel.get_by_role("button", name="Trimite poziția").click()
    expect(panel).to_contain_text("Ultima poziție trimisă")
    fix = desk.get(f"/v1/teams/{team}").json()["position"]
    assert fix["accuracy_m"] == 12
    assert foreign_words(page, "ro") == []
    panel.get_by_role("button", name="Oprește").click()
    panel.get_by_role("button", name="Arată pe hartă").click()
    expect(page.locator("#live_map")).to_be_visible()


def rings_of(page: Page) -> int:
    return len(re.findall("ring-tag", page.locator("#live_map").inner_html()))


@pytest.mark.parametrize("size", [DESKTOP])
def test_a_planner_draws_how_far_a_team_gets(
    api: ApiServer, windows: Windows, size: tuple[int, int]
) -> None:
    send_report(api.desk("dispatcher", "B3"))
    page = windows.open("/", role="planner", counties=("B3", "IF"), size=size)
    panel = page.locator("[data-part=panel]")
    expect(panel.locator("tbody tr").first).to_contain_text("Sectorul 3")
    page.evaluate("dispatch119.view.map.setView([44.43, 26.1], 12, {animate: false})")
    for minutes in ("5,10", "15"):
        panel.locator("[name=minutes]").fill(minutes)
        panel.get_by_role("button", name="Alege locul pe hartă").click()
        page.locator("#live_map").click()
        rows = panel.locator(".planning-table tbody tr")
        expect(rows).to_have_count(len(minutes.split(",")), timeout=40_000)
        # The former rings are gone.
        assert rings_of(page) == len(minutes.split(","))
    assert foreign_words(page, "ro") == []


@pytest.mark.parametrize("name", ["cont.nou"])
def test_an_administrator_makes_and_disables_accounts(
    api: ApiServer, windows: Windows, name: str
) -> None:
    page = windows.open("/", role="administrator", counties=("B3", "IF"))
    panel = page.locator("[data-part=panel]")
    expect(panel.locator("[data-check=database]")).to_contain_text("Bine")
    panel.get_by_role("button", name="Cont nou").click()
    form = page.locator(".inline-form")
    form.get_by_label("Utilizator").fill(name)
    form.locator("[type=password]").fill(PASSWORD)
    form.locator("select").select_option("planner")
    form.get_by_label("Codurile județelor").fill("b3, if")
    form.locator("[type=submit]").click()
    row = panel.locator(f'[data-account="{name}"]')
    expect(row).to_contain_text("planificator")
    assert PASSWORD not in page.evaluate("JSON.stringify(sessionStorage)")
    row.get_by_role("button", name="Dezactivează").click()
    expect(row).to_contain_text("dezactivat")
    desk = api.desk("administrator", "B3", "IF")
    accounts = {one["username"]: one for one in desk.get("/v1/accounts").json()}
    assert accounts[name]["active"] is False, json.dumps(accounts[name])
    assert accounts[name]["counties"] == ["B3", "IF"]
    panel.get_by_role("button", name="Echipă nouă").click()
    form.get_by_label("Indicativ").fill("B3-NOUA")
    form.locator("select").select_option("B3")
    form.locator("[type=submit]").click()
    expect(page.get_by_text("Echipa B3-NOUA a fost creată")).to_be_visible()
