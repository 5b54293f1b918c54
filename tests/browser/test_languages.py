"""A page shows one language: no English on a Romanian desk, no Romanian on an English one."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.conftest_d.api import ApiServer, send_report
from tests.conftest_d.browser import PHONE, Windows

pytestmark = [pytest.mark.browser, pytest.mark.integration]

# Words that stand in almost every English sentence of ours and in no Romanian one.
_ENGLISH = re.compile(
    r"\b(the|and|of|is|with|from|this|that|not|no|yet|team|teams|county|incident|incidents"
    r"|call|calls|caller|road|roads|closed|position|minutes|hours|rides|old|free|arrives"
    r"|report|reason|send|close|open|show|add|assign|release)\b",
    re.IGNORECASE,
)
_ROMANIAN = re.compile(
    r"\b(și|sau|este|sunt|din|cu|pentru|echipa|echipe|echipă|caz|cazul|cazuri|apel|apelant"
    r"|județ|județul|drum|drumuri|închis|poziție|ore|motivul|trimite|închide|arată)\b",
    re.IGNORECASE,
)
MESSAGE_MODE = {"ro": "Mesaj de la rețea", "en": "Network message"}
# Everything that a person reads or hears: text, and what stands in attributes.
_READ = """() => {
    const said = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const parent = walk.currentNode.parentElement;
        if (parent.closest("script, style, [data-part=language]")) continue;
        said.push(walk.currentNode.textContent);
    }
    const named = "[title], [aria-label], [placeholder], [alt]";
    for (const element of document.querySelectorAll(named)) {
        if (element.matches("[data-part=language]")) continue;
        for (const name of ["title", "aria-label", "placeholder", "alt"]) {
            if (element.hasAttribute(name)) said.push(element.getAttribute(name));
        }
    }
    return [document.title, ...said].map((text) => text.trim()).filter(Boolean);
}"""


def foreign_words(page: Page, language: str) -> list[str]:
    """List what is said in the other language, for the message of a failing test."""
    other = _ENGLISH if language == "ro" else _ROMANIAN
    return [text for text in page.evaluate(_READ) if other.search(text)]


@pytest.fixture(params=["ro", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def case(api: ApiServer) -> Iterator[str]:
    """Open a case with ranked, excluded and bound teams, a hand-over and a timeline."""
    for _ in range(3):
        api.new_team("B3")
    desk = api.desk("dispatcher", "B3")
    made = send_report(desk)
    path = f"/v1/incidents/{made['incident_id']}"
    ranked = desk.get(f"{path}/recommendation").json()["candidates"]
    desk.post(f"{path}/assignments", json={"team_id": ranked[0]["team_id"]}).raise_for_status()
    desk.post(f"{path}/notes", json={"text": "…"}).raise_for_status()
    desk.post(f"{path}/handovers", json={"danger": "!"}).raise_for_status()
    yield made["incident_number"]
    for one in desk.get("/v1/handovers").json():
        desk.post(f"/v1/handovers/{one['id']}/acknowledge", json={"reference": "1"})


def opened(windows: Windows, language: str, case: str, **options: object) -> Page:
    page = windows.open(f"/?lang={language}", **options)  # type: ignore[arg-type]
    page.locator(f'.queue [data-incident="{case}"]').click()
    expect(page.locator(".candidate").first).to_be_visible()
    return page


def test_a_case_with_all_its_forms_is_in_one_language(
    windows: Windows, language: str, case: str
) -> None:
    page = opened(windows, language, case)
    assert foreign_words(page, language) == []
    # The misdial asks nothing: it would close the case.
    forms = page.locator(".action-buttons button:not(:has(.icon-phone))")
    assert forms.count() >= 5
    for form in range(forms.count()):
        forms.nth(form).click()
        expect(page.locator(".form-slot > *")).to_have_count(1)
        assert foreign_words(page, language) == []


def test_a_case_on_a_phone_is_in_one_language(windows: Windows, language: str, case: str) -> None:
    page = opened(windows, language, case, size=PHONE)
    assert foreign_words(page, language) == []


def test_taking_a_call_is_in_one_language_and_so_is_its_refusal(
    windows: Windows, language: str
) -> None:
    page = windows.open(f"/?lang={language}")
    page.locator("[data-part=new-call]").click()
    modes = page.locator("dialog.intake .tabs button")
    assert modes.count() == 3
    for mode in range(modes.count()):
        modes.nth(mode).click()
        assert foreign_words(page, language) == []
    page.get_by_role("button", name=MESSAGE_MODE[language]).click()
    page.locator("dialog.intake textarea[name=message]").fill("%%%")
    page.locator("dialog.intake [type=submit]").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    assert foreign_words(page, language) == []
    windows.forgive("400")
    windows.forgive("422")


@pytest.mark.parametrize("path", ["/map", "/login"])
def test_the_other_pages_are_in_one_language(windows: Windows, language: str, path: str) -> None:
    page = windows.open(f"{path}?lang={language}")
    assert foreign_words(page, language) == []
