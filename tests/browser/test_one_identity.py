"""Two accounts in one browser: a tab that shows the former person stops, and shows nothing."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.test_right_case import opened
from tests.conftest_d.api import PASSWORD, ApiServer, send_report
from tests.conftest_d.browser import Windows

TYPED = "spune că îl cheamă Andrei"
TAKEN = "Altcineva s-a autentificat"


def signed_in(context: BrowserContext, windows: Windows, name: str, path: str = "/") -> Page:
    """Sign in through the login page, in a tab of its own."""
    page = context.new_page()
    page.goto(f"{windows.api.base_url}/login?next={path}")
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Intră").click()
    page.wait_for_selector("html[data-ready] body:not(.login)", timeout=20_000)
    page.wait_for_selector("html[data-ready]")
    return page


def test_the_tab_of_the_former_person_stops_at_once_and_keeps_their_words(
    api: ApiServer, windows: Windows
) -> None:
    case = send_report(api.desk("dispatcher", "B3"))
    ana = windows.account("dispatcher", ("B3", "B6"))
    ion = windows.account("supervisor", ("B3", "B2"))
    context = windows.context()
    first = opened(signed_in(context, windows, ana), case["incident_number"])
    first.get_by_role("button", name="Adaugă notă").click()
    first.locator(".inline-form textarea").fill(TYPED)
    alone = signed_in(context, windows, ana, "/map")

    second = signed_in(context, windows, ion)
    for tab in (first, alone):
        taken = tab.get_by_role("alert").filter(has_text=TAKEN)
        expect(taken).to_contain_text(ana)
        expect(taken).to_contain_text(ion)
        expect(tab.locator("#live_map")).not_to_be_visible()
    assert case["incident_number"] not in first.evaluate("document.body.innerText")
    expect(first.locator(".inline-form textarea")).not_to_be_visible()
    # What the former page still tries is refused, and done by nobody.
    status = first.evaluate(
        """async (path) => {
            const { post } = await import("shared/api_client.js");
            return post(path, { text: "altcineva" }).then(() => 200, ({ status }) => status);
        }""",
        f"/v1/incidents/{case['incident_id']}/notes",
    )
    assert status == 409

    # The former person signs in again: their tab is theirs, with their words.
    third = signed_in(context, windows, ana)
    opened(first, case["incident_number"])
    expect(first.locator("[data-part=person]")).to_have_text(ana)
    first.get_by_role("button", name="Adaugă notă").click()
    expect(first.locator(".inline-form textarea")).to_have_value(TYPED)
    expect(second.get_by_role("alert").filter(has_text=TAKEN)).to_contain_text(ana)

    # Somebody else who reloads the tab sees nothing of them.
    signed_in(context, windows, ion)
    first.get_by_role("button", name="Reîncarcă pagina").click()
    expect(first.locator("[data-part=person]")).to_have_text(ion)
    assert TYPED not in first.evaluate("JSON.stringify(sessionStorage)")
    opened(first, case["incident_number"])
    first.get_by_role("button", name="Adaugă notă").click()
    expect(first.locator(".inline-form textarea")).to_have_value("")

    # Whoever logs out ends it for all tabs.
    expect(second.locator("[data-part=person]")).to_have_text(ion)
    second.get_by_role("button", name="Ieșire").click()
    expect(first.get_by_role("button", name="Intră")).to_be_visible()
    third.close()
    windows.forgive("409")
    windows.forgive("401")
