"""A dispatcher's case: teams on top, replacing, a second team, the address, two people at it."""

from playwright.sync_api import Page, expect

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
