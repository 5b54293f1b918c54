"""Under steady changes a new call is listed at once, and what did not change is left alone."""

import threading
import time

from playwright.sync_api import expect

from tests.browser.test_right_case import opened
from tests.conftest_d.api import ApiServer, send_report
from tests.conftest_d.browser import Windows


def test_steady_changes_put_nothing_off_and_reread_nothing(
    api: ApiServer, windows: Windows
) -> None:
    desk = api.desk("dispatcher", "B3")
    cases = [send_report(desk) for _ in range(4)]
    still, noisy, closed = cases[0], cases[1], cases[2]
    page = windows.open("/")
    still_card = page.locator(f'[data-incident="{still["incident_number"]}"]')
    still_card.evaluate("card => { window.kept = card; card.focus(); }")
    stopped = threading.Event()

    def traffic() -> None:
        while not stopped.wait(0.08):
            path = f"/v1/incidents/{noisy['incident_id']}/notes"
            desk.post(path, json={"text": "se schimbă mereu"})

    busy = threading.Thread(target=traffic)
    busy.start()
    try:
        time.sleep(0.5)
        windows.asked.clear()
        made = send_report(api.desk("operator", "B3"))
        card = page.locator(f'[data-incident="{made["incident_number"]}"]')
        # Promised: a second. A busy machine gets a few.
        expect(card).to_be_visible(timeout=5_000)
        api.desk("supervisor", "B3").post(
            f"/v1/incidents/{closed['incident_id']}/close", json={"resolution": "child_safe"}
        )
        gone = page.locator(f'[data-incident="{closed["incident_number"]}"]')
        expect(gone).to_have_count(0, timeout=5_000)
    finally:
        stopped.set()
        busy.join()
    marks = "[...dispatch119.view.incidents.known.keys()]"
    assert made["incident_id"] in page.evaluate(marks)
    assert closed["incident_id"] not in page.evaluate(marks)
    # The whole lists were not asked for again, and an unchanged card is the same, focus and all.
    assert [url for url in windows.asked if "/v1/changed?" in url]
    assert not [url for url in windows.asked if "/v1/incidents?" in url or "/map/features" in url]
    assert page.evaluate("window.kept.isConnected && document.activeElement === window.kept")

    # The open case keeps in step: a colleague's note is read without a press.
    opened(page, still["incident_number"])
    desk.post(f"/v1/incidents/{still['incident_id']}/notes", json={"text": "a sosit mama"})
    expect(page.locator(".timeline")).to_contain_text("a sosit mama")
    team = str(api.new_team("B3"))
    wish = {"team_id": team, "reason": "x"}
    bound = desk.post(f"/v1/incidents/{still['incident_id']}/assignments", json=wish).json()
    shown = page.get_by_role("region", name="Echipe pe caz")
    expect(shown).to_contain_text(bound["callsign"])
    page.wait_for_function(
        "id => dispatch119.view.routes.shown.has(id) || dispatch119.view.teams.markers.has(id)",
        arg=team,
    )
    desk.post(f"/v1/assignments/{bound['id']}/release", json={"reason": "x"})
    expect(shown).to_be_hidden()
    page.wait_for_function("id => !dispatch119.view.routes.shown.has(id)", arg=team)
