"""The shell that every page has, served or saved."""

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from dispatch.words.catalogue import Language, load_catalogue
from maps.pages.assets import default_vendor_dir, missing_vendor_files
from maps.pages.console import console_html
from maps.pages.live import LIVE_MAP, live_map_html
from maps.pages.login import login_html
from maps.pages.settings import MapSettings
from maps.pages.single_file import single_file_page

needs_assets = pytest.mark.skipif(
    bool(missing_vendor_files(default_vendor_dir())), reason="MAP ASSETS ABSENT: run npm ci"
)


class Read(HTMLParser):
    """What a browser makes of a page: its root, its title and its scripts in their order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.root: dict[str, str | None] = {}
        self.title = ""
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.open_tag = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open_tag = tag
        if tag == "html":
            self.root = dict(attrs)
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.open_tag == "title":
            self.title += data
        if self.open_tag == "script":
            attributes, text = self.scripts.pop()
            self.scripts.append((attributes, text + data))

    def handle_endtag(self, tag: str) -> None:
        self.open_tag = ""

    def script(self, **wanted: str) -> str:
        (text,) = [text for has, text in self.scripts if wanted.items() <= has.items()]
        return text


def live(language: str, nonce: str = "") -> str:
    return live_map_html(language, MapSettings(theme="light"), script_nonce=nonce)


def console(language: str, nonce: str = "") -> str:
    return console_html(language, "light", script_nonce=nonce)


def login(language: str, nonce: str = "") -> str:
    return login_html(language, "light", script_nonce=nonce)


def saved(language: str, nonce: str = "", **embedded: Any) -> str:
    return single_file_page(LIVE_MAP, embedded, language=language, theme="light")


SERVED = [live, console, login]
EVERY = [*SERVED, pytest.param(saved, marks=needs_assets)]
TITLES = {live: "map.title", console: "console.title", login: "login.title", saved: "map.title"}

Render = Callable[..., str]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("render", EVERY)
def test_every_page_says_its_language_theme_and_title(render: Render, language: str) -> None:
    page = Read(render(language))
    assert page.root == {"lang": language, "data-theme": "light"}
    assert page.title.split(" · ")[0] == load_catalogue(language).word(TITLES[render])


@pytest.mark.parametrize("render", SERVED)
def test_every_inline_script_that_runs_carries_the_nonce(render: Render) -> None:
    scripts = [has for has, _ in Read(render("ro", "n0nce")).scripts if "src" not in has]
    runs = [has for has in scripts if has.get("type") != "application/json"]
    assert len(runs) >= 2
    assert {has.get("nonce") for has in runs} == {"n0nce"}


@pytest.mark.parametrize("render", EVERY)
def test_modules_are_mapped_before_the_first_of_them_is_named(render: Render) -> None:
    kinds = [has.get("type") for has, _ in Read(render("ro")).scripts]
    assert kinds.count("importmap") == 1
    assert kinds.index("importmap") < kinds.index("module")


@pytest.mark.parametrize("render", EVERY)
def test_the_first_module_is_in_the_import_map(render: Render) -> None:
    page = Read(render("ro"))
    first = page.script(type="module").removeprefix('import "').removesuffix('";')
    imports = json.loads(page.script(type="importmap"))["imports"]
    assert first in imports or f"{first.split('/')[0]}/" in imports


@pytest.mark.parametrize("render", EVERY)
def test_settings_travel_as_data(render: Render) -> None:
    settings = json.loads(Read(render("en")).script(id="map-settings"))
    assert (settings["language"], settings["theme"]) == ("en", "light")


def test_pages_for_work_carry_their_words_and_the_thin_map_asks_for_them() -> None:
    words = json.loads(Read(console("en")).script(id="wording"))
    assert words == json.loads(json.dumps(load_catalogue("en").for_scripts()))
    assert 'id="wording"' not in live("en")


@needs_assets
def test_data_cannot_end_its_block_and_comes_out_as_it_went_in() -> None:
    name = "</script><script>alert('1 & 2')</script>"
    page = Read(saved("ro", name=name))
    assert json.loads(page.script(id="map-settings"))["embedded"]["name"] == name
    assert "alert('1" not in "".join(text for has, text in page.scripts if not has)


def test_a_nonce_cannot_leave_its_attribute() -> None:
    assert '"><b>' not in live("ro", '"><b>')


def test_one_template_alone_is_a_shell() -> None:
    folder = Path(__file__).parents[2] / "maps/templates"
    shells = [p.name for p in folder.glob("*.html") if "<!DOCTYPE" in p.read_text("utf-8")]
    assert shells == ["page.html"]
