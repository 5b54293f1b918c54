"""A supervisor's pages: all centres and the wall in step; a case found, closed by two, audited."""

import re
from itertools import count

import httpx
import pytest
from playwright.sync_api import Page, expect

from geodata.reference.codes import CODES
from tests.browser.test_languages import foreign_words
from tests.conftest_d.api import VASLUI, ApiServer, report_of, send_report
from tests.conftest_d.browser import Windows

_words = count(1)
# Whether anything stands outside what shows it, and whether anything can be pressed.
OVERFLOWING = """() => [document.documentElement, document.querySelector('.board'), document.body]
    .some((e) => e.scrollHeight > e.clientHeight || e.scrollWidth > e.clientWidth)"""
CLIPPED = """() => [...document.querySelectorAll('.tile-head, .total')]
    .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.textContent)"""


def row(page: Page, county: str):
    return page.locator(f'tr[data-county="{county}"], .tile[data-county="{county}"]')


@pytest.mark.parametrize("language", ["ro", "en"])
def test_centres_and_the_wall_are_in_step_and_say_when_they_are_not(
    windows: Windows, api: ApiServer, language: str
) -> None:
    page = windows.open(
        f"/centres?lang={language}", role="supervisor", counties=tuple(CODES), size=(1366, 768)
    )
    wall = windows.open(
        f"/centres?wall&lang={language}", role="supervisor", counties=tuple(CODES),
        size=(1920, 1080),
    )  # fmt: skip
    for shown in (page, wall):
        expect(shown.locator("[data-county]")).to_have_count(47)
        # The codes of counties are no words.
        assert set(foreign_words(shown, language)) <= set(CODES)
    ring = (
        api.desk("telephone", "VS")
        .post("/v1/calls/ringing", json={"line": "119-2", "county": "VS"})
        .json()
    )
    send_report(api.desk("operator", "VS"), report_of(VASLUI))
    # By the stream, on both.
    for shown in (page, wall):
        expect(row(shown, "VS")).to_have_attribute("data-level", re.compile("waiting|alarm"))
    page.locator("button[data-view=map]").click()
    expect(page.locator(".tile")).to_have_count(47)
    operator = api.desk("operator", "VS")
    claimed = operator.post(f"/v1/calls/ringing/{ring['id']}/claim", json={"post": "1"})
    assert claimed.is_success
    page.locator("button[data-view=list]").click()
    expect(row(page, "VS")).to_contain_text("1 / ")
    operator.post(f"/v1/calls/ringing/{ring['id']}/end", json={"outcome": "answered"})
    assert wall.evaluate(OVERFLOWING) is False
    assert wall.evaluate(CLIPPED) == []
    assert wall.locator("button, a, input, select").count() == 0
    # The server is silent: said so in so many words, and gone when it speaks again.
    note = wall.locator("[data-part=stale]")
    expect(note).to_be_hidden()
    wall.evaluate("dispatch119.page.feed.lose()")
    expect(note).to_be_visible()
    assert wall.evaluate(OVERFLOWING) is False
    wall.evaluate("dispatch119.page.feed.reconnect()")
    expect(note).to_be_hidden()


def test_a_case_is_found_closed_by_two_and_its_looks_are_read(
    windows: Windows, api: ApiServer
) -> None:
    boss = api.desk("supervisor", "B3")
    assert boss.put("/v1/closing-policies/B3", json={"four_eyes": True}).is_success
    try:
        case, word = noted(api.desk("dispatcher", "B3"))
        proposing = windows.open("/", role="dispatcher")
        find(proposing, word, case["incident_number"])
        proposing.get_by_role("button", name="Închide cazul").click()
        form = proposing.locator(".inline-form")
        form.locator("select").select_option("child_safe")
        form.get_by_role("button", name="Confirmă").click()
        banner = proposing.locator(".closing-banner")
        expect(banner).to_contain_text("window-dispatcher-b3-1 propune închiderea")
        # Not by the same person, and not beside it.
        expect(banner.get_by_role("button", name="Confirmă închiderea")).to_have_count(0)
        expect(proposing.get_by_role("button", name="Închide cazul")).to_have_count(0)

        other = windows.open("/", role="supervisor")
        card = other.locator(f'[data-part="list"] [data-incident="{case["incident_number"]}"]')
        expect(card).to_contain_text("Propus spre închidere")
        find(other, word, case["incident_number"])
        assert foreign_words(other, "ro") == []
        other.get_by_text("Cine a văzut și ce s-a făcut").click()
        trail = other.locator(".trail")
        looks = trail.locator('[data-kind="look"]')
        expect(looks.filter(has_text="A deschis cazul").first).to_contain_text("supervizor · B3")
        trail.locator("[data-key=trail-actor]").select_option("window-dispatcher-b3-1")
        expect(trail.locator(".trail-lines")).to_contain_text("Propus spre închidere")
        expect(trail.locator(".trail-lines")).not_to_contain_text("window-supervisor")

        other.get_by_role("button", name="Confirmă închiderea").click()
        expect(other.locator(".closing-banner")).to_be_hidden()
        # On the first desk it is gone from the list, by the stream.
        gone = proposing.locator(f'[data-part="list"] [data-incident="{case["incident_number"]}"]')
        expect(gone).to_have_count(0)
        answer = boss.get(f"/v1/incidents/{case['incident_id']}").json()
        assert (answer["state"], answer["closed_by"]) == ("closed", "window-supervisor-b3-1")
        assert not [url for url in windows.asked if word in url]
    finally:
        boss.put("/v1/closing-policies/B3", json={"four_eyes": False})


def noted(desk: httpx.Client) -> tuple[dict[str, str], str]:
    """Open a case with a word in a note that is in no other."""
    case, word = send_report(desk), f"zmeură{next(_words)}"
    said = {"text": f"copilul spune {word}"}
    assert desk.post(f"/v1/incidents/{case['incident_id']}/notes", json=said).is_success
    return case, word


def find(page: Page, word: str, number: str) -> None:
    """Search a case by a word as people type it, and open it."""
    page.get_by_text("Caută cazuri").click()
    page.get_by_label("Cuvinte din note").fill(word.replace("ă", "a").upper())
    page.get_by_role("button", name="Caută", exact=True).click()
    found = page.locator("[data-found]")
    expect(found).to_have_count(1)
    page.locator(f'[data-found="{number}"]').click()
    expect(page.locator(".detail-title h2").first).to_have_text(number)
