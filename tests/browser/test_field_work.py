"""Dispatcher and team, each at an own page: alert, answer, messages, check-in, SOS, mutual aid."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text

from geodata.database.engine import connect_owner
from tests.browser.test_languages import foreign_words
from tests.browser.test_one_identity import signed_in
from tests.browser.test_right_case import opened
from tests.browser.test_role_pages import account_of_team
from tests.conftest_d.api import TITAN, ApiServer, report_of, send_report
from tests.conftest_d.browser import DESKTOP, PHONE, Windows
from tests.conftest_d.waiting import wait_until


def team_page(api: ApiServer, windows: Windows, team: UUID) -> Page:
    return signed_in(windows.context(PHONE), windows, account_of_team(api, team))


def a_case(desk: httpx.Client) -> dict[str, Any]:
    return send_report(desk, report_of(TITAN, radius_m=300))


def send(desk: httpx.Client, case: dict[str, Any], team: UUID) -> dict[str, Any]:
    wish = {"team_id": str(team), "reason": "aproape"}
    answer = desk.post(f"/v1/incidents/{case['incident_id']}/assignments", json=wish)
    assert answer.status_code == 201, answer.text
    bound: dict[str, Any] = answer.json()
    return bound


def make_older(api: ApiServer, bound: dict[str, Any], column: str) -> None:
    """Let a time of an assignment be over: nobody waits for it."""
    owner = connect_owner(api.services.addresses.owner)
    with owner.begin() as connection:
        connection.execute(
            text(f"UPDATE assignment SET {column} = :then WHERE id = :id"),
            {"then": datetime.now(UTC) - timedelta(minutes=9), "id": bound["id"]},
        )
    owner.dispose()


def row_of(page: Page, bound: dict[str, Any]) -> Locator:
    return page.locator(f'[data-row="release-{bound["id"]}"]')


def test_an_alert_is_followed_from_the_desk_to_the_teams_answer_and_its_words_back(
    api: ApiServer, windows: Windows
) -> None:
    desk, team = api.desk("dispatcher", "B3"), api.new_team("B3")
    case = a_case(desk)
    note = {"text": "Câine rău în curte"}
    assert desk.post(f"/v1/incidents/{case['incident_id']}/notes", json=note).is_success
    console = windows.open("/")
    opened(console, case["incident_number"])
    bound = send(desk, case, team)
    facts = row_of(console, bound)
    expect(facts).to_contain_text("Trimisă")
    phone = team_page(api, windows, team)
    panel = phone.locator("[data-part=panel]")
    expect(panel).to_contain_text("Alertă nouă")
    expect(panel).to_contain_text("Câine rău în curte")
    for said in ("livrată", "citită"):
        expect(facts).to_contain_text(said)
    panel.get_by_role("button", name="Acceptăm").click()
    expect(facts).to_contain_text("acceptată")
    expect(panel).not_to_contain_text("Alertă nouă")
    facts.get_by_role("button", name="Mesaj").click()
    words = console.get_by_label(re.compile("^Mesaj pentru"))
    words.fill("Intrați pe la vecina de la 3")
    console.get_by_role("button", name="Trimite", exact=True).click()
    expect(panel).to_contain_text("vecina de la 3")
    talk = console.locator("section", has_text="Mesaje cu").locator(".messages").first
    expect(talk).to_contain_text("citit")
    panel.get_by_role("button", name="Am înțeles").click()
    expect(talk).to_contain_text("Am înțeles")
    expect(panel.locator(".message--own")).to_contain_text("citit")
    # Another case: nothing of this one is left, typed or read.
    words.fill("neterminat")
    other = a_case(desk)
    opened(console, other["incident_number"])
    expect(console.locator("[data-part=detail] .message-form")).to_have_count(0)
    for page in (console, phone):
        assert foreign_words(page, "ro") == []


def test_silence_and_refusal_come_to_the_bar_with_the_next_team_a_key_away(
    api: ApiServer, windows: Windows
) -> None:
    desk, team, spare = api.desk("dispatcher", "B3"), api.new_team("B3"), api.new_team("B3")
    case = a_case(desk)
    console = windows.open("/")
    bound = send(desk, case, team)
    make_older(api, bound, "answer_due_at")
    bar = console.locator("[data-part=arrivals]")
    wait_until(lambda: desk.get("/v1/assignments").text.count('"unanswered_at":"') > 0)
    opened(console, case["incident_number"])
    expect(row_of(console, bound)).to_contain_text("Fără răspuns")
    console.evaluate("dispatch119.page.showArrivals()")
    expect(bar).to_be_visible()
    row_of(console, bound).get_by_role("button", name="Următoarea echipă").click()
    expect(console.locator(".candidate.is-best > .button")).to_be_focused()
    phone = team_page(api, windows, team)
    panel = phone.locator("[data-part=panel]")
    panel.get_by_role("button", name="Refuzăm").click()
    panel.get_by_role("button", name="Mașina nu merge").click()
    expect(panel).to_contain_text("Nu sunteți repartizați")
    expect(console.locator(".timeline")).to_contain_text("Mașina nu merge")
    # What is under the hand stays; the new list comes when the hand leaves.
    console.mouse.move(5, 300)
    console.evaluate("document.activeElement.blur()")
    expect(console.locator(".excluded")).to_contain_text("A refuzat acest caz")
    assert str(spare) != str(team)


def test_a_check_in_that_does_not_come_and_an_sos_are_alarms_until_a_person_ends_them(
    api: ApiServer, windows: Windows
) -> None:
    desk, team = api.desk("dispatcher", "B3"), api.new_team("B3")
    bound = send(desk, a_case(desk), team)
    assert desk.post(f"/v1/teams/{team}/status", json={"status": "on_scene"}).is_success
    console, phone = windows.open("/"), team_page(api, windows, team)
    panel, alarms = phone.locator("[data-part=panel]"), console.locator("[data-part=alarms]")
    expect(panel.get_by_role("button", name="Suntem bine")).to_be_visible()
    make_older(api, bound, "check_in_due_at")
    mine = alarms.locator("li", has_text=bound["callsign"])
    expect(mine).to_contain_text("Nu mai confirmă")
    phone.reload()
    expect(panel).to_contain_text("a întârziat")
    panel.get_by_role("button", name="Suntem bine").click()
    expect(mine).to_have_count(0)
    # One tap does nothing yet: a pocket taps once.
    sos = panel.locator("[data-key=sos]")
    sos.click()
    expect(sos).to_contain_text("încă o dată")
    expect(mine).to_have_count(0)
    sos.click()
    expect(mine).to_contain_text("SOS")
    expect(mine).to_contain_text("ultimul loc acum")
    mine.get_by_role("button", name="Mă ocup eu").click()
    expect(mine).to_contain_text("preluat de")
    expect(panel).to_contain_text("se ocupă de SOS")
    console.reload()
    expect(mine).to_contain_text("preluat de")
    mine.get_by_role("button", name="S-a rezolvat").click()
    console.get_by_label("De unde știți").fill("am vorbit cu ei")
    console.locator("[data-part=alarms]").get_by_role("button", name="S-a rezolvat").last.click()
    expect(mine).to_have_count(0)
    for page in (console, phone):
        assert foreign_words(page, "ro") == []


def test_two_centres_agree_about_a_team_on_both_desks(api: ApiServer, windows: Windows) -> None:
    desk = api.desk("dispatcher", "B3")
    lent = api.new_team("IF", at=TITAN)
    case = a_case(desk)
    mine = windows.open("/", size=DESKTOP)
    theirs = windows.open("/", counties=("IF",))
    opened(mine, case["incident_number"])
    mine.locator(f'[data-key="aid-{lent}"]').click()
    asked = theirs.locator("[data-aid]", has_text="cere echipa")
    expect(asked).to_contain_text("încă")
    expect(asked).not_to_contain_text(case["incident_number"])
    asked.get_by_role("button", name="Trimite echipa").click()
    expect(mine.locator("[data-part=aid]")).to_contain_text("echipa este alertată")
    expect(mine.locator(".field-facts").first).to_contain_text("Trimisă")
    (bound,) = desk.get(f"/v1/incidents/{case['incident_id']}").json()["assignments"]
    assert (bound["team_id"], bound["team_county"]) == (str(lent), "IF")
    for page in (mine, theirs):
        assert foreign_words(page, "ro") == []
