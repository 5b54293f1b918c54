"""The map of one moment, opened from disk without any server."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from maps.pages.screenshot import find_browser, take_screenshot
from maps.pages.snapshot import write_static_map

SQUARE = [[25.9, 44.3], [26.3, 44.3], [26.3, 44.6], [25.9, 44.6], [25.9, 44.3]]
COUNTY = {"code": "B3", "name": "Sectorul 3", "kind": "sector"}


def feature(geometry: str, coordinates: object, **properties: object) -> dict[str, object]:
    shape = {"type": geometry, "coordinates": coordinates}
    return {"type": "Feature", "geometry": shape, "properties": properties}


@pytest.fixture
def written(tmp_path: Path) -> Path:
    about = {
        "kind": "incident",
        "incident_id": "1",
        "number": "B3-2026-000007",
        "county": "B3",
        "state": "open",
        "opened_at": "2026-03-01T01:00:00+00:00",
        "confidence": 0.95,
    }
    place = feature("Point", [26.1, 44.45], **about)
    features = {"features": [place], "at": "2026-03-01T01:12:00+00:00", "ages": {"stale_s": 600}}
    counties = {"features": [feature("Polygon", [SQUARE], **COUNTY)]}
    roads = {"features": [feature("MultiLineString", [SQUARE], **{"class": "primary"})]}
    return write_static_map(tmp_path / "map.html", features, counties=counties, basemap=roads)


def test_it_opens_from_disk_and_asks_for_nothing(chromium: Browser, written: Path) -> None:
    page = chromium.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(written.as_uri())
    page.wait_for_selector("html[data-ready]", timeout=15_000)
    assert page.locator(".incident-tag").inner_text() == "B3 #7"
    assert "03:12" in page.locator(".still-note").inner_text()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    page.close()


@pytest.mark.browser
def test_a_picture_of_it_is_taken(written: Path, tmp_path: Path) -> None:
    if find_browser() is None:
        pytest.skip("CHROMIUM ABSENT: no picture can be taken")
    picture = take_screenshot(written, tmp_path / "map.png")
    assert picture is not None
    assert picture.read_bytes().startswith(b"\x89PNG")
