"""Why a county owns a call, and what to ask, in both languages."""

import pytest

from dispatch.jurisdiction import words
from dispatch.model import CountyAssignment, CountyShare
from geodata.territories.counties import load_counties

COUNTIES = load_counties()


def assignment(*shares: tuple[str, float], decided_by: str = "population") -> CountyAssignment:
    rows = tuple(
        CountyShare(code, COUNTIES.get(code).name, share, share, share) for code, share in shares
    )
    codes = [code for code, _ in shares] + [None, None]
    return CountyAssignment(rows, codes[0], codes[1], 0.1, True, 0.0, decided_by, {})


def test_the_likelier_county_is_told_with_its_share_and_the_next() -> None:
    assert words.reason(assignment(("CJ", 0.7), ("B3", 0.3)), COUNTIES) == {
        "ro": "Răspunde județul Cluj, cu probabilitatea 70 % după populația din zonă; îi aparține "
        "70 % din zona indicată de rețea. Urmează Sectorul 3, cu 30 %. "
        "Nu este sigur: întrebați.",
        "en": "Cluj county owns the call, with a probability of 70 % by the people living in the "
        "area; it covers 70 % of the area given by the network. Next is Sector 3, with 30 %. "
        "This is not certain: ask.",
    }


def test_a_place_abroad_has_no_county() -> None:
    told = words.reason(assignment(), COUNTIES)
    assert told["ro"] == (
        "Locul indicat de rețea este în afara României; niciun județ nu răspunde."
    )
    assert told["en"].endswith("no county owns the call.")


@pytest.mark.parametrize(
    ("shares", "ro", "en"),
    [
        ((), "Locul indicat de cuvintele apelantului", "The place given by the caller's words"),
        ((("VS", 1.0),), "toată zona indicată de cuvintele apelantului", "given by the caller's"),
        ((("VS", 0.8),), "din zona indicată de cuvintele apelantului", "given by the caller's"),
        ((("AG", 0.7), ("SV", 0.3)), "din zona indicată de cuvintele apelantului", "the caller's"),
    ],
)
def test_words_are_not_taken_for_the_network(
    shares: tuple[tuple[str, float], ...], ro: str, en: str
) -> None:
    told = words.reason(assignment(*shares), COUNTIES, is_said=True)
    assert ro in told["ro"]
    assert en in told["en"]
    assert "network" not in told["en"]


def test_the_six_sectors_of_a_landline_are_bucharest() -> None:
    codes = [(f"B{number}", 1 / 7) for number in range(1, 7)] + [("IF", 1 / 7)]
    told = words.reason_without_place(
        assignment(*codes, decided_by="landline_prefix"), COUNTIES, None
    )
    assert "indică București și județul Ilfov, dar" in told["ro"]
    assert "points to Bucharest and Ilfov county, but" in told["en"]


def test_a_result_of_the_network_is_quoted() -> None:
    told = words.reason_without_place(assignment(decided_by="nothing"), COUNTIES, "5")
    assert told["ro"] == (
        "Rețeaua nu a dat nicio localizare. Cod de rezultat 5: ABSENT SUBSCRIBER. "
        "Județul nu se cunoaște."
    )


def test_the_question_names_what_each_answer_means() -> None:
    asked = words.question(
        assignment(("CJ", 0.5), ("SJ", 0.5)),
        COUNTIES,
        {"CJ": ["Florești", "Gilău"]},
        ask_first="Gilău",
    )
    assert asked == {
        "ro": "„Ești în Gilău?” Dacă nu: „În ce localitate ești acum?” "
        "Florești, Gilău → județul Cluj; județul Sălaj.",
        "en": '"Are you in Gilău?" If not: "Which town or village are you in?" '
        "Florești, Gilău → Cluj county; Sălaj county.",
    }
