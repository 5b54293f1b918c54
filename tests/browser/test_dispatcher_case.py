"""A dispatcher's case: teams on top, replacing, a second team, the address, two people at it."""

from playwright.sync_api import Page, Route, expect

from geodata.points import LonLat
from tests.conftest_d.api import ApiServer, report_of, send_report
from tests.conftest_d.browser import Windows

LAPTOP = (1366, 768)
CASE = LonLat(26.152, 44.420)
AROUND = (LonLat(26.12, 44.405), LonLat(26.15, 44.42), LonLat(26.118, 44.44), LonLat(26.17, 44.41))


def open_case(page: Page, number: str) -> None:
    page.locator(f'button.card[data-incident="{number}"]').click()
    expect(page.locator(".candidate").nth(2)).to_be_visible()


def test_teams_on_top_then_bound_seconded_and_replaced(api: ApiServer, windows: Windows) -> None:
    desk = api.desk("dispatcher", "B3")
    for place in AROUND:
        api.new_team("B3", at=place)
    made = send_report(desk, report_of(CASE))
    page = windows.open("/", size=LAPTOP)
    # A call that nobody has taken lies above: also then all three are in sight.
    open_case(page, made["incident_number"])
    for row in page.locator(".candidate").all()[:3]:
        for what in (
            row.get_by_role("button"),
            row.locator(".eta-figure"),
            row.locator(".why"),
            row.locator(".uncovers"),
        ):
            box = what.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= LAPTOP[1], what
    card = page.locator(f'button.card[data-incident="{made["incident_number"]}"]')
    expect(card.locator('[data-clock="due"]')).to_contain_text("fără echipă de")
    first = page.locator(".candidate").first.get_attribute("data-team") or "?"
    page.locator(".candidate").first.get_by_role("button", name="Repartizează").click()
    bound = page.get_by_role("region", name="Echipe pe caz")
    expect(bound).to_contain_text(first)
    expect(card.locator('[data-clock="due"]')).to_contain_text(f"{first} nu a plecat de")
    # A second one beside it.
    page.mouse.move(5, 5)
    send_too = page.locator(".candidate.is-best").get_by_role("button", name="Trimite și echipa")
    expect(send_too).to_be_visible()
    second = page.locator(".candidate.is-best").get_attribute("data-team") or "?"
    send_too.click()
    expect(bound.locator(".row", has_text=second)).to_contain_text("echipa 2")
    # Another instead of the first, from its own row.
    page.mouse.move(5, 5)
    expect(page.locator(f'.candidate[data-team="{second}"]')).to_have_count(0)
    bound.get_by_role("button", name=f"Înlocuiește echipa {first}").click()
    choice = bound.get_by_label("Echipa care pleacă în loc")
    choice.select_option(index=1)
    third = choice.locator("option").nth(1).inner_text().split(" · ")[0]
    bound.get_by_label("Motivul").fill("pană de motor")
    bound.get_by_label("Motivul").press("Enter")
    expect(bound).not_to_contain_text(first)
    expect(bound).to_contain_text(third)
    expect(page.locator(".timeline")).to_contain_text(f"{first} → {third}")
    shown = desk.get(f"/v1/incidents/{made['incident_id']}").json()
    assert sorted(row["callsign"] for row in shown["assignments"]) == sorted([second, third])
    # And from the list: instead of whom is asked, because there are two.
    page.mouse.move(5, 5)
    candidate = page.locator(f'.candidate[data-team="{first}"]')
    candidate.get_by_role("button", name=f"Trimite {first} în locul").click()
    candidate.get_by_label("Echipa care se retrage").select_option(label=second)
    candidate.get_by_label("Motivul").fill("e mai aproape")
    candidate.get_by_label("Motivul").press("Enter")
    expect(bound).to_contain_text(first)
    shown = desk.get(f"/v1/incidents/{made['incident_id']}").json()
    assert sorted(row["callsign"] for row in shown["assignments"]) == sorted([first, third])


# ── where it is ───────────────────────────────────────────────────────────────
def test_an_address_is_searched_pinned_guarded_confirmed_and_taken_back(
    api: ApiServer, windows: Windows
) -> None:
    desk = api.desk("dispatcher", "B3")
    made = send_report(desk, report_of(CASE))
    case = f"/v1/incidents/{made['incident_id']}"
    page = windows.open("/", size=LAPTOP)
    page.locator(f'button.card[data-incident="{made["incident_number"]}"]').click()
    page.get_by_role("button", name="Confirmă adresa").click()
    form = page.get_by_role("region", name="Unde este cazul")
    form.get_by_label("Caută strada").press_sequentially("STR baba novac 12")
    expect(form.get_by_role("option").first).to_contain_text(
        "Strada Baba Novac · București, Sectorul 3"
    )
    expect(form).to_contain_text("Harta nu știe „12”")
    page.keyboard.press("Enter")
    # The pin has the focus: the arrow keys move it, not the map.
    pin = page.locator('[data-part="place-pin"]')
    expect(pin).to_be_focused()
    coordinates = form.get_by_label("Coordonate")
    start = coordinates.input_value()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowRight")
    lat, lon = (float(each) for each in coordinates.input_value().split(","))
    was_lat, was_lon = (float(each) for each in start.split(","))
    assert abs((lat - was_lat) * 111_195 - 5) < 0.5
    assert abs((lon - was_lon) * 79_400 - 50) < 1
    expect(form.get_by_label("Adresa, cum se spune")).to_have_value("Strada Baba Novac 12")
    # Dragged, and put elsewhere by a click.
    box = pin.bounding_box()
    assert box is not None
    page.mouse.move(box["x"], box["y"] - 15)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 10, steps=4)
    page.mouse.up()
    expect(coordinates).not_to_have_value(f"{lat:.6f}, {lon:.6f}")
    dragged = coordinates.input_value()
    page.locator("#live_map").click(position={"x": 200, "y": 500})
    expect(coordinates).not_to_have_value(dragged)
    # Another county's ground: said, and asked.
    coordinates.fill("44,452 26,125")
    guard = form.get_by_role("alert").filter(
        has_text="Locul este în Sectorul 2, cazul este la Sectorul 3"
    )
    expect(guard).to_be_visible()
    expect(form.get_by_label("Adresa, cum se spune")).to_have_value("")
    form.get_by_role("button", name="Confirmă locul").click()
    assert desk.get(case).json()["confirmed"] is None
    guard.get_by_role("checkbox").check()
    guard.get_by_role("textbox").fill("vine încoace")
    form.get_by_role("button", name="Confirmă locul").click()
    expect(form.locator(".confirmed")).to_contain_text("confirmat de window-dispatcher-b3-1")
    shown = desk.get(case).json()
    assert (shown["county"], shown["confirmed"]["place"]) == ("B3", {"lon": 26.125, "lat": 44.452})
    expect(pin).to_have_count(0)
    expect(page.locator(".timeline")).to_contain_text("vine încoace")
    form.get_by_role("button", name="Retrage").click()
    form.get_by_label("Motivul").fill("altă stradă")
    form.get_by_label("Motivul").press("Enter")
    expect(form.locator(".confirmed")).to_have_count(0)
    expect(page.get_by_role("button", name="Confirmă adresa")).to_be_visible()
    assert desk.get(case).json()["confirmed"] is None
    # A pin belongs to its case: another one has none.
    page.get_by_role("button", name="Confirmă adresa").click()
    expect(pin).to_have_count(1)
    other = send_report(desk, report_of(LonLat(26.14, 44.41)))
    page.locator(f'button.card[data-incident="{other["incident_number"]}"]').click()
    expect(page.locator(".detail-title h2")).to_have_text(other["incident_number"])
    expect(pin).to_have_count(0)
    expect(form.get_by_label("Coordonate")).to_have_count(0)


# ── two at one case ───────────────────────────────────────────────────────────
def test_two_dispatchers_see_each_other_and_what_changed_under_their_hands(
    api: ApiServer, windows: Windows
) -> None:
    desk = api.desk("dispatcher", "B3")
    for place in (CASE, AROUND[0]):
        api.new_team("B3", at=place)
    made = send_report(desk, report_of(CASE))
    case = f"/v1/incidents/{made['incident_id']}"
    desk.put(f"{case}/presence", json={"is_writing": True}).raise_for_status()
    page = windows.open("/", size=LAPTOP)
    page.locator(f'button.card[data-incident="{made["incident_number"]}"]').click()
    expect(page.get_by_text("și dispatcher-b3 lucrează aici, scrie acum")).to_be_visible()
    assert [row["actor"] for row in desk.put(f"{case}/presence", json={}).json()] == [
        "window-dispatcher-b3-1"
    ]
    page.get_by_role("button", name="Confirmă adresa").click()
    form = page.locator(".place-block .inline-form")
    form.get_by_label("Adresa, cum se spune").fill("scara B, etajul 4")
    team = next(row for row in desk.get(f"{case}/recommendation").json()["candidates"])
    desk.post(
        f"{case}/assignments",
        json={"team_id": team["team_id"], "reason": "colegul a fost mai iute"},
    ).raise_for_status()
    box = form.locator('[data-part="changes"]')
    expect(box).to_contain_text(f"Echipă repartizată · {team['callsign']} · dispatcher-b3")
    # Sent without reading it is refused, and nothing typed is lost.
    form.get_by_role("button", name="Confirmă locul").click()
    expect(page.get_by_text("altcineva a schimbat cazul").first).to_be_visible()
    assert desk.get(case).json()["confirmed"] is None
    expect(form.get_by_label("Adresa, cum se spune")).to_have_value("scara B, etajul 4")
    box.get_by_role("button", name="Aplică totuși pe versiunea nouă").click()
    expect(page.locator(".confirmed")).to_contain_text("scara B, etajul 4")
    assert desk.get(case).json()["confirmed"]["address"] == "scara B, etajul 4"
    windows.forgive("409")
    # Who leaves the case is gone for the others at once.
    other = send_report(desk, report_of(LonLat(26.14, 44.41)))
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        page.locator(f'button.card[data-incident="{other["incident_number"]}"]').click()
    assert desk.put(f"{case}/presence", json={}).json() == []
    # The first candidate, pressed on a version that a colleague has just changed.
    path = f"/v1/incidents/{other['incident_id']}"
    best = page.locator(".candidate.is-best")
    expect(best).to_be_visible()
    callsign = best.get_attribute("data-team") or "?"

    told: list[str] = []

    def be_late(route: Route) -> None:
        if not told:
            told.append("copilul este singur")
            desk.post(f"{path}/notes", json={"text": told[0]}).raise_for_status()
        route.continue_()

    page.route("**/assignments", be_late)
    best.get_by_role("button").click()
    question = page.locator(".inline-form", has_text=f"Repartizați totuși echipa {callsign}?")
    expect(question.locator('[data-part="changes"]')).to_contain_text("copilul este singur")
    assert desk.get(path).json()["assignments"] == []
    question.get_by_role("button", name="Aplică totuși pe versiunea nouă").click()
    expect(page.get_by_role("region", name="Echipe pe caz")).to_contain_text(callsign)
    windows.forgive("409")
