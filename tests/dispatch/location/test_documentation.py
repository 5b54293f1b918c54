"""The examples of docs/location-formats.md are read as they stand there."""

import re

import pytest

from dispatch.location.reader import PARSERS, read_report
from tests.conftest_d.folders import ROOT

PAGES = sorted((ROOT / "docs").glob("location-formats*.md"))
PAGE = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
EXAMPLES = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
LINES = "".join(re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)).splitlines()


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_documented_example_is_read(example: str) -> None:
    report = read_report(example.encode())
    assert report.shape is not None or report.caller is not None


@pytest.mark.parametrize("line", LINES)
def test_every_documented_line_is_recognised(line: str) -> None:
    report = read_report(line.encode())
    assert report.shape is not None or "cell" in report.extras


# "`mlp`: an Ellipse.", then the message.
BY_FORMAT = re.findall(
    r"^`([a-z-]+)`: (?:an? (\w+)|no place)[^\n]*\n\n```\w+\n(.*?)```",
    PAGE,
    re.DOTALL | re.MULTILINE,
)


@pytest.mark.parametrize(("name", "shape", "message"), BY_FORMAT, ids=lambda text: text[:10])
def test_the_example_of_each_format_is_read_as_the_page_says(
    name: str, shape: str, message: str
) -> None:
    report = read_report(message.encode())
    assert report.format == name
    assert type(report.shape).__name__ == (shape or "NoneType")


def test_every_format_has_an_example() -> None:
    assert {name for name, _, _ in BY_FORMAT} == {parser.name for parser in PARSERS}


def test_every_format_is_documented() -> None:
    assert all(f"| `{parser.name}` |" in PAGE for parser in PARSERS)


def test_every_code_is_documented() -> None:
    folders = [ROOT / "dispatch" / "location", ROOT / "dispatch" / "jurisdiction"]
    files = [file for folder in folders for file in folder.rglob("*.py")]
    source = "\n".join(file.read_text(encoding="utf-8") for file in files)
    raised = re.findall(r'(?:Error\(|notes\.add\()\s*"([a-z0-9_]+)"', source)
    raised += re.findall(r'code="([a-z0-9_]+)"', source)
    assert len(set(raised)) > 40
    assert not [code for code in sorted(set(raised)) if f"`{code}`" not in PAGE]
