"""Numbers and nouns as a Romanian or English dispatcher reads them."""

import pytest

from dispatch.recommendation.wording import Language, duration, people


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.4, "59 s"), (59.6, "1 min"), (420, "7 min"), (3570, "1 h 00 min"),
     (3900, "1 h 05 min")],
)  # fmt: skip
def test_durations_read_as_people_say_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(1, "un om"), (2, "2 oameni"), (19, "19 oameni"), (20, "20 de oameni"), (101, "101 oameni"),
     (100, "100 de oameni"), (0, "0 oameni")],
)  # fmt: skip
def test_romanian_counts_take_de_from_twenty_on(count: int, text: str) -> None:
    assert people(count, Language.RO) == text


def test_english_counts() -> None:
    assert [people(n, Language.EN) for n in (1, 2)] == ["1 person", "2 people"]
