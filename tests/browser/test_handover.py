"""Hand-over to 112 and the missing-child draft, as a dispatcher does them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from geodata.database.engine import connect_owner
from tests.conftest_d.api import ApiServer, send_report
from tests.conftest_d.browser import PHONE, Windows


@pytest.fixture
def incident(api: ApiServer) -> Iterator[dict[str, str]]:
    """Open an incident with a note; what it leaves open is settled afterwards."""
    desk = api.desk("dispatcher", "B3")
    made = send_report(desk)
    desk.post(f"/v1/incidents/{made['incident_id']}/notes", json={"text": "Ușa din spate."})
    yield made
    for one in desk.get("/v1/handovers").json():
        desk.post(f"/v1/handovers/{one['id']}/acknowledge", json={"reference": "test"})


def opened_case(windows: Windows, number: str, path: str = "/", **options: object) -> Page:
    page = windows.open(path, **options)  # type: ignore[arg-type]
    page.locator(f'.queue [data-incident="{number}"]').click()
    expect(page.locator(".detail-title h2")).to_have_text(number)
    return page


def fill_and_send(page: Page, *, close: bool = False) -> None:
    page.get_by_role("button", name="La 112", exact=True).click()
    form = page.locator(".inline-form")
    form.get_by_label("Pericolul, într-o propoziție").fill("Agresor la ușă.")
    form.get_by_label("Vârsta (ani)").fill("9")
    form.get_by_label("Ușa din spate.").check()
    if close:
        form.get_by_label("Închide cazul aici: preluat de 112").check()
    form.get_by_role("button", name="Trimite la 112").click()


def test_a_case_is_handed_over_and_the_acknowledgement_arrives_live(
    api: ApiServer, windows: Windows, incident: dict[str, str]
) -> None:
    page = opened_case(windows, incident["incident_number"])
    fill_and_send(page)
    row = page.locator("li.handover")
    expect(row).to_contain_text("Trimis, neconfirmat încă")
    desk = api.desk("dispatcher", "B3")
    [made] = desk.get(f"/v1/incidents/{incident['incident_id']}/handovers").json()
    document = desk.get(row.get_by_role("link", name="Date (EIDO)").get_attribute("href") or "")
    assert "Ușa din spate." in document.text
    assert "9 ani" in document.text
    folder = api.services.settings.handover.handover_folder
    assert folder is not None
    (folder / f"{made['key']}.ack").write_text("112-4711", encoding="utf-8")
    expect(row).to_contain_text("Confirmat de 112")
    expect(row).to_contain_text("număr la 112: 112-4711")
    expect(page.locator(".detail-title .state")).to_have_text("Fără echipă")


def test_a_case_closed_with_it_stays_watched_above_the_list(
    windows: Windows, incident: dict[str, str]
) -> None:
    number = incident["incident_number"]
    page = opened_case(windows, number)
    fill_and_send(page, close=True)
    expect(page.locator(f'[data-incident="{number}"]')).to_have_count(0)
    card = page.locator(".handover-card").filter(has_text=number)
    card.get_by_role("button", name="Am sunat la 112").click()
    page.get_by_label("Numărul dat de 112").fill("112-12")
    page.get_by_label("Numărul dat de 112").press("Enter")
    expect(card).to_have_count(0)


def test_one_that_did_not_arrive_says_to_phone_now_and_can_be_sent_again(
    api: ApiServer, windows: Windows, incident: dict[str, str]
) -> None:
    number = incident["incident_number"]
    page = opened_case(windows, number)
    fill_and_send(page)
    expect(page.locator("li.handover")).to_contain_text("neconfirmat")
    owner = connect_owner(api.services.addresses.owner)
    with owner.begin() as connection:
        connection.execute(
            text(
                "UPDATE handover h SET state = 'given_up', next_at = NULL FROM incident i"
                " WHERE i.id = h.incident_id AND i.number = :number"
            ),
            {"number": number},
        )
    owner.dispose()
    page.reload()
    card = page.locator(".handover-card.is-failed").filter(has_text=number)
    expect(card).to_contain_text("Sunați la 112 ACUM")
    card.get_by_role("button", name="Trimite din nou").click()
    expect(card).to_have_count(0)
    expect(page.locator(".handover-card").filter(has_text=number)).to_contain_text("neconfirmat")


@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_a_missing_child_becomes_a_draft_and_nothing_more(
    windows: Windows, incident: dict[str, str], size: tuple[int, int] | None, tmp_path: Path
) -> None:
    options = {"size": size} if size else {}
    page = opened_case(windows, incident["incident_number"], "/?lang=en", **options)
    page.get_by_role("button", name="Missing child").click()
    form = page.locator(".inline-form")
    expect(form).to_contain_text("Nothing is published from here")
    form.get_by_label("The child's name").fill("Ana Pop")
    form.get_by_label("Missing since").fill("2026-07-14T22:30")
    form.get_by_label("Where last seen").fill("Gara de Nord")
    form.get_by_label("Attach the call's area").check()
    form.get_by_role("button", name="Write the draft").click()
    row = page.get_by_role("region", name="Drafts for the Police")
    expect(row).to_contain_text("Ana Pop")
    with page.expect_download() as download:
        row.get_by_role("link", name="CAP file").click()
    target = tmp_path / "draft.xml"
    download.value.save_as(target)
    message = target.read_text(encoding="utf-8")
    assert re.search(r"<status>Draft</status>.*<scope>Restricted</scope>", message, re.DOTALL)
    assert "<circle>" in message
    # By Romania's clock, whatever the computer's own.
    assert "lipsește din 14.07.2026, ora 22:30" in message
    assert page.evaluate("document.documentElement.scrollWidth") <= (size or (1440, 0))[0]
