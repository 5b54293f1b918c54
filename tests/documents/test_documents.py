"""The documents name only what exists, and the README names every setting."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.documents import reading, tree
from tests.documents.reading import DOCUMENTS, ROOT

_REASONS = {
    "element or header of a standard that a message may carry and that nobody reads": (
        "Access Info Cellular Visited Routing suicide serverTimeout serverError SRSInvalid vnd p2"
        " locationValidationUnavailable locationUnknown notLocatable"
    ),
    "made at run time from a prefix and a name in the message": (
        "civic_country civic_A1 location_uri_2 cell_2 cell_network_mcc retransmission_allowed"
    ),
    "of a program or library of others": "curl erfinv HttpOnly SameSite Lax",
    "of our tests": "CommandLine",
    "given as an example of what is not read": "_000 anonymous",
}
KNOWN_ELSEWHERE = frozenset(" ".join(_REASONS.values()).split())
"""Words in code that no source of ours contains."""

_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)+/?|[A-Za-z][\w.-]*\.(?:py|md|js|css|sql|sh)")
_NAME_PATTERNS = re.compile(r"_?[a-z0-9]+_|_[a-z0-9]+|[a-z]+_x|…_\w+")

every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def missing(names: Iterable[str], known: Iterable[str]) -> list[str]:
    return sorted(set(names) - set(known))


# ── files ─────────────────────────────────────────────────────────────────────
def is_path(code: str) -> bool:
    tops = {path.name for path in ROOT.iterdir()}
    is_shaped = _PATH.fullmatch(code) is not None
    return code in tops or (is_shaped and ("/" not in code or code.partition("/")[0] in tops))


def exists(code: str, document: Path) -> bool:
    if "/" not in code and code in tree.file_names():
        return True
    return (ROOT / code).exists() or (document.parent / code).exists()


@every_document
def test_every_path_exists(document: Path) -> None:
    paths = [code for code in reading.codes(document) if is_path(code)]
    assert [path for path in paths if not exists(path, document)] == []


@every_document
def test_every_link_leads_to_a_file(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


# ── commands ──────────────────────────────────────────────────────────────────
def asked_commands(call: str) -> list[tuple[str, list[str]]]:
    """Return the commands that a line asks for (`db up|down` are two) and its options."""
    options = [f"--{name}" for name in re.findall(r"(?<![\w-])--([a-z][a-z-]*)", call)]
    first, _, rest = call.partition(" ")
    nested = [name for name in tree.commands() if name.startswith(f"{first} ")]
    if not nested or not rest or rest.startswith("…"):
        return [(first, options)]
    return [(f"{first} {second}", options) for second in rest.split()[0].split("|")]


@every_document
def test_every_command_is_one_of_the_program_with_these_options(document: Path) -> None:
    for call in reading.program_calls(document):
        for name, options in asked_commands(call):
            assert name in tree.commands(), call
            assert missing(options, tree.commands()[name]) == [], call


@every_document
def test_every_target_is_one_of_make(document: Path) -> None:
    assert missing(reading.make_calls(document), tree.make_targets()) == []


@every_document
def test_an_option_that_stands_alone_belongs_to_some_command(document: Path) -> None:
    options = [code for code in reading.codes(document) if re.fullmatch(r"--[a-z-]+", code)]
    assert missing(options, set().union(*tree.commands().values())) == []


@every_document
def test_every_address_is_served(document: Path) -> None:
    assert missing(reading.addresses(document), {*tree.served(), "/v1"}) == []


def test_commands_are_found_in_text_and_in_blocks() -> None:
    assert len(reading.program_calls(ROOT / "README.md")) > 15
    assert asked_commands("db up|down") == [("db up", []), ("db down", [])]
    assert asked_commands("locate --json - < a.xml") == [("locate", ["--json"])]


# ── names ─────────────────────────────────────────────────────────────────────
@every_document
def test_every_dotted_name_is_defined_where_it_says(document: Path) -> None:
    for code in reading.codes(document):
        if not re.match(rf"({'|'.join(tree.SLICES)})\.\w", code):
            continue
        dotted = re.sub(r"\([^)]*\)", "", code)
        homes = [module for module in tree.definitions() if f"{dotted}.".startswith(f"{module}.")]
        home = max(homes, key=len)
        names = dotted.removeprefix(home).split(".")[1:]
        assert missing(names, tree.definitions()[home]) == [], code


@every_document
def test_every_function_that_is_called_is_defined(document: Path) -> None:
    called = [re.match(r"(?:[\w.]+\.)?(\w+)\(.*\)$", code) for code in reading.codes(document)]
    names = [found[1] for found in called if found and found[1] not in KNOWN_ELSEWHERE]
    assert missing(names, set().union(*tree.definitions().values())) == []


def other_words(document: Path) -> Iterator[str]:
    """Yield the words in code that are neither path, command, address nor variable."""
    for code in reading.codes(document):
        is_call = re.match(r"(dispatch119|make|python -m) ", code)
        if is_path(code) or is_call or code.startswith("--") or _NAME_PATTERNS.fullmatch(code):
            continue
        yield from re.findall(r"[A-Za-z_]\w*", code)


@every_document
def test_every_other_word_stands_in_the_sources(document: Path) -> None:
    variables = [name for full in tree.variables() for name in (full, full[len("DISPATCH119_") :])]
    known = {*tree.words(), *variables, *KNOWN_ELSEWHERE}
    assert missing(other_words(document), known) == []


@every_document
def test_every_pattern_of_a_name_fits_some_name(document: Path) -> None:
    known = tree.words() | tree.variables()
    for code in reading.codes(document):
        if not _NAME_PATTERNS.fullmatch(code):
            continue
        if code.endswith(("_", "_x")):
            assert any(word.startswith(code.removesuffix("x")) for word in known), code
        else:
            assert any(word.endswith(code.removeprefix("…").strip()) for word in known), code


def test_no_exception_is_kept_that_the_documents_do_not_need() -> None:
    needed = {word for document in DOCUMENTS for word in other_words(document)} - tree.words()
    assert missing(KNOWN_ELSEWHERE, needed) == []


def test_the_picture_of_the_architecture_names_classes() -> None:
    picture = "\n".join(reading.fences(ROOT / "docs/architecture.md"))
    names = re.findall(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b", picture)
    assert len(names) > 5
    assert missing(names, tree.classes()) == []


@pytest.mark.parametrize("word", reading.vocabulary())
def test_every_word_of_the_vocabulary_is_used(word: str) -> None:
    assert f" {re.sub('[_-]', ' ', word.lower())}" in tree.prose()


# ── settings ──────────────────────────────────────────────────────────────────
def test_the_readme_names_every_variable_and_no_other() -> None:
    table = reading.settings_table()
    assert missing(tree.variables(), table) == []
    assert missing(table, tree.variables()) == []


@every_document
def test_every_variable_of_a_document_is_read_somewhere(document: Path) -> None:
    named = re.findall(r"DISPATCH119_[A-Z0-9_]*[A-Z0-9]", document.read_text(encoding="utf-8"))
    assert missing(named, tree.variables()) == []


@pytest.mark.parametrize("name", tree.settings())
def test_the_readme_gives_the_default_of_a_setting(name: str) -> None:
    default, row = tree.settings()[name], reading.settings_table()[name]
    if isinstance(default, bool):
        assert f"`{str(default).lower()}`" in row
    elif isinstance(default, int | float):
        assert f"`{default:.12g}`" in row
    elif isinstance(default, str) and default:
        assert f"`{default}`" in row


@pytest.mark.parametrize("name", tree.choices())
def test_the_readme_names_what_a_setting_may_be(name: str) -> None:
    assert all(f"`{value}`" in reading.settings_table()[name] for value in tree.choices()[name])
