"""Whatever the code refuses, it can say in Romanian, and the two files of words agree."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message

from dispatch.words.catalogue import PLURAL_FORMS, Language, is_dotted, load_catalogue
from scripts import words
from teams.availability import TeamAction, TeamStatus, next_status
from teams.errors import IllegalStatusError

RO, EN = words.entries("ro"), words.entries("en")
PAGES = (".py", ".js", ".html")


# When a test asks, and not already when tests are collected: each process does that.
@lru_cache(maxsize=1)
def trees() -> Mapping[Path, ast.Module]:
    return {
        path: ast.parse(path.read_text())
        for package in words.CODE
        for path in sorted((words.ROOT / package).rglob("*.py"))
    }


# ── (a) nobody refuses in bare English ────────────────────────────────────────
def test_every_refusal_is_said_in_a_sentence_that_can_be_translated() -> None:
    found = [
        f"{path.name}:{line}" for path, tree in trees().items() for line in bare_refusals(tree)
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        'RefusedError("code", "bare", said("hint"))',
        'BadShapeError("code", said("message"), "bare")',
        'NotFoundError("code", f"bare {x}")',
        'NotFoundError("code", message="bare")',
        'BackupError("code", text or "bare", said("hint"))',
        'errors.BackupError("code", "bare" if x else said("message"))',
        'hint = "bare"; RefusedError("code", said("message"), hint)',
        'hint: str = "bare"; RefusedError("code", said("message"), hint)',
    ],
)
def test_a_bare_text_is_found_wherever_a_refusal_gets_it(line: str) -> None:
    assert bare_refusals(ast.parse(line)) == [1]


@pytest.mark.parametrize(
    "line",
    [
        'RefusedError("code", said("message"), "")',
        'RefusedError("code", said("a {b}", b="value"), other.hint)',
        'RefusedError("code", said("one") if x else said("other"))',
        'ValueError("code", "bare")',
    ],
)
def test_a_said_text_and_an_empty_hint_are_no_bare_text(line: str) -> None:
    assert bare_refusals(ast.parse(line)) == []


def test_every_sentence_is_given_the_values_that_it_names_and_no_others() -> None:
    assert [
        f"{path}:{line}" for path, tree in trees().items() for line in unlike_values(tree)
    ] == []


@pytest.mark.parametrize(
    "line", ['said("a {b}", c=1)', 'said("a {b}")', 'said("a", b=1)', "said(pattern)"]
)
def test_a_sentence_with_other_values_or_a_built_pattern_is_found(line: str) -> None:
    assert unlike_values(ast.parse(line)) == [1]


# ── (b, c) the Romanian file has these sentences and no others ────────────────
def test_every_sentence_of_the_code_has_its_romanian_words() -> None:
    assert {key: at for key, at in words.sentences_of_code().items() if key not in RO} == {}
    assert [key for key in words.sentences_of_code() if not RO[key].string] == []


def test_a_romanian_sentence_has_the_same_places_as_the_english_one() -> None:
    assert [
        key for key in words.sentences_of_code() if places(str(RO[key].string)) != places(key)
    ] == []


def test_no_romanian_sentence_is_left_over() -> None:
    assert words.unused() == []


def test_a_value_that_is_a_code_or_a_list_is_said_in_romanian_too() -> None:
    with pytest.raises(IllegalStatusError) as refused:
        next_status(TeamStatus.ON_SCENE, TeamAction.ASSIGN)
    assert refused.value.message == "a team that is on_scene cannot assign"
    assert load_catalogue("en").say(refused.value.message) == refused.value.message
    romanian = load_catalogue("ro").say(refused.value.message)
    assert romanian == "starea „La fața locului” a echipei nu permite: repartizare"
    assert load_catalogue("ro").say(refused.value.hint) == (
        "acum se poate: plecare de la fața locului, eliberare"
    )


# ── (d) the two files agree ───────────────────────────────────────────────────
def test_both_languages_have_the_same_dotted_keys_in_the_same_order() -> None:
    assert [key for key in RO if is_dotted(key)] == list(EN)


@pytest.mark.parametrize(("language", "entries"), [("ro", RO), ("en", EN)])
def test_a_dotted_key_has_all_the_forms_of_its_language(
    language: str, entries: Mapping[str, Message]
) -> None:
    forms = {key: words.texts(entries[key]) for key in EN}
    assert [key for key in EN if not all(forms[key])] == []
    whole = {1, len(PLURAL_FORMS[Language(language)])}
    assert [key for key in EN if len(forms[key]) not in whole] == []


def test_a_dotted_key_counts_in_both_languages_or_in_none_and_has_the_same_places() -> None:
    both = {key: (words.texts(RO[key]), words.texts(EN[key])) for key in EN}
    assert [key for key, (ro, en) in both.items() if (len(ro) > 1) != (len(en) > 1)] == []
    # A form for one thing may leave out its number: "one incident".
    assert [key for key, (ro, en) in both.items() if places(ro[-1]) != places(en[-1])] == []


def test_every_dotted_key_is_used_as_far_as_can_be_told() -> None:
    assert [key for key in EN if not is_used(key)] == []


@pytest.mark.parametrize("language", ["ro", "en"])
def test_romanian_letters_have_a_comma_and_no_cedilla(language: str) -> None:
    assert not set("şţŞŢãÃ") & set((words.WORDS / f"{language}.po").read_text())


def test_make_words_adds_what_is_missing_once_and_keeps_the_rest(tmp_path: Path) -> None:
    for language in ("ro", "en"):
        text = (words.WORDS / f"{language}.po").read_text()
        (tmp_path / f"{language}.po").write_text(without("the area has no ground", text))
    kept = (tmp_path / "ro.po").read_text()
    assert words.main(tmp_path) == 1
    assert (tmp_path / "ro.po").read_text() == (
        kept + '\nmsgid "the area has no ground"\nmsgstr ""\n'
    )
    assert words.main(tmp_path) == 1
    assert (tmp_path / "ro.po").read_text().count("the area has no ground") == 1


# ── how it is found out ───────────────────────────────────────────────────────
def bare_refusals(tree: ast.Module) -> list[int]:
    """Return the lines where a refusal is made with a bare text or a name for one."""
    named = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and is_bare(node.value)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [
        call.lineno
        for call in calls
        if name_of(call.func) in refusals()
        for text in (*call.args[1:3], *(k.value for k in call.keywords if k.arg in TEXTS))
        if is_bare(text) or (isinstance(text, ast.Name) and text.id in named)
    ]


def unlike_values(tree: ast.Module) -> list[int]:
    """Return the lines of `said` calls whose values are not those of a written-out pattern."""
    return [
        call.lineno
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and name_of(call.func) == "said"
        if not isinstance(call.args[0], ast.Constant)
        or {place for place, _, _ in places(call.args[0].value)}
        != {value.arg for value in call.keywords}
    ]


TEXTS = {"message", "hint"}


def is_bare(text: ast.expr) -> bool:
    if isinstance(text, ast.Constant):
        return isinstance(text.value, str) and text.value != ""
    if isinstance(text, ast.IfExp):
        return is_bare(text.body) or is_bare(text.orelse)
    if isinstance(text, ast.BoolOp):
        return any(is_bare(value) for value in text.values)
    return isinstance(text, ast.JoinedStr | ast.BinOp)


@lru_cache(maxsize=1)
def refusals() -> frozenset[str]:
    """Return the names of `RefusedError` and of all that inherits from it, at any depth."""
    parents = dict(class_parents())
    found = {"RefusedError"}
    while more := {name for name in parents if parents[name] & found} - found:
        found |= more
    return frozenset(found)


def class_parents() -> Iterator[tuple[str, set[str]]]:
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                yield node.name, {name_of(base) for base in node.bases}


def name_of(node: ast.expr) -> str:
    return getattr(node, "id", getattr(node, "attr", ""))


def places(text: str) -> list[tuple[str, str | None, str | None]]:
    parsed = Formatter().parse(text)
    return sorted((name, cast, form) for _, name, form, cast in parsed if name is not None)


@lru_cache(maxsize=1)
def all_code() -> str:
    files = (path for package in words.CODE for path in (words.ROOT / package).rglob("*"))
    return "\n".join(path.read_text() for path in files if path.suffix in PAGES)


def is_used(key: str) -> bool:
    """Tell whether the code has the key, or a start of it that something is put behind."""
    starts = [".".join(key.split(".")[:parts]) for parts in range(1, key.count(".") + 1)]
    ends = ('."', '"', ".{", ".${")
    return key in all_code() or any(start + end in all_code() for start in starts for end in ends)


def without(sentence: str, text: str) -> str:
    entry = rf'\nmsgid "{re.escape(sentence)}"\nmsgstr "[^\n]*"\n'
    return re.sub(entry, "", text)
