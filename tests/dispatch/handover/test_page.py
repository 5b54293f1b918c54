"""The printed page: one page, Romanian letters, the words apart from the drawing."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dispatch.errors import HandoverRefusedError
from dispatch.handover.case import Child, HandoverCase
from dispatch.handover.page import _cut, page_lines, write_page
from dispatch.model import CallerLocation
from geodata.areas.shapes import Circle
from geodata.points import LonLat
from tests.conftest_d.folders import ROOT

AT = datetime(2026, 7, 14, 22, 5, tzinfo=UTC)
AREA = Circle(LonLat(26.1025, 44.4353), 1_250.0)
CASE = HandoverCase(
    incident="B3-2026-000017",
    version=4,
    opened_at=AT,
    at=AT,
    danger="Copil singur, agresor la ușă; țipete în fundal.",
    county="B3",
    county_name="Sectorul 3",
    agency="DGASPC Sector 3",
    agent="operator7",
    location=CallerLocation(AREA, 0.95, AREA, 0.95),
    caller="+40721234567",
    child=Child("Ștefan", 9, "băiat"),
)


@pytest.fixture(scope="module")
def fonts() -> tuple[Path, Path]:
    folder = ROOT / "node_modules/dejavu-fonts-ttf/ttf"
    if not folder.is_dir():
        pytest.skip("FONT ABSENT: run `make setup`")
    return folder / "DejaVuSans.ttf", folder / "DejaVuSans-Bold.ttf"


def written(case: HandoverCase, fonts: tuple[Path, Path]) -> bytes:
    return write_page(case, font=fonts[0], bold=fonts[1], key="ab" * 32)


def test_the_danger_comes_first_and_times_are_local() -> None:
    lines = {line.label: line.text for line in page_lines(CASE)}
    assert next(iter(lines)) == "Pericol"
    assert lines["Apel primit"] == "15.07.2026, 01:05 (ora României)"
    assert lines["Copil"] == "Ștefan, 9 ani, băiat"
    assert "lat. 44.43530" in lines["Unde"]
    assert "cel mult 1,3 km" in lines["Unde"]


@pytest.mark.parametrize(
    ("years", "text"), [(0, "0 ani"), (1, "1 an"), (2, "2 ani"), (19, "19 ani"), (20, "20 de ani")]
)
def test_an_age_takes_the_form_of_its_count(years: int, text: str) -> None:
    lines = {line.label: line.text for line in page_lines(replace(CASE, child=Child(None, years)))}
    assert lines["Copil"] == text


def test_the_confidence_is_never_all_that_it_is_not() -> None:
    def where(confidence: float) -> str:
        location = CallerLocation(AREA, confidence, AREA, confidence)
        return next(
            line.text
            for line in page_lines(replace(CASE, location=location))
            if line.label == "Unde"
        )

    assert where(0.95).endswith("cu încredere 95 %")
    assert where(0.9973).endswith("cu încredere 99 %")


def test_the_page_is_one_page_and_the_same_bytes_each_time(fonts: tuple[Path, Path]) -> None:
    page = written(CASE, fonts)
    assert page.startswith(b"%PDF")
    assert page.count(b"/Type /Page\n") == 1
    assert page == written(replace(CASE), fonts)


@pytest.mark.parametrize("count", [1, 4, 8, 12])
def test_however_many_notes_it_stays_one_page(fonts: tuple[Path, Path], count: int) -> None:
    long = replace(CASE, danger="ș" * 500, notes=("Ușa din spate este deschisă. " * 17,) * count)
    assert written(long, fonts).count(b"/Type /Page\n") == 1


def test_notes_that_do_not_fit_are_counted_and_the_others_stay() -> None:
    lines = page_lines(replace(CASE, notes=("una", "două", "trei")))
    assert [line.text for line in _cut(lines, 1)[-2:]] == [
        "una",
        "Încă 2 note nu încap pe pagină: cereți la telefon.",
    ]
    assert "o notă nu încape" in _cut(lines, 2)[-1].text


def test_a_missing_font_is_refused_with_what_to_do() -> None:
    with pytest.raises(HandoverRefusedError) as refused:
        write_page(CASE, font=Path("none.ttf"), bold=Path("none.ttf"), key="00")
    assert refused.value.code == "font_missing"
