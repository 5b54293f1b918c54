"""The folium page: local files only, one nonce, both languages, and a file for the disk."""

import json
import re
from pathlib import Path

import folium
import folium.plugins
import pytest

from maps.assets import (
    VENDOR_FILES,
    UnmappedAssetError,
    default_vendor_dir,
    find_vendor_file,
    local_address,
    missing_vendor_files,
    serve_assets_locally,
)
from maps.live import MapSettings, json_block, live_map_html
from maps.snapshot_page import join_modules, write_static_map
from maps.wording import LANGUAGES, STATIC_DIR, choose_language, load_wording
from tests.conftest_d.folders import ROOT

EMPTY = {"type": "FeatureCollection", "features": []}
MODULES = sorted(STATIC_DIR.glob("*.js"))
needs_assets = pytest.mark.skipif(
    bool(missing_vendor_files(default_vendor_dir())), reason="MAP ASSETS ABSENT: run npm ci"
)


def test_the_live_page_names_no_other_host() -> None:
    assert "//" not in live_map_html().replace("//# ", "")


def test_the_live_page_stays_thin() -> None:
    assert len(live_map_html()) < 4_000


def test_every_inline_script_carries_the_nonce() -> None:
    page = live_map_html(script_nonce="n0nce")
    inline = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", page)
    assert inline == ['<script nonce="n0nce">']


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


def test_a_data_block_cannot_end_early() -> None:
    block = json_block("x", {"name": "</script><script>alert(1)</script>"})
    assert block.count("</script>") == 1


def test_both_languages_have_the_same_sentences() -> None:
    romanian, english = (load_wording(language) for language in LANGUAGES)
    assert romanian.keys() == english.keys()


def test_both_languages_fill_the_same_blanks() -> None:
    def blanks(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    romanian, english = (load_wording(language) for language in LANGUAGES)
    assert [key for key in romanian if blanks(romanian[key]) != blanks(english[key])] == []


def test_romanian_uses_commas_below_not_cedillas() -> None:
    assert not set("şţŞŢ") & set("".join(load_wording("ro").values()))


def test_an_unknown_language_is_romanian() -> None:
    assert choose_language("xx", None) == "ro"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_module_parses_text_as_html(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", source)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_every_sentence_that_a_module_names_exists(path: Path) -> None:
    named = re.findall(r'\bt\("([\w.]+)"', path.read_text(encoding="utf-8"))
    assert [key for key in named if key not in load_wording("ro")] == []


@pytest.mark.parametrize("entry", ["map_page.js", "planning_page.js"])
def test_joined_modules_import_nothing_and_repeat_no_name(entry: str) -> None:
    joined = join_modules(entry)
    names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", joined, re.MULTILINE)
    assert not re.search(r"^(?:import|export) ", joined, re.MULTILINE)
    assert sorted(names) == sorted(set(names))


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


def test_settings_travel_as_data() -> None:
    settings = MapSettings(theme="light").as_dict("en")
    assert json.loads(json.dumps(settings))["language"] == "en"


def test_the_lock_names_no_address() -> None:
    lock = ROOT / "package-lock.json"
    assert "resolved" not in lock.read_text(encoding="utf-8")
    assert VENDOR_FILES
