"""The planners' maps, opened from disk, on a desk and on a phone."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from geodata.people.homes import Homes
from geodata.points import LonLat
from geodata.reference.codes import CODES
from geodata.territories.counties import load_counties
from geodata.travel.coverage import Base, cover_people
from geodata.travel.isochrones import draw_isochrones
from geodata.travel.travel_times import TravelTimes
from maps.pages.planning import coverage_page, isochrone_page
from tests.conftest_d.browser import DESKTOP, PHONE
from tests.conftest_d.drawn_roads import draw_index, way
from tests.conftest_d.grid import grid

NIGHT = datetime(2026, 3, 1, 0, tzinfo=UTC)
RING = grid("A . . . B\n. . . . .\n. . . . .\nD . . . C", step_m=1000)
SQUARE = [[25.9, 44.3], [26.3, 44.3], [26.3, 44.6], [25.9, 44.6], [25.9, 44.3]]
COUNTY = {
    "type": "Feature",
    "properties": {"code": "IF", "name": "Ilfov", "kind": "county"},
    "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    travel = TravelTimes(draw_index(RING, way("A B C D A")))
    homes = Homes(
        *np.array([RING["A"], RING["C"]]).T,
        np.full(2, 1500.0),
        np.full(2, CODES.index("IF"), np.int16),
    )
    ground: dict[str, Any] = {
        "counties": {"features": [COUNTY]},
        "basemap": travel.basemap_geojson(),
    }
    rings = draw_isochrones(travel, [RING["A"]], [5, 40], at=NIGHT, homes=homes)
    base = Base("Baza <b>1</b>", RING["A"])
    covered = cover_people(travel, [base, Base("Mare", LonLat(29.9, 44.0))], 5,
                           at=NIGHT, homes=homes, counties=load_counties())  # fmt: skip
    texts = {
        "isochrones": isochrone_page(rings, names=["Baza 1"], **ground),
        "coverage": coverage_page(covered, language="en", **ground),
    }
    folder = tmp_path_factory.mktemp("planning")
    files = {name: folder / f"{name}.html" for name in texts}
    for name, text in texts.items():
        files[name].write_text(text, encoding="utf-8")
    return files


def opened(chromium: Browser, file: Path, size: tuple[int, int]) -> tuple[Page, list[str]]:
    page = chromium.new_page(viewport={"width": size[0], "height": size[1]})
    wrong: list[str] = []
    page.on("request", lambda r: r.url.startswith(("file:", "data:")) or wrong.append(r.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda m: m.type == "error" and wrong.append(m.text))
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready]", timeout=15_000)
    return page, wrong


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", ["isochrones", "coverage"])
def test_it_opens_from_disk_asks_for_nothing_and_fits(
    chromium: Browser, pages: dict[str, Path], name: str, size: tuple[int, int]
) -> None:
    page, wrong = opened(chromium, pages[name], size)
    panel = page.locator(".planning-panel").bounding_box()
    assert panel is not None
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= size[0]
    pin = page.locator(".base-pin").first.bounding_box()
    assert pin is not None
    # The base is not under the panel.
    assert pin["y"] < panel["y"] if size == PHONE else pin["x"] > panel["x"] + panel["width"]
    assert wrong == []
    page.close()


def test_rings_are_drawn_and_told_in_romanian(chromium: Browser, pages: dict[str, Path]) -> None:
    page, _ = opened(chromium, pages["isochrones"], DESKTOP)
    text = page.locator(".planning-panel").inner_text()
    assert "Cât de departe ajunge o echipă" in text
    assert "40 min" in text
    assert "3.000" in text
    assert "orele din București" in text
    assert page.locator(".ring-tag").all_inner_texts() == ["40 min", "5 min"]
    assert page.locator("path.leaflet-interactive, .leaflet-overlay-pane path").count() == 2
    page.close()


def test_people_left_out_are_told_in_english_and_names_are_text(
    chromium: Browser, pages: dict[str, Path]
) -> None:
    page, _ = opened(chromium, pages["coverage"], DESKTOP)
    text = page.locator(".planning-panel").inner_text()
    assert "Within 5 min a team reaches 1,500 residents; 1,500 residents are farther away." in text
    assert "1,500 (50 %)" in text
    assert "A place has no road near it" in text
    assert page.locator(".base-name").first.inner_text() == "Baza <b>1</b>"
    page.locator(".planning-panel summary").click()
    assert page.locator(".planning-table").is_hidden()
    page.close()
