"""Localities by distance, and how their names are written."""

import pytest

from geodata.points import LonLat
from geodata.reference.build.names import place_name
from geodata.territories.localities import load_localities


def test_nearest_locality_comes_first_with_its_distance() -> None:
    found = load_localities().nearest(LonLat(27.73, 46.64), 3)
    assert found[0][0].name == "Vaslui"
    assert [away for _, away in found] == sorted(away for _, away in found)


def test_names_carry_no_cedilla_and_no_capitals() -> None:
    for row in load_localities().all():
        assert not set("şţŞŢ") & set(row.name + row.uat)
        assert not row.name.isupper() or len(row.name) < 3 or row.name[0].isdigit()


def test_siruta_finds_the_locality() -> None:
    rows = load_localities()
    assert rows.get(rows.all()[0].siruta) == rows.all()[0]
    assert rows.get(-1) is None


def test_label_tells_namesakes_apart() -> None:
    labels = [row.label for row in load_localities().all() if row.name == "Poiana"]
    assert len(labels) > 10
    assert len(set(labels)) > 0.9 * len(labels)


@pytest.mark.parametrize(
    ("capitals", "written"),
    [
        ("UCEA DE JOS", "Ucea de Jos"),
        ("PODU LUI PAUL", "Podu lui Paul"),
        ("BUCEAVA-ŞOIMUŞ", "Buceava-Șoimuș"),
        ("C.A. ROSETTI", "C.A. Rosetti"),
        ("ALEXANDRU I.CUZA", "Alexandru I.Cuza"),
        ("1 DECEMBRIE", "1 Decembrie"),
        ("DUPĂ DEAL", "După Deal"),
        ("ÎNTORSURA BUZĂULUI", "Întorsura Buzăului"),
    ],
)
def test_capitals_become_romanian_names(capitals: str, written: str) -> None:
    assert place_name(capitals) == written
