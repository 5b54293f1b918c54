"""The pages over HTTP: what their policy lets run, and that every file they name is there."""

import json
import re

import httpx
import pytest

from maps.pages.modules import modules_of
from tests.conftest_d.api import PASSWORD, ApiServer, visiting

pytestmark = pytest.mark.integration

PATHS = {"/": "console/page.js", "/map": "map/page.js", "/login": "login/page.js"}


@pytest.fixture(scope="module")
def paula(api: ApiServer) -> str:
    api.token("paula", "dispatcher", ("B3",))
    return "paula"


@pytest.fixture
def browser(paula: str, visitor: httpx.Client) -> httpx.Client:
    credentials = {"username": paula, "password": PASSWORD}
    assert visitor.post("/v1/sessions", json=credentials).status_code == 201
    return visitor


def nonces(answer: httpx.Response) -> tuple[set[str], set[str]]:
    """The nonces of the answer's policy, and those of its inline scripts that run."""
    policy = answer.headers["content-security-policy"]
    scripts = re.findall(r"<script(?![^>]*(?:src=|application/json))([^>]*)>", answer.text)
    return set(re.findall(r"'nonce-([^']+)'", policy)), {
        "".join(re.findall(r'nonce="([^"]+)"', attributes)) for attributes in scripts
    }


@pytest.mark.parametrize("path", PATHS)
def test_a_page_runs_its_own_inline_scripts_and_no_others(browser: httpx.Client, path: str) -> None:
    answer = browser.get(path)
    allowed, carried = nonces(answer)
    assert len(allowed) == 1
    assert carried == allowed
    (scripts,) = re.findall(r"script-src ([^;]*)", answer.headers["content-security-policy"])
    assert "unsafe" not in scripts


@pytest.mark.parametrize("path", PATHS)
def test_each_answer_has_a_nonce_of_its_own(browser: httpx.Client, path: str) -> None:
    assert nonces(browser.get(path))[0] != nonces(browser.get(path))[0]


@pytest.mark.parametrize(("path", "entry"), PATHS.items())
def test_every_file_that_a_page_names_is_served(
    browser: httpx.Client, path: str, entry: str
) -> None:
    page = browser.get(path).text
    mapped = re.search(r'type="importmap"[^>]*>(.*?)</script>', page)
    assert mapped is not None
    imports = json.loads(mapped[1])["imports"]
    modules = [imports[f"{name.split('/')[0]}/"] + name.split("/")[1] for name in modules_of(entry)]
    named = re.findall(r'(?:src="|<link[^>]*href=")(/[^"]+)"', page)
    missing = [url for url in {*modules, *named} if browser.get(url).status_code != 200]
    assert missing == []
    assert f'import "{entry}";' in page


@pytest.mark.parametrize("path", ["/", "/map"])
def test_without_a_session_a_page_leads_to_the_login_and_back(
    visitor: httpx.Client, path: str
) -> None:
    answer = visitor.get(f"{path}?lang=en")
    assert answer.status_code == 303
    to = httpx.URL(answer.headers["location"])
    assert (to.path, to.params["next"], to.params["lang"]) == ("/login", f"{path}?lang=en", "en")


@pytest.mark.parametrize(
    "path", ["/static/%2e%2e/templates/page.html", "/static/page.html", "/vendor/eslint.js"]
)
def test_nothing_else_of_the_package_is_served(visitor: httpx.Client, path: str) -> None:
    assert visitor.get(path).status_code == 404


ROLE_ENTRIES = {
    "operator": "console/page.js",
    "dispatcher": "console/page.js",
    "supervisor": "console/page.js",
    "team": "roles/page.js",
    "planner": "roles/page.js",
    "administrator": "roles/page.js",
}


@pytest.mark.parametrize(("role", "entry"), ROLE_ENTRIES.items())
def test_each_role_gets_its_own_page_with_all_its_files(
    role: str, entry: str, api: ApiServer
) -> None:
    headers = api.desk(role, "B3").headers
    with visiting(api.base_url, headers=headers) as desk:
        page = desk.get("/").text
        assert f'import "{entry}";' in page
        named = re.findall(r'(?:src="|<link[^>]*href=")(/[^"]+)"', page)
        modules = [f"/static/{name}" for name in modules_of(entry)]
        assert [url for url in {*named, *modules} if desk.get(url).status_code != 200] == []
