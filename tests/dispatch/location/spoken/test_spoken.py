"""The caller's own words: which place they name, and how sure that is."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.location.reader import read_report
from dispatch.location.spoken.names import edit_distance, fold, load_gazetteer
from dispatch.location.spoken.reader import SpokenPlace, read_words
from geodata.areas.uncertainty import area_m2
from geodata.errors import RefusedError
from geodata.territories.localities import load_localities


def codes(place: SpokenPlace) -> list[str]:
    return [warning.code for warning in place.report.warnings]


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("satul Odăile, comuna Otopeni", "Odăile (Otopeni, IF)"),
        ("lângă Iași, la Lețcani", "Lețcani (IS)"),
        ("langa Iasi, la Letcani", "Lețcani (IS)"),
        ("Poiana, județul Galați", "Poiana (GL)"),
        ("sunt la bunica în satul Dumbrava comuna Livezile", "Dumbrava (Livezile, BN)"),
        ("Negrești Vaslui", "Negrești (VS)"),
        ("sector 3, strada Iași", "București, Sectorul 3 (B3)"),
        ("str. Florilor nr 5, Bârlad", "Bârlad (VS)"),
        ("stau pe strada Iași din Focșani", "Focșani (VN)"),
        ("cluj napoca", "Cluj-Napoca (CJ)"),
        ("SATU MARE", "Satu Mare (SM)"),
        ("com. Dascălu jud. Ilfov", "Dascălu (IF)"),
        ("comuna Otopeni", "Otopeni (IF)"),
        ("județul Vaslui", "județul Vaslui"),
        ("la gara din Bucuresti", "București"),
    ],
)
def test_the_named_place_comes_first(words: str, label: str) -> None:
    assert read_words(words).candidates[0].label == label


@pytest.mark.parametrize("words", ["Iași", "Iaşi", "iasi", "IAȘI", "Ias\u0326i", "la  iasi."])
def test_diacritics_and_capitals_do_not_matter(words: str) -> None:
    assert read_words(words).candidates[0].label == "Iași (IS)"


@pytest.mark.parametrize("words", ["Tîrgu Jiu", "Târgu Jiu", "targu jiu", "tirgu jiu"])
def test_both_spellings_of_one_sound_are_known(words: str) -> None:
    place = read_words(words)
    assert place.candidates[0].label == "Târgu Jiu (GJ)"
    assert codes(place) == []


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("Vasluy", "Vaslui (VS)"),
        ("sunt in Letcan", "Lețcani (IS)"),
        ("satul Odaiele, comuna Otopeni", "Odăile (Otopeni, IF)"),
        ("Rosiori de Veede", "Roșiori de Vede"),
        ("Aelxandria", "Alexandria (TR)"),
    ],
)
def test_a_misspelling_is_understood_and_said(words: str, label: str) -> None:
    place = read_words(words)
    assert fold(place.candidates[0].label).startswith(fold(label))
    assert "misspelt_place" in codes(place)
    assert place.report.confidence is not None
    assert place.report.confidence < 0.95


def test_namesakes_are_ranked_by_people_and_the_doubt_is_said() -> None:
    place = read_words("satul Odăile")
    assert [candidate.counties for candidate in place.candidates] == [("IF",), ("PH",), ("BZ",)]
    assert place.candidates[0].probability < 0.95
    assert codes(read_words("satul Poiana")) == ["ambiguous_place"]


def test_a_county_that_the_call_came_from_decides_between_namesakes() -> None:
    assert read_words("satul Odăile", counties={"PH"}).candidates[0].counties == ("PH",)


def test_a_new_village_is_not_a_village_called_new() -> None:
    place = read_words("satul nou", limit=50)
    assert all(candidate.label.startswith("Satu Nou") for candidate in place.candidates)
    assert len(place.candidates) > 30


@pytest.mark.parametrize(
    "words", ["nu știu unde sunt", "hello", "ajutor, mama mea", "...", "sunt acasă la tata"]
)
def test_words_without_a_place_are_a_report_without_one(words: str) -> None:
    place = read_words(words)
    assert (place.report.shape, place.candidates) == (None, ())
    assert codes(place) == ["no_place_named"]


def test_the_report_is_an_area_that_is_not_to_be_scaled() -> None:
    report = read_report("satul Odăile, comuna Otopeni".encode(), format="spoken")
    assert report.shape is not None
    assert 1e6 < area_m2(report.shape) < 3e7
    assert report.confidence == pytest.approx(0.93, abs=0.03)
    assert (report.pdf, report.source) == ("unknown", "CALLER")
    assert report.extras["candidate_1"].startswith("Odăile (Otopeni, IF)")


def test_the_street_is_kept() -> None:
    report = read_words("strada Florilor 5, Bârlad").report
    assert report.extras["street"] == "strada florilor 5"


@pytest.mark.parametrize(
    ("raw", "content_type"),
    [("satul Odăile, comuna Otopeni", None), ("în orașul Vaslui", "text/plain; charset=utf-8")],
)
def test_words_are_recognised(raw: str, content_type: str | None) -> None:
    assert read_report(raw.encode(), content_type=content_type).format == "spoken"


def test_any_other_text_is_no_report() -> None:
    with pytest.raises(RefusedError) as refused:
        read_report(b"this is no message", content_type="text/plain")
    assert refused.value.code == "unknown_format"


def test_long_speech_is_read_at_its_start() -> None:
    assert codes(read_words("Vaslui " + "și " * 1000)) == ["text_shortened"]


def test_nine_of_ten_localities_are_found_by_name_and_commune() -> None:
    rows = load_localities().all()[::97]
    spoken = [f"satul {row.name} comuna {row.uat} judetul {row.county}" for row in rows]
    found = [read_words(words).candidates for words in spoken]
    right = sum(bool(c) and c[0].siruta == row.siruta for c, row in zip(found, rows, strict=True))
    assert right >= 0.9 * len(rows)


def test_an_answer_takes_less_than_20_ms() -> None:
    load_gazetteer()
    words = "sunt la bunica la Dumbravitta de Suss langa Resita, comuna Livezele judetul Timiss"
    times = []
    for _ in range(5):
        start = time.thread_time()
        read_words(words)
        times.append(time.thread_time() - start)
    assert min(times) < 0.02


@pytest.mark.parametrize(
    ("a", "b", "edits"),
    [("iasi", "iasi", 0), ("vasluy", "vaslui", 1), ("aelx", "alex", 1), ("", "abc", 3)],
)
def test_edits_are_counted(a: str, b: str, edits: int) -> None:
    assert edit_distance(a, b) == edits


WORDS = st.sampled_from(
    [
        "satul",
        "comuna",
        "judetul",
        "sector",
        "langa",
        "la",
        "in",
        "strada",
        "Iasi",
        "Otopeni",
        "Poiana",
        "3",
        ",",
        ";",
        "nr",
        "satu",
        "nou",
    ]
)


@given(words=st.lists(WORDS | st.text(max_size=10), max_size=20).map(" ".join))
@settings(max_examples=200, deadline=None)
def test_any_words_give_a_report(words: str) -> None:
    place = read_words(words)
    total = sum(candidate.probability for candidate in place.candidates)
    assert (place.report.shape is None) == (not place.candidates)
    assert total <= 1.0 + 1e-9


@given(raw=st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes_give_a_result_or_a_refusal(raw: bytes) -> None:
    try:
        outcome = read_report(raw, format="spoken").format
    except RefusedError as refused:
        outcome = refused.code
    assert outcome in {"spoken", "empty_message", "no_place_named"}
