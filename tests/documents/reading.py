"""What the documents set in code, line by line of the text and of the blocks."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
# A decision keeps the words of its day: docs/decisions/README.md says so.
DOCUMENTS = tuple(
    path
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md")))
    if path.parent.name != "decisions"
)
_FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_CALL = re.compile(r"(?:\.venv/bin/)?dispatch119 (?P<program>.+)|make (?P<target>[a-z-]+)")


def codes(document: Path) -> list[str]:
    """List everything set in code within the text, each once."""
    text = _FENCE.sub("", document.read_text(encoding="utf-8"))
    found = re.findall(r"(?<!`)`([^`]+)`(?!`)", text)
    return list(dict.fromkeys(" ".join(code.replace("\\|", "|").split()) for code in found))


def fences(document: Path) -> list[str]:
    """List the blocks of code, without their marks, continued lines joined."""
    found = _FENCE.findall(document.read_text(encoding="utf-8"))
    return [block.partition("\n")[2].rpartition("\n")[0].replace("\\\n", " ") for block in found]


def _lines(document: Path) -> list[str]:
    blocks = [line for block in fences(document) for line in block.splitlines()]
    return [line.partition("#")[0].strip() for line in [*blocks, *codes(document)]]


def program_calls(document: Path) -> list[str]:
    """List what follows `dispatch119` on the lines that call it."""
    calls = (_CALL.fullmatch(line) for line in _lines(document))
    return [call["program"] for call in calls if call and call["program"]]


def make_calls(document: Path) -> list[str]:
    """List the targets that `make` is asked for."""
    calls = (_CALL.match(line) for line in _lines(document))
    return [call["target"] for call in calls if call and call["target"]]


def addresses(document: Path) -> list[str]:
    """List the paths of our server, `{}` for what stands for an id."""
    text = "\n".join([*fences(document), *codes(document)])
    found = re.findall(r"(?<![\w.:])/(?:v1|health|metrics|lost)\b[\w/$-]*", text)
    return [re.sub(r"\$\w+", "{}", path).rstrip("/") for path in found]


def vocabulary() -> list[str]:
    """List the words that docs/vocabulary.md explains."""
    rows = (ROOT / "docs/vocabulary.md").read_text(encoding="utf-8").splitlines()
    firsts = [row.split("|")[1] for row in rows if row.startswith("| **")]
    return [word.strip("`") for first in firsts for word in re.findall(r"\*\*(.+?)\*\*", first)]


def settings_table() -> dict[str, str]:
    """Return the rows of the README's tables of variables, by variable."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("\n## Settings\n")[2].partition("\n## ")[0]
    rows = [row for row in section.splitlines() if row.startswith("| `")]
    return {name: row for row in rows for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", row)}
