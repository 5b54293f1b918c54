"""What each report did to a belief, in both languages."""

import pytest

from dispatch.belief import words
from dispatch.belief.model import SourceRank, StepAction
from geodata.territories.counties import load_counties

COUNTIES = load_counties()


@pytest.mark.parametrize("action", StepAction)
@pytest.mark.parametrize("rank", SourceRank)
def test_every_step_has_words_in_each_language(action: StepAction, rank: SourceRank) -> None:
    told = words.step(action, rank, "CJ", COUNTIES)
    assert told["ro"].endswith("; răspunde județul Cluj.")
    assert "(source: " in told["en"]


def test_a_step_names_its_source_and_the_owner() -> None:
    assert words.step(StepAction.FIRST, SourceRank.DEVICE, None, COUNTIES) == {
        "ro": "Prima zonă cunoscută (sursa: telefonul însuși); niciun județ nu răspunde.",
        "en": "First known area (source: the phone itself); no county owns the call.",
    }


def test_a_conflict_of_counties_says_what_is_kept() -> None:
    ranks = (SourceRank.NETWORK, SourceRank.CALLER)
    assert words.conflict(("CJ", None), ranks, COUNTIES, apart_m=5000.0) == {
        "ro": "Două zone fără nicio parte comună: județul Cluj (rețeaua) și în afara țării "
        "(ce spune apelantul). Se păstrează prima; întrebați.",
        "en": "Two areas without common ground: Cluj county (the network) and abroad "
        "(what the caller says). The first one is kept; ask.",
    }


def test_a_conflict_within_a_county_says_how_far_apart() -> None:
    ranks = (SourceRank.DEVICE, SourceRank.NETWORK)
    told = words.conflict(("B3", "B3"), ranks, COUNTIES, apart_m=1234.0)
    assert told["ro"].startswith("Două zone la 1,2 km una de alta, fără nicio parte comună, ambele")
    assert told["en"].startswith("Two areas 1.2 km apart without common ground, both in Sector 3")


def test_a_guessed_name_is_asked_for_by_name_first() -> None:
    assert words.guess_question("Lețcani") == {
        "ro": "„Ești în Lețcani?” Dacă nu: „În ce localitate ești acum?”",
        "en": '"Are you in Lețcani?" If not: "Which town or village are you in now?"',
    }


def test_an_unnamed_guess_leaves_the_open_question() -> None:
    assert words.guess_question(None)["ro"] == "„În ce localitate ești acum?”"
