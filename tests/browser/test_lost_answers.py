"""The answer to a press is lost on the way; pressing again does it no second time."""

from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.conftest_d.api import TITAN, ApiServer, send_report
from tests.conftest_d.browser import Windows


def lose_the_first_answer(page: Page, path: str) -> None:
    """Let the first write to a path reach the server, and its answer nobody."""
    lost: list[str] = []

    def handle(route: Route) -> None:
        if lost or route.request.method == "GET":
            route.continue_()
            return
        lost.append(route.request.url)
        route.fetch()
        route.abort()

    page.route(path, handle)


def timeline_of(api: ApiServer, incident: str) -> list[dict[str, Any]]:
    """Return the events of a case."""
    rows: list[dict[str, Any]] = (
        api.desk("dispatcher", "B3").get(f"/v1/incidents/{incident}/timeline").json()
    )
    return rows


def test_a_note_is_written_once(api: ApiServer, windows: Windows) -> None:
    case = send_report(api.desk("dispatcher", "B3"))
    page = windows.open("/")
    page.locator(f'[data-incident="{case["incident_number"]}"]').click()
    page.get_by_role("button", name="Adaugă notă").click()
    form = page.locator(".inline-form")
    form.locator("textarea, input").first.fill("o singură dată")
    lose_the_first_answer(page, "**/notes")
    form.get_by_role("button", name="Confirmă").click()
    expect(page.get_by_role("alert").filter(has_text="Serverul nu răspunde")).to_be_visible()
    # The note is there, and the case has another version; the person cannot know.
    expect(page.locator(".timeline")).to_contain_text("o singură dată")
    if not form.is_visible():
        page.get_by_role("button", name="Adaugă notă").click()
        form.locator("textarea, input").first.fill("o singură dată")
    form.get_by_role("button", name="Confirmă").click()
    expect(page.get_by_role("status").filter(has_text="Nota")).to_be_visible()
    notes = [row for row in timeline_of(api, case["incident_id"]) if row["kind"] == "noted"]
    assert [row["reason"] for row in notes] == ["o singură dată"]
    windows.forgive("ERR_FAILED")


def test_a_call_is_one_case(api: ApiServer, windows: Windows) -> None:
    page = windows.open("/", role="operator")
    at_titan = "([lat, lng]) => dispatch119.view.map.setView([lat, lng], 14, {animate: false})"
    page.evaluate(at_titan, TITAN[::-1])
    page.get_by_role("button", name="Apel nou").click()
    page.get_by_role("button", name="Alege locul pe hartă").click()
    page.locator("#live_map").click()
    desk = api.desk("supervisor", "B3")
    before = len(desk.get("/v1/calls?open_only=true&limit=1000").json())
    lose_the_first_answer(page, "**/v1/location-reports*")
    page.get_by_role("button", name="Deschide cazul").click()
    # The form stays, says so, and keeps what was entered.
    expect(page.get_by_role("dialog").get_by_text("Serverul nu răspunde")).to_be_visible()
    page.get_by_role("button", name="Deschide cazul").click()
    expect(page.locator(".detail-title h2")).to_be_visible()
    assert len(desk.get("/v1/calls?open_only=true&limit=1000").json()) == before + 1
    windows.forgive("ERR_FAILED")
