"""The map beside the work: finds the caller, names streets, tells crowded markers apart; keys."""

import re
from itertools import pairwise

from playwright.sync_api import Page, expect

from geodata.points import LonLat
from tests.conftest_d.api import TITAN, ApiServer, report_of, send_report
from tests.conftest_d.browser import Windows

# Places of Sector 3 that no other test uses.
PAIR, CROWD, FAR_OFF = LonLat(26.19, 44.405), LonLat(26.2, 44.41), LonLat(24.0, 46.5)


def look_at(page: Page, place: LonLat, zoom: float) -> None:
    # A zoom of Leaflet that is under way would end after ours.
    page.wait_for_function("() => !dispatch119.view.map._animatingZoom")
    page.evaluate(
        "([lon, lat, zoom]) => dispatch119.view.map.setView([lat, lon], zoom, {animate: false})",
        [*place, zoom],
    )


def is_in_view(page: Page, place: LonLat) -> bool:
    seen: bool = page.evaluate(
        "([lon, lat]) => dispatch119.view.map.getBounds().contains([lat, lon])", list(place)
    )
    return seen


def enter_call(page: Page, place: LonLat) -> None:
    """Enter a call by the network's message, with the keyboard once the form is filled."""
    page.get_by_role("button", name="Apel nou").click()
    page.get_by_role("button", name="Mesaj de la rețea").click()
    page.get_by_label("Mesajul de localizare").fill(report_of(place).decode())
    page.get_by_role("button", name="Deschide cazul").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".detail-title h2")).to_have_text(re.compile(r"B3-\d{4}-\d+"))


def test_the_map_moves_to_the_caller_unless_somebody_works_on_it(windows: Windows) -> None:
    page = windows.open("/")
    look_at(page, FAR_OFF, 9)
    enter_call(page, TITAN)
    page.wait_for_function(
        "([lon, lat]) => dispatch119.view.map.getBounds().contains([lat, lon])", arg=list(TITAN)
    )
    button = page.get_by_role("button", name="Arată apelantul")
    expect(button).to_be_hidden()
    look_at(page, FAR_OFF, 9)
    page.locator("#live_map").hover()
    page.mouse.down()
    page.mouse.up()
    enter_call(page, TITAN)
    expect(button).to_be_visible()
    assert not is_in_view(page, TITAN)
    button.click()
    page.wait_for_function(
        "([lon, lat]) => dispatch119.view.map.getBounds().contains([lat, lon])", arg=list(TITAN)
    )
    expect(button).to_be_hidden()


def test_streets_have_names_and_the_country_has_motorways(windows: Windows) -> None:
    page = windows.open("/map")
    look_at(page, LonLat(26.0970, 44.4390), 17)
    names = page.locator(".street-name")
    expect(names.filter(has_text="Calea Victoriei").first).to_be_visible()
    boxes = [box for one in names.all() if (box := one.bounding_box())]
    assert len(boxes) == len({(box["x"], box["y"]) for box in boxes})
    cells = [url for url in windows.asked if "/v1/basemap/cells" in url]
    assert cells
    assert len(cells) == len(set(cells)), "a cell is asked for once"
    look_at(page, LonLat(25, 45.5), 8)
    page.wait_for_function("() => dispatch119.view.ground.far.motorway.lines.length > 0")
    expect(names).to_have_count(0)
    assert page.evaluate("dispatch119.view.ground.groupsAt(8).motorway.lines.length") > 10


def test_markers_on_one_spot_are_all_to_be_seen_or_listed(api: ApiServer, windows: Windows) -> None:
    desk = api.desk("dispatcher", "B3")
    pair = [send_report(desk, report_of(PAIR))["incident_number"] for _ in range(3)]
    crowd = [send_report(desk, report_of(CROWD))["incident_number"] for _ in range(10)]
    page = windows.open("/")
    look_at(page, PAIR, 16)
    discs = [
        page.get_by_role("button", name=number, exact=False).locator(".incident-disc")
        for number in pair
    ]
    boxes = [disc.bounding_box() for disc in discs]
    for one, other in pairwise([*boxes, boxes[0]]):
        assert one
        assert other
        assert abs(one["x"] - other["x"]) > 34 or abs(one["y"] - other["y"]) > 34
    look_at(page, CROWD, 16)
    many = page.get_by_role("button", name="10 cazuri în același loc")
    many.focus()
    page.keyboard.press("Enter")
    listed = page.get_by_role("dialog", name="10 cazuri în același loc")
    expect(listed.get_by_role("button")).to_have_count(10)
    page.keyboard.press("Escape")
    expect(many).to_be_focused()
    page.keyboard.press("Enter")
    listed.get_by_role("button", name=crowd[7]).click()
    expect(page.locator(".detail-title h2")).to_have_text(crowd[7])


def test_from_the_filled_form_to_the_assigned_team_by_keys(
    api: ApiServer, windows: Windows
) -> None:
    api.new_team("B3")
    page = windows.open("/")
    enter_call(page, TITAN)  # one key
    page.keyboard.press("a")
    expect(page.locator(".candidate.is-best > .button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".detail-title .state")).to_have_text("Echipă repartizată")
    # The button is gone; the focus is in the case, not at the top of the page.
    expect(page.locator(".detail :focus")).to_have_count(1)
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Taste")
    expect(keys.get_by_text("apel nou")).to_be_visible()
    keys.get_by_label("Taste cu o singură literă").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("dialog.intake")).to_be_hidden()


def test_a_reason_is_asked_in_its_row_and_escape_goes_back(
    api: ApiServer, windows: Windows
) -> None:
    for _ in range(3):
        api.new_team("B3")
    page = windows.open("/")
    enter_call(page, TITAN)
    page.keyboard.press("a")
    expect(page.locator(".candidate.is-best > .button")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    third = page.locator(".candidate").nth(2)
    expect(third.locator("> .button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(third.get_by_label("Motivul")).to_be_focused()
    # Letters are text there.
    page.keyboard.type("nla")
    expect(third.get_by_label("Motivul")).to_have_value("nla")
    page.keyboard.press("Escape")
    expect(third.locator("> .button")).to_be_focused()


def test_lists_and_markers_are_one_stop_each_and_called_by_what_is_written_on_them(
    api: ApiServer, windows: Windows
) -> None:
    for _ in range(12):
        send_report(api.desk("dispatcher", "B3"))
    page = windows.open("/")
    expect(page.locator("button.card").nth(11)).to_be_visible()
    expect(page.locator(".leaflet-marker-icon[role=button]").nth(1)).to_be_attached()
    stops = page.evaluate(
        "[...document.querySelectorAll('a, button, input, summary, [tabindex]')]"
        ".filter(each => each.tabIndex >= 0 && each.checkVisibility()).length"
    )
    assert stops < 30
    misnamed = page.evaluate(
        "[...document.querySelectorAll('.leaflet-marker-icon[role=button]:not([hidden])')].filter("
        "each => !each.getAttribute('aria-label').replace(/\\s/g, '')"
        ".startsWith(each.textContent.replace(/\\s/g, ''))).map(each => each.outerHTML)"
    )
    assert misnamed == []
