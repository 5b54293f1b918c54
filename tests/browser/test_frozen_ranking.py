"""The list of teams stands still while somebody is about to press one of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from dispatch import services as use_cases
from geodata.points import LonLat
from teams.model import PositionReport
from tests.conftest_d.api import ADMIN, ApiServer, report_of, send_report
from tests.conftest_d.browser import Windows

PANTELIMON = LonLat(26.152, 44.420)
NEAR = LonLat(26.153, 44.420)
FAR = LonLat(26.120, 44.405)


@pytest.fixture
def ranked(api: ApiServer, windows: Windows) -> tuple[Page, dict[str, Any]]:
    """Open a case with two teams; return the page and the case."""
    api.new_team("B3", at=FAR)
    api.new_team("B3", at=LonLat(26.118, 44.403))
    case = send_report(api.desk("dispatcher", "B3"), report_of(PANTELIMON))
    page = windows.open("/")
    page.locator(f'[data-incident="{case["incident_number"]}"]').click()
    expect(page.locator(".candidate").nth(1)).to_be_visible()
    return page, case


def a_nearer_team_comes(api: ApiServer, page: Page) -> str:
    """Let a team come near; return its callsign when the page has asked for the ranking."""
    with page.expect_response("**/recommendation"):
        team = api.new_team("B3", at=NEAR)
        now = datetime.now(UTC) - timedelta(seconds=1)
        use_cases.record_positions(
            api.services.engine, ADMIN, [PositionReport(team, NEAR, now, now, accuracy_m=10.0)]
        )
    teams = api.desk("dispatcher", "B3").get("/v1/teams").json()
    return str(next(row["callsign"] for row in teams if row["id"] == str(team)))


def order_of(page: Page) -> list[str | None]:
    """Return the callsigns in the order of the list."""
    return [each.get_attribute("data-team") for each in page.locator(".candidate").all()]


def test_what_was_pointed_at_is_what_is_assigned(
    api: ApiServer, windows: Windows, ranked: tuple[Page, dict[str, Any]]
) -> None:
    page, case = ranked
    seen = order_of(page)
    best = page.locator(".candidate").first.get_by_role("button")
    best.hover()
    nearer = a_nearer_team_comes(api, page)
    expect(page.get_by_text("Ordinea s-a schimbat între timp")).to_be_visible()
    assert order_of(page) == seen
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_role("region", name="Echipe pe caz")).to_contain_text(seen[0] or "?")
    shown = api.desk("dispatcher", "B3").get(f"/v1/incidents/{case['incident_id']}").json()
    assert [row["callsign"] for row in shown["assignments"]] == [seen[0]]
    expect(candidate(page, nearer)).to_have_count(1)


def test_the_new_order_is_shown_when_the_pointer_leaves(
    api: ApiServer, windows: Windows, ranked: tuple[Page, dict[str, Any]]
) -> None:
    page, _ = ranked
    page.locator(".candidate").first.hover()
    nearer = a_nearer_team_comes(api, page)
    expect(candidate(page, nearer)).to_have_count(0)
    page.locator(".detail-title h2").hover()
    expect(candidate(page, nearer)).to_have_count(1)


def test_the_order_stays_while_a_reason_is_written_and_the_keyboard_is_in_it(
    api: ApiServer, windows: Windows, ranked: tuple[Page, dict[str, Any]]
) -> None:
    page, _ = ranked
    seen = order_of(page)
    second = page.locator(".candidate").nth(1).get_by_role("button")
    second.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Motivul").fill("Cunoaște copilul")
    page.mouse.move(5, 5)
    a_nearer_team_comes(api, page)
    assert order_of(page) == seen
    page.get_by_label("Motivul").press("Enter")
    assigned = page.get_by_role("region", name="Echipe pe caz")
    expect(assigned).to_contain_text(seen[1] or "?")
    expect(page.locator(".timeline")).to_contain_text("Cunoaște copilul")


def test_whoever_asks_for_the_new_order_gets_it(
    api: ApiServer, windows: Windows, ranked: tuple[Page, dict[str, Any]]
) -> None:
    page, _ = ranked
    page.locator(".candidate").first.hover()
    nearer = a_nearer_team_comes(api, page)
    page.get_by_role("button", name="Recalculează").click()
    expect(candidate(page, nearer)).to_have_count(1)


def candidate(page: Page, callsign: str) -> Locator:
    """Return the row of a team in the list."""
    return page.locator(f'.candidate[data-team="{callsign}"]')
