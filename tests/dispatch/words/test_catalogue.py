"""One catalogue says everything in both languages, each with its own plurals and numbers."""

import re
from collections import Counter
from datetime import UTC, datetime
from importlib import resources
from string import Formatter

import pytest

from dispatch.words.catalogue import (
    PLURAL_FORMS,
    Catalogue,
    Language,
    UnknownWordError,
    both,
    choose_language,
    in_each,
    is_dotted,
    load_catalogue,
    negotiate,
)
from geodata.said import said

RO, EN = load_catalogue("ro"), load_catalogue("en")
CATALOGUES = [RO, EN]

# Whole words that no Romanian text has. "are", "in" and "a" are Romanian as well.
ENGLISH = re.compile(
    r"\b(the|and|of|is|to|for|with|not|this|that|by|from|was|has|at)\b", re.IGNORECASE
)
ROMANIAN_LETTERS = re.compile("[ăâîșțĂÂÎȘȚşţ]")
# The button that leads to the other language is written in that language.
OTHER_LANGUAGE = {"map.language", "map.language.label"}


def texts(words: Catalogue, key: str) -> tuple[str, ...]:
    entry = words.entries[key]
    return (entry,) if isinstance(entry, str) else entry


def places(words: Catalogue, key: str) -> set[str]:
    parsed = (Formatter().parse(text) for text in texts(words, key))
    return {name for pieces in parsed for _, name, _, _ in pieces if name is not None}


def dotted_keys() -> list[str]:
    return sorted(key for key in RO.entries if is_dotted(key))


# ── the two files ─────────────────────────────────────────────────────────────
def test_both_languages_have_the_same_words() -> None:
    assert {key for key in RO.entries if is_dotted(key)} == {
        key for key in EN.entries if is_dotted(key)
    }


def test_no_word_is_empty() -> None:
    assert [(w.language, k) for w in CATALOGUES for k in dotted_keys() if "" in texts(w, k)] == []


@pytest.mark.parametrize("words", CATALOGUES, ids=list(Language))
def test_a_plural_has_all_forms_of_its_language(words: Catalogue) -> None:
    forms = {len(entry) for entry in words.entries.values() if not isinstance(entry, str)}
    assert forms == {len(PLURAL_FORMS[words.language])}


def test_a_word_is_a_plural_in_both_languages_or_in_none() -> None:
    plurals = [
        {key for key in dotted_keys() if not isinstance(words.entries[key], str)}
        for words in CATALOGUES
    ]
    assert plurals[0] == plurals[1]


def test_both_languages_fill_the_same_places() -> None:
    odd = [key for key in dotted_keys() if places(RO, key) != places(EN, key)]
    assert odd == []


def test_no_key_stands_twice_in_a_file() -> None:
    for language in Language:
        file = resources.files("dispatch.words") / f"{language.value}.po"
        keys = re.findall(r'(?m)^msgid "(.+)"$', file.read_text(encoding="utf-8"))
        assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_romanian_words_hold_no_english() -> None:
    mixed = [
        (key, text)
        for key in dotted_keys()
        if key not in OTHER_LANGUAGE
        for text in texts(RO, key)
        if ENGLISH.search(re.sub(r"\{[^}]*\}", "", text).lower())
    ]
    assert mixed == []


def test_english_words_have_no_diacritics() -> None:
    odd = [key for key in dotted_keys() if ROMANIAN_LETTERS.search(" ".join(texts(EN, key)))]
    assert set(odd) <= OTHER_LANGUAGE


def test_romanian_is_written_with_commas_below_not_cedillas() -> None:
    assert not set("şţŞŢ") & set("".join(text for key in RO.entries for text in texts(RO, key)))


# ── plurals and numbers ───────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("count", "romanian", "english"),
    [
        (0, "0 apeluri", "0 calls"),
        (1, "un apel", "1 call"),
        (2, "2 apeluri", "2 calls"),
        (19, "19 apeluri", "19 calls"),
        (20, "20 de apeluri", "20 calls"),
        (21, "21 de apeluri", "21 calls"),
        (100, "100 de apeluri", "100 calls"),
        (101, "101 apeluri", "101 calls"),
        (119, "119 apeluri", "119 calls"),
        (120, "120 de apeluri", "120 calls"),
        (1120, "1.120 de apeluri", "1,120 calls"),
    ],
)
def test_counts_take_their_form(count: int, romanian: str, english: str) -> None:
    assert both("console.calls", n=count) == {"ro": romanian, "en": english}


def test_no_romanian_sentence_counts_a_noun_without_its_plural_forms() -> None:
    # "{n} curse" is wrong for 1 and for 20; said as "curse: {n}" it holds for every number.
    counted = re.compile(
        r"\{(n|count|longest|least|most\w*|limit|max_\w+|\w+_count)(:[^}]*)?\} "
        r"(de )?(?!min\b|din\b)[a-zăâîșț]{3,}"
    )
    odd = [
        key for key, entry in RO.entries.items() if isinstance(entry, str) and counted.search(entry)
    ]
    # Of a range, the number of the upper end is a bound of ours, between 2 and 19.
    assert odd == ["1 to {most_rings} numbers, above 0 and up to {longest_min:.0f}: 10,20,30"]


def test_a_plural_needs_its_count() -> None:
    with pytest.raises(KeyError, match="n"):
        RO.word("console.calls")


def test_an_unknown_word_is_refused_by_name() -> None:
    with pytest.raises(UnknownWordError, match=r"no\.such\.word"):
        RO.word("no.such.word")


def test_a_missing_value_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="county"):
        RO.word("jurisdiction.reason.border")


@pytest.mark.parametrize(
    ("value", "romanian", "english"),
    [(7, "7", "7"), (999, "999", "999"), (1000, "1.000", "1,000"), (-1500, "-1.500", "-1,500"),
     (1.5, "1,5", "1.5"), (1234.5, "1.234,5", "1,234.5"), (2.0, "2", "2"), (True, "True", "True")],
)  # fmt: skip
def test_values_are_written_as_the_language_does(value: float, romanian: str, english: str) -> None:
    found = both("field.less_than_equal", le=value)
    assert found["ro"] == f"trebuie să fie cel mult {romanian}"
    assert found["en"].endswith(f" {english}")


def test_numbers_round_to_their_digits() -> None:
    assert RO.number(1234.56, 1) == "1.234,6"
    assert RO.number(1234.56) == "1.235"


def test_fixed_numbers_keep_their_zeros_and_are_not_grouped() -> None:
    assert [words.fixed(1234.0, 1) for words in CATALOGUES] == ["1234,0", "1234.0"]


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.005, "< 1 %"), (0.0051, "1 %"), (0.126, "13 %"), (0.994, "99 %"),
     (0.9994, "99 %"), (0.9995, "100 %"), (1.0, "100 %")],
)  # fmt: skip
def test_shares_are_never_all_or_nothing_for_what_is_neither(share: float, text: str) -> None:
    assert RO.share(share) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.4, "59 s"), (59.6, "1 min"), (420, "7 min"), (3570, "1 h 00 min"),
     (3900, "1 h 05 min"), (90_000, "25 h 00 min")],
)  # fmt: skip
def test_durations_read_as_people_say_them(seconds: float, text: str) -> None:
    assert [words.duration(seconds) for words in CATALOGUES] == [text, text]


def test_moments_are_those_of_clocks_in_romania() -> None:
    winter, summer = datetime(2026, 2, 13, 22, 5, tzinfo=UTC), datetime(2026, 7, 1, 20, tzinfo=UTC)
    assert (RO.date(winter), RO.time(winter)) == ("14.02.2026", "00:05")
    assert (EN.date(summer), EN.time(summer)) == ("1 Jul 2026", "23:00")


# ── sentences of the code ─────────────────────────────────────────────────────
def test_a_sentence_without_romanian_stays_english() -> None:
    assert RO.say("nobody has translated this") == "nobody has translated this"


def test_the_numbers_of_a_sentence_follow_its_format() -> None:
    assert RO.say(said("at most {km:.1f} km", km=2.5)).count("2,5") == 1
    assert EN.say(said("at most {km:.1f} km", km=2.5)) == "at most 2.5 km"


def test_a_conversion_of_a_sentence_is_kept() -> None:
    assert EN.say(said("{kind!s:.4} cannot be", kind="Polygons")) == "Poly cannot be"


def test_a_sentence_within_a_word_is_said_too() -> None:
    reason = said("ring {n} is open", n=1500)
    assert EN.word("lost.error.location_refused", reason=reason).endswith(": ring 1,500 is open")


# ── languages ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, None),
        ("", None),
        ("*", None),
        ("fr, *;q=0.1", None),
        ("ro", Language.RO),
        ("ro-MD", Language.RO),
        ("RO-ro", Language.RO),
        ("en-GB;q=0.8, ro;q=0.9", Language.RO),
        ("en;q=0.5, ro;q=0.5", Language.EN),
        ("fr, ro;q=0.2", Language.RO),
        ("ro;q=0, en", Language.EN),
        ("ro;q=0", None),
        ("ro;q=many, en;q=0.1", Language.EN),
        ("ro;q=", None),
        ("ro;level=1", Language.RO),
    ],
)
def test_a_header_chooses_what_it_prefers(header: str | None, language: Language | None) -> None:
    assert negotiate(header) is language


def test_the_first_wish_that_is_a_language_is_granted_else_romanian() -> None:
    assert choose_language(None, "fr", "en", "ro") is Language.EN
    assert choose_language(None, "fr") is Language.RO


def test_an_unknown_language_gets_the_romanian_catalogue() -> None:
    assert load_catalogue("fr").language is Language.RO


def test_each_language_has_its_own_sentence() -> None:
    assert in_each(lambda words: words.language.value) == {"ro": "ro", "en": "en"}


# ── pages ─────────────────────────────────────────────────────────────────────
def test_pages_get_plurals_as_lists_in_the_order_of_the_forms() -> None:
    assert list(EN.for_scripts()["age.d"]) == ["{n} day", "{n} days"]
    assert list(RO.for_scripts()["age.d"]) == ["o zi", "{n} zile", "{n} de zile"]


@pytest.mark.parametrize("key", ["cap.event", "lost.error.loop", "handover.page.title"])
def test_pages_carry_no_words_of_documents_and_protocols(key: str) -> None:
    assert key in RO.entries
    assert key not in RO.for_scripts()
