"""Names as people shorten, bend and rename them, and names that many places bear."""

import pytest

from dispatch.ground import load_ground
from dispatch.jurisdiction.county_assignment import locate
from dispatch.location.reader import read_report
from dispatch.location.spoken.forms import base_forms, expand
from dispatch.location.spoken.reader import read_words
from dispatch.model import CountyAssignment
from geodata.areas.shapes import Circle, MultiPolygon, Polygon
from geodata.areas.uncertainty import outlines
from geodata.errors import RefusedError
from geodata.territories.shares import load_territories


def first(words: str) -> str:
    return read_words(words).candidates[0].label


def assigned(words: str) -> CountyAssignment:
    return locate(read_words(words).report, load_ground())[1]


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("Rm. Vâlcea", "Râmnicu Vâlcea (VL)"),
        ("rm sarat", "Râmnicu Sărat (BZ)"),
        ("Tg. Mureș", "Târgu Mureș (MS)"),
        ("Dr. Tr. Severin", "Drobeta-Turnu Severin (MH)"),
        ("Turnu Severin", "Drobeta-Turnu Severin (MH)"),
        ("Tr. Măgurele", "Turnu Măgurele (TR)"),
        ("Sf. Gheorghe, jud. Covasna", "Sfântu Gheorghe (CV)"),
        ("la Cluj", "Cluj-Napoca (CJ)"),
        ("Câmpulung Muscel", "Câmpulung (AG)"),
        ("jud. TM", "județul Timiș"),
    ],
)
def test_short_and_other_names_are_known(words: str, label: str) -> None:
    assert first(words) == label


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("din Clujului", "Cluj-Napoca (CJ)"),
        ("sunt din județul Clujului", "județul Cluj"),
        ("în zona Brașovului", "Brașov (BV)"),
        ("la marginea Gherlei", "Gherla (CJ)"),
        ("centrul Timișoarei", "Timișoara (TM)"),
        ("Constanței", "Constanța (CT)"),
        ("pe lângă Tecuciului", "Tecuci (GL)"),
        ("Clujul", "Cluj-Napoca (CJ)"),
    ],
)
def test_bent_names_are_known_and_are_no_misspellings(words: str, label: str) -> None:
    place = read_words(words)
    assert place.candidates[0].label == label
    assert "misspelt_place" not in [warning.code for warning in place.report.warnings]


@pytest.mark.parametrize("words", ["copilului", "sunt la tatălui meu", "casei", "strada Gherlei"])
def test_bent_common_words_are_no_places(words: str) -> None:
    assert read_words(words).candidates == ()


@pytest.mark.parametrize(
    ("words", "label", "street"),
    [
        ("str. Lunga 12 Brasov", "Brașov (BV)", "str lunga 12"),
        ("strada Lungă Brașov", "Brașov (BV)", "strada lunga"),
        ("str. Florilor nr 5 Bârlad", "Bârlad (VS)", "str florilor nr 5"),
        ("bulevardul 1 Decembrie 1918 nr 3, Galați", "Galați (GL)", "bulevardul 1 decembrie 1918"),
        ("strada Timișoarei Cluj", "Cluj-Napoca (CJ)", "strada timisoarei"),
        ("strada Alba Iulia 4, Deva", "Deva (HD)", "strada alba iulia 4"),
    ],
)
def test_a_street_ends_where_its_town_begins(words: str, label: str, street: str) -> None:
    place = read_words(words)
    assert place.candidates[0].label == label
    assert place.report.extras["street"] == street


def test_a_quarter_that_is_a_village_elsewhere_is_in_the_town_named_with_it() -> None:
    assert first("Cluj-Napoca, Mănăștur") == "Cluj-Napoca (CJ)"


def test_commune_and_county_of_a_village_count_for_more_than_a_large_namesake() -> None:
    place = read_words("sat Slobozia com Slobozia jud Giurgiu")
    assert place.candidates[0].label == "Slobozia (GR)"
    assert place.candidates[0].probability > 0.99


# ── the area ──────────────────────────────────────────────────────────────────
def test_a_name_of_many_villages_is_all_of_them_as_one_area() -> None:
    place = read_words("satul Slobozia")
    assert isinstance(place.report.shape, MultiPolygon)
    assert len(place.report.shape.parts) > 15
    assert [warning.code for warning in place.report.warnings] == ["ambiguous_place"]
    # The weights stay with the report: whoever reads it sees what was likely.
    assert place.report.extras["candidate_1"] == "Slobozia (IL) 0.18"
    assert place.report.confidence == pytest.approx(0.95, abs=0.06)


def test_a_set_of_villages_is_ambiguous_and_asks() -> None:
    assignment = assigned("satul Slobozia")
    assert assignment.ambiguous
    assert len(assignment.counties) > 5
    assert {"IL", "GR", "NT", "AG"} <= {share.code for share in assignment.counties}
    assert sum(share.area_share for share in assignment.counties) == pytest.approx(
        1.0 - assignment.outside_share
    )


def test_a_county_by_name_is_its_own_ground() -> None:
    report = read_words("județul Ilfov").report
    assert isinstance(report.shape, Polygon)
    shares = [load_territories().shares_of_polygon(*rings) for rings in outlines(report.shape)]
    assert shares[0].by_county["IF"] > 0.98
    # A circle around it would hold Bucharest, where eight times as many people live.
    assert assigned("județul Ilfov").owner == "IF"


def test_a_village_at_the_border_of_its_county_ends_there() -> None:
    report = read_words("Mogoșoaia").report
    assert isinstance(report.shape, Polygon)
    (rings,) = outlines(report.shape)
    assert load_territories().shares_of_polygon(*rings).by_county["IF"] > 0.98
    assert assigned("Mogoșoaia").owner == "IF"


def test_a_village_inside_its_county_is_a_circle() -> None:
    assert isinstance(read_words("Cluj-Napoca").report.shape, Circle)


def test_words_that_name_no_place_are_refused_at_the_door() -> None:
    with pytest.raises(RefusedError) as refused:
        read_report("nu știu unde sunt".encode(), format="spoken")
    assert refused.value.code == "no_place_named"
    assert refused.value.hint


def test_words_that_are_not_utf_8_are_read() -> None:
    report = read_report("oraşul Bârlad".encode("windows-1250"))
    assert report.extras["candidate_1"].startswith("Bârlad (VS)")
    assert report.warnings[0].code == "not_utf8"


# ── the forms themselves ──────────────────────────────────────────────────────
def test_abbreviations_need_what_follows_them() -> None:
    assert expand(["dr", "popescu"]) == ["dr", "popescu"]
    assert expand(["sf"]) == ["sf"]
    assert expand(["sf", "ana"]) == ["sfanta", "ana"]
    assert expand(["tr", "severin"]) == ["turnu", "severin"]


def test_base_forms_leave_a_stem() -> None:
    assert "cluj" in base_forms("clujului")
    assert "oradea" in base_forms("oradei")
    assert "alexandria" in base_forms("alexandriei")
    assert list(base_forms("lui")) == []
