"""The pages: local files only, one shell, both languages, and a file for the disk."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import folium
import folium.plugins
import pytest

from dispatch.words.catalogue import load_catalogue
from maps.pages.assets import (
    STATIC_DIR,
    VENDOR_FILES,
    UnmappedAssetError,
    default_vendor_dir,
    find_vendor_file,
    local_address,
    missing_vendor_files,
    serve_assets_locally,
)
from maps.pages.console import console_html
from maps.pages.live import live_map_html
from maps.pages.login import login_html
from maps.pages.snapshot import write_static_map

ROOT = Path(__file__).parents[2]
EMPTY = {"type": "FeatureCollection", "features": []}
MODULES = sorted(STATIC_DIR.rglob("*.js"))
needs_assets = pytest.mark.skipif(
    bool(missing_vendor_files(default_vendor_dir())), reason="MAP ASSETS ABSENT: run npm ci"
)


@pytest.mark.parametrize("page", [live_map_html, console_html, login_html])
def test_a_served_page_names_no_other_host(page: Callable[[str], str]) -> None:
    named = re.findall(r'(?:src|href)="([^"]*)"|"[a-z]+/":"([^"]*)"', page("ro"))
    addresses = [name for pair in named for name in pair if name]
    assert len(addresses) > 5
    # One slash: our own host; what begins with # stays on the page.
    assert [one for one in addresses if not re.match(r"/[a-z]|#", one)] == []


def test_the_live_page_stays_thin() -> None:
    assert len(live_map_html()) < 4_000


def test_a_whole_folium_map_gets_local_files_or_none() -> None:
    serve_assets_locally()
    page = folium.Map(tiles=None).get_root().render()
    assert "https://" not in page
    assert "/vendor/leaflet.js" in page


def test_a_plugin_without_a_local_copy_is_refused() -> None:
    serve_assets_locally()
    plain = folium.Map(tiles=None)
    folium.plugins.MarkerCluster().add_to(plain)
    with pytest.raises(UnmappedAssetError):
        plain.get_root().render()


def test_an_own_address_passes_unchanged() -> None:
    assert local_address("anything", "/static/x.js") == "/static/x.js"


@pytest.mark.parametrize("name", ["../package.json", "leaflet-src.js", ""])
def test_only_listed_files_are_served(name: str) -> None:
    assert find_vendor_file(name, default_vendor_dir()) is None


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_module_parses_text_as_html(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", source)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_sentence_that_a_module_names_exists(path: Path) -> None:
    named = re.findall(r'\bt\("([\w.]+)"', path.read_text(encoding="utf-8"))
    assert [key for key in named if not load_catalogue("ro").has(key)] == []


@needs_assets
def test_a_written_map_needs_no_other_file(tmp_path: Path) -> None:
    features = {
        **EMPTY,
        "at": "2026-03-01T01:12:00+00:00",
        "ages": {"ageing_s": 60, "stale_s": 600},
    }
    path = write_static_map(tmp_path / "out" / "map.html", features, counties=EMPTY, basemap=EMPTY)
    page = path.read_text(encoding="utf-8")
    named = re.findall(r'<(?:script|img|link)[^>]*(?:src|href)="([^"]*)"|url\("?([^)]*)\)', page)
    # What begins with # stays on the page.
    assert {name[:5] for pair in named for name in pair if name[:1] not in ("", "#")} == {"data:"}


def test_the_lock_names_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in text
    assert "://" not in text


def test_nothing_that_only_developers_need_is_served() -> None:
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for path in VENDOR_FILES.values():
        package = "/".join(path.split("/")[: 2 if path.startswith("@") else 1])
        assert not locked[f"node_modules/{package}"].get("dev", False)
