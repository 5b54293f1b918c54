"""The scripts say the same words as the server: plurals, numbers, names of speed profiles."""

import json
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dispatch.words.catalogue import Language, load_catalogue
from geodata.roads.profiles import BUCHAREST_HOURS
from geodata.travel.travel_times import load_travel_times
from maps.pages.assets import STATIC_DIR

READER = Path(__file__).with_name("say_words.mjs")
COUNTS = [0, 1, 2, 3, 19, 20, 21, 100, 101, 119, 120, 1000, 1234567]


def scripts_say(
    language: str,
    words_asked: Sequence[tuple[str, dict[str, Any]]] = (),
    profiles: Sequence[str] = (),
) -> dict[str, list[str]]:
    request = {
        "language": language,
        "words": load_catalogue(language).for_scripts(),
        "words_asked": list(words_asked),
        "profiles": list(profiles),
    }
    done = subprocess.run(
        ["node", "--experimental-vm-modules", "--no-warnings", str(READER), str(STATIC_DIR)],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    answer: dict[str, list[str]] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("language", list(Language))
def test_scripts_and_server_choose_the_same_form_and_write_numbers_alike(language: str) -> None:
    words = load_catalogue(language)
    asked = [
        (key, dict.fromkeys(("length", "low", "name", "when"), "x") | {"n": count})
        for key in words.for_scripts()
        if isinstance(words.entries[key], tuple)
        for count in COUNTS
    ]
    assert len(asked) > 5 * len(COUNTS)
    assert scripts_say(language, asked)["words"] == [
        words.word(key, **values) for key, values in asked
    ]


def test_a_missing_word_shows_its_key() -> None:
    assert scripts_say("ro", [("no.such_word", {})])["words"] == ["no.such_word"]


def profile_names() -> list[str]:
    bands = [f"{BUCHAREST_HOURS.name} {band.name}" for band in BUCHAREST_HOURS.bands]
    country = "; outside big cities 78% of the limit, unchecked"
    refitted = "Bucharest hours, refitted 06-09 of Mon-Fri, 1 rides"
    return [*bands, *(name + country for name in bands), refitted, "free flow 00-23, 0 rides"]


def test_the_name_of_a_profile_is_romanian_on_a_romanian_page() -> None:
    texts = scripts_say("ro", profiles=profile_names())["profiles"]
    assert texts[1] == "orele din București 06-09, 19 curse"
    assert texts[2] == "orele din București 10-13, 50 de curse"
    assert texts[-2] == "orele din București, recalculate 06-09 luni-vineri, o cursă"
    english = ("hours", "rides", "unchecked", "outside", "free flow", "Mon")
    assert [text for text in texts for word in english if word in text] == []


def test_the_names_are_those_that_the_core_gives() -> None:
    travel = load_travel_times()
    named = {
        travel.in_force.profile.name_at(at).split(";")[0]
        for at in (datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in range(24))
    }
    assert named <= set(profile_names())


def test_what_is_no_profile_of_ours_stays_as_it_is() -> None:
    assert scripts_say("ro", profiles=["county measurement 2027"])["profiles"] == [
        "county measurement 2027"
    ]
