"""Places that a caller denies, left, goes to; persons, things and countries; names of several."""

import pytest

from benchmarks.spoken_judging import (
    ASKED,
    ASTRAY,
    CLAUSES,
    NOTHING,
    RIGHT,
    SAID,
    START,
    WRONG,
    judge,
    rows,
)
from dispatch.belief.hearing import Hearing, Message
from dispatch.ground import load_ground
from dispatch.location.spoken.reader import read_words

NETWORK = b'{"shape": {"type": "Circle", "center": [27.6, 47.17], "radius_m": 30000}}'


@pytest.fixture(scope="module")
def hearing() -> Hearing:
    return Hearing(load_ground())


@pytest.mark.parametrize("name", list(CLAUSES))
def test_no_county_is_settled_that_was_not_meant(hearing: Hearing, name: str) -> None:
    said = rows(SAID / name)
    verdicts = {words: judge(hearing, words, meant)[0] for words, meant in said}
    assert [words for words, verdict in verdicts.items() if verdict == WRONG] == []
    named = [verdicts[words] for words, meant in said if meant.split()[0] not in {"-", "abroad"}]
    assert sum(verdict in {RIGHT, ASKED} for verdict in named) >= 0.9 * len(named)
    assert sum(verdict in {ASTRAY, NOTHING} for verdict in verdicts.values()) <= 0.06 * len(said)


def test_what_is_denied_is_shown(hearing: Hearing) -> None:
    said = [(words, meant) for words, meant in rows(SAID / "clauses.txt") if "!" in meant]
    assert [words for words, meant in said if judge(hearing, words, meant)[1]] == []
    assert len(said) >= 15


@pytest.mark.parametrize("words", ["stau în Bârlad", "sunt la Câmpulung", "sunt la Madrid cu mama"])
def test_the_reason_says_whose_words_they_are(hearing: Hearing, words: str) -> None:
    number = Message(words.encode(), START, format="spoken")
    for caller in (None, "+40235111222"):
        told = hearing.believe([number], caller=caller).assignment.reason
        assert "network" not in told["en"] or "gave no location" in told["en"]
        if "Madrid" not in words:
            assert "the caller's words" in told["en"]
            assert "cuvintele apelantului" in told["ro"]


@pytest.mark.parametrize(
    ("words", "code", "key", "place"),
    [
        ("nu sunt la Iași", "place_denied", "denied", "Iași"),
        ("nu mai stau în Brașov, m-am mutat la Sibiu", "place_denied", "denied", "Brașov"),
        ("am plecat din Cluj-Napoca", "place_left", "left", "Cluj-Napoca"),
        ("mă duc la Sibiu", "place_bound", "bound", "Sibiu"),
        ("mama e la Iași", "place_of_another", "of_another", "Iași"),
        ("sunt în Italia la Roma cu mama", "abroad", "abroad", "Italia"),
    ],
)
def test_what_does_not_count_is_said(words: str, code: str, key: str, place: str) -> None:
    report = read_words(words).report
    assert code in {warning.code for warning in report.warnings}
    assert place in report.extras[key]


@pytest.mark.parametrize("words", ["sunt la Câmpulung", "județul Cluj, Vaslui", "sunt în Banat"])
def test_a_name_of_several_counties_asks_which(hearing: Hearing, words: str) -> None:
    found = hearing.believe([Message(words.encode(), START, format="spoken")]).assignment
    assert found.ambiguous
    assert found.runner_up is not None
    assert "?" in found.question["ro"]


@pytest.mark.parametrize("words", ["nu sunt la Vaslui", "vin de la Vaslui", "mama e la Vaslui"])
def test_what_does_not_count_leaves_the_area_of_the_network(hearing: Hearing, words: str) -> None:
    alone = hearing.believe([Message(NETWORK, START)]).assignment
    said = Message(words.encode(), START.replace(minute=1), format="spoken")
    both = hearing.believe([Message(NETWORK, START), said]).assignment
    assert (both.owner, both.ambiguous) == (alone.owner, alone.ambiguous)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("sectorul al treilea", "3"), ("sectoru doi", "2"), ("SECTORUL IV", "4"), ("sector6", "6"),
        ("sect nr 5", "5"), ("al treilea sector", "3"), ("sec 1", "1"), ("sectorul șase", "6"),
    ],
)  # fmt: skip
def test_a_sector_is_heard_in_words_figures_and_roman_numerals(words: str, number: str) -> None:
    assert read_words(words).candidates[0].counties == (f"B{number}",)


@pytest.mark.parametrize("words", ["sunt la Roma", "proful, Brad, mă lovește", "bunica e din Brad"])
def test_a_name_that_may_be_no_place_of_ours_settles_nothing(hearing: Hearing, words: str) -> None:
    found = hearing.believe([Message(words.encode(), START, format="spoken")]).assignment
    assert found.owner is None or found.ambiguous


@pytest.mark.parametrize("words", ["eu nu-s din Cluj-Napoca", "noi nu suntem din Cluj-Napoca"])
def test_an_origin_that_is_denied_is_denied(words: str) -> None:
    report = read_words(words).report
    assert report.shape is None
    assert "Cluj-Napoca" in report.extras["denied"]


@pytest.mark.parametrize("when", ["acum un an", "acum o luna", "acum cateva zile"])
def test_what_was_some_time_ago_is_not_now(when: str) -> None:
    place = read_words(f"ne-am mutat {when} din Botoșani la Suceava")
    assert [candidate.label for candidate in place.candidates] == ["Suceava (SV)"]
