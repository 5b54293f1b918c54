"""Closures drawn on the dispatcher's map, with mouse and finger, as a person does."""

import httpx
from playwright.sync_api import Page, expect

from tests.conftest_d.api import ApiServer
from tests.conftest_d.browser import PHONE, Windows
from tests.conftest_d.closures import close_spot, end, is_applied
from tests.conftest_d.waiting import wait_until

MIDDLE = [44.4268, 26.1025]
PATIENT_MS = 30_000
PANEL = "Drumuri închise sau îngreunate"


def at_place(page: Page, place: list[float], zoom: int) -> tuple[float, float]:
    """Show a place in the middle of the map; where it is on the screen."""
    page.evaluate(
        "([place, zoom]) => dispatch119.view.map.setView(place, zoom, {animate: false})",
        [place, zoom],
    )
    box = page.locator("#live_map").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def at_middle(page: Page, zoom: int = 16) -> tuple[float, float]:
    """Show the middle of Bucharest; where it is on the screen."""
    return at_place(page, MIDDLE, zoom)


def open_all(desk: httpx.Client) -> None:
    for row in desk.get("/v1/road-closures?state=standing").json():
        end(desk, row)


def test_an_area_is_drawn_followed_and_opened_again(
    api: ApiServer, windows: Windows, dispatcher: httpx.Client
) -> None:
    page = windows.open("/")
    page.get_by_role("button", name=PANEL).click()
    page.get_by_role("button", name="Trasează o zonă").click()
    x, y = at_middle(page)
    for across, down in ((-70, -60), (70, -60), (70, 60)):
        page.mouse.click(x + across, y + down)
    page.get_by_role("button", name="Gata").click()
    form = page.locator(".closure-form")
    expect(form).to_contain_text("tronsoane")
    form.get_by_label("Motivul").fill("Accident grav")
    form.get_by_role("button", name="Aplică").click()
    row = page.locator(".closure-row")
    expect(row).to_contain_text("Accident grav")
    expect(page.get_by_role("status").filter(has_text="au fost recalculate")).to_be_visible(
        timeout=PATIENT_MS
    )
    expect(page.locator("path.closure-area--closed")).to_have_count(1)
    (made,) = dispatcher.get("/v1/road-closures").json()
    assert made["applied"]
    assert (made["area"]["type"], len(made["area"]["coordinates"][0])) == ("Polygon", 4)
    row.get_by_role("button", name="Redeschide").click()
    expect(row).to_have_count(0)
    expect(page.locator("path.closure-area--closed")).to_have_count(0)
    wait_until(lambda: not api.services.travel.in_force.ids)


def test_a_road_is_tapped_on_a_phone(
    api: ApiServer, windows: Windows, dispatcher: httpx.Client
) -> None:
    page = windows.open("/?lang=en", size=PHONE)
    page.get_by_role("button", name="Map", exact=True).click()
    page.get_by_role("button", name="Closed or slowed roads").click()
    page.get_by_role("button", name="Tap a road").click()
    x, y = at_middle(page, 18)
    page.mouse.click(x, y)
    form = page.locator(".closure-form")
    form.get_by_label("What happens").select_option("half")
    form.get_by_label("Reason").fill("works")
    form.get_by_role("button", name="Apply").click()
    expect(page.locator(".closure-row")).to_contain_text("Slowed")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    (made,) = dispatcher.get("/v1/road-closures").json()
    assert (made["factor"], made["meant"]["pieces"]) == (0.5, 1)
    open_all(dispatcher)
    wait_until(lambda: not api.services.travel.in_force.ids)


def test_drawing_is_given_up_with_escape(windows: Windows, dispatcher: httpx.Client) -> None:
    page = windows.open("/")
    page.get_by_role("button", name=PANEL).click()
    page.get_by_role("button", name="Trasează o zonă").click()
    page.keyboard.press("Escape")
    expect(page.locator(".draw-bar")).to_be_hidden()
    expect(page.get_by_role("button", name="Trasează o zonă")).to_be_visible()
    assert dispatcher.get("/v1/road-closures").json() == []


def test_other_pages_show_a_closure_the_moment_it_is_drawn(
    api: ApiServer, windows: Windows, dispatcher: httpx.Client
) -> None:
    planner = windows.open("/map", role="planner")
    operator = windows.open("/", role="operator", counties=("B4",))
    made = close_spot(api, dispatcher)
    for page in (planner, operator):
        expect(page.locator("path.closure-road--closed")).to_have_count(1, timeout=PATIENT_MS)
    operator.get_by_role("button", name=PANEL).click()
    panel = operator.get_by_role("region", name=PANEL)
    expect(panel).to_contain_text("works")
    expect(panel.get_by_role("button", name="Trasează o zonă")).to_be_hidden()
    expect(panel.get_by_role("button", name="Redeschide")).to_have_count(0)
    end(dispatcher, made)
    for page in (planner, operator):
        expect(page.locator("path.closure-road--closed")).to_have_count(0, timeout=PATIENT_MS)
    wait_until(lambda: is_applied(dispatcher, made))


# ── requests between counties ─────────────────────────────────────────────────
ACROSS = [44.4185, 26.1150]
"""The border of sectors 3 and 4."""


def test_what_lies_in_another_county_is_asked_for_accepted_and_told(
    api: ApiServer, windows: Windows, dispatcher: httpx.Client
) -> None:
    four = api.desk("dispatcher", "B4")
    other = windows.open("/?lang=en", counties=("B4",))
    page = windows.open("/")
    page.get_by_role("button", name=PANEL).click()
    page.get_by_role("button", name="Trasează o zonă").click()
    x, y = at_place(page, ACROSS, 15)
    for across, down in ((-160, -60), (160, -60), (160, 60), (-160, 60)):
        page.mouse.click(x + across, y + down)
    page.get_by_role("button", name="Gata").click()
    form = page.locator(".closure-form")
    expect(form).to_contain_text("Se cere la Sectorul 4")
    form.get_by_label("Ce se întâmplă").select_option("half")
    form.get_by_label("Motivul").fill("Conductă spartă")
    form.get_by_role("button", name="Aplică și trimite cererea").click()
    asked = page.locator("[data-request]")
    expect(asked).to_contain_text("așteaptă răspuns")
    # The other county is told without asking, and answers.
    expect(other.get_by_text("asks you to close or slow roads: Conductă spartă")).to_be_visible()
    other.get_by_role("button", name="Closed or slowed roads").click()
    request = other.locator("[data-request]")
    expect(request).to_contain_text("asked by")
    request.get_by_title("Show on the map").click()
    request.get_by_role("button", name="Accept").click()
    expect(asked).to_contain_text("acceptat")
    expect(page.locator("[data-closure]")).to_have_count(2)
    (done,) = [row for row in four.get("/v1/road-closures").json() if row["county"] == "B4"]
    end(four, done)
    expect(asked).to_contain_text("redeschis: nisip ridicat")
    open_all(dispatcher)
    wait_until(lambda: not api.services.travel.in_force.ids)


def test_a_request_is_refused_on_a_phone_with_a_reason(
    api: ApiServer, windows: Windows, dispatcher: httpx.Client
) -> None:
    ring = [[26.110, 44.400], [26.118, 44.400], [26.118, 44.406], [26.110, 44.400]]
    wish = {"area": {"type": "Polygon", "coordinates": [ring]}, "factor": 0.5, "reason": "zăpadă"}
    (asked,) = dispatcher.post("/v1/closure-requests", json=wish).json()["requests"]
    page = windows.open("/", counties=("B4",), size=PHONE)
    page.get_by_role("button", name="Hartă", exact=True).click()
    page.get_by_role("button", name=PANEL).click()
    row = page.locator(f"[data-request='{asked['id']}']")
    expect(row).to_contain_text("zăpadă")
    row.get_by_role("button", name="Refuză").click()
    form = page.locator(".closure-requests form")
    form.get_by_label("Motivul").fill("drumul e liber")
    # A change meanwhile draws the list anew and leaves the form.
    close_spot(api, dispatcher)
    expect(page.locator("[data-closure]")).to_have_count(1)
    expect(form.get_by_label("Motivul")).to_have_value("drumul e liber")
    form.get_by_role("button", name="Refuză").click()
    expect(row).to_contain_text("refuzat: drumul e liber")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    told = dispatcher.get(f"/v1/closure-requests/{asked['id']}").json()
    assert (told["state"], told["answer_reason"]) == ("refused", "drumul e liber")
    open_all(dispatcher)


def test_a_request_is_taken_back_from_the_console(
    api: ApiServer, windows: Windows, dispatcher: httpx.Client
) -> None:
    ring = [[26.110, 44.400], [26.118, 44.400], [26.118, 44.406], [26.110, 44.400]]
    wish = {"area": {"type": "Polygon", "coordinates": [ring]}, "reason": "greșit"}
    (asked,) = dispatcher.post("/v1/closure-requests", json=wish).json()["requests"]
    page = windows.open("/")
    page.get_by_role("button", name=PANEL).click()
    row = page.locator(f"[data-request='{asked['id']}']")
    expect(row.get_by_role("button", name="Acceptă")).to_have_count(0)
    row.get_by_role("button", name="Retrage cererea").click()
    expect(row).to_contain_text("retras")
    waiting = api.desk("dispatcher", "B4").get("/v1/closure-requests").json()
    assert asked["id"] not in [row["id"] for row in waiting]
