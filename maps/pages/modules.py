"""
Our scripts as modules: what each of them needs, and the import map that finds it.

Modules name each other by folder and file ("shared/dom.js"), never by address. The
import map of a page says where that is: below `/static/` on a served page, inside the
file itself on a saved one.
"""

import base64
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from maps.pages.assets import STATIC_DIR

STATIC_URL: Final = "/static"

# The one way in which our modules import; anything else is refused, not guessed at.
_IMPORT: Final = re.compile(
    r'import\s*\{[\w\s,$]*\}\s*from\s*"(?P<name>[a-z0-9_]+/[a-z0-9_]+\.js)"'
)
_COMMENT_OR_SPACE: Final = re.compile(r"\s+|//[^\n]*|/\*.*?\*/", re.DOTALL)
# Below its head a module may load nothing more: neither `import()` nor `export … from`.
_LOADS_LATER: Final = re.compile(r"\bimport\b|\bexport\s*[{*]")


class UnreadableModuleError(ValueError):
    """A module imports in a way that we do not read, so its needs are not known."""


@lru_cache(maxsize=1)
def served_imports() -> Mapping[str, str]:
    """Return the import map of a served page: one entry for each folder of modules."""
    folders = sorted({path.parent.name for path in STATIC_DIR.glob("*/*.js")})
    return {f"{name}/": f"{STATIC_URL}/{name}/" for name in folders}


def saved_imports(entry: str) -> Mapping[str, str]:
    """
    Return the import map of a page without a server: each module as a `data:` address.

    Parameters
    ----------
    entry
        The module that the page starts with, such as `map/page.js`.

    Raises
    ------
    UnreadableModuleError
        One of the modules imports in a way that is not read here.
    FileNotFoundError
        A module names one that does not exist.
    """
    return {name: _data_url(_source(name, STATIC_DIR)) for name in modules_of(entry)}


def modules_of(entry: str, folder: Path = STATIC_DIR) -> dict[str, list[str]]:
    """Return a module and all that it needs, directly or not, each with what it names itself."""
    found: dict[str, list[str]] = {}
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = imports_of(_source(name, folder), name)
            waiting.extend(found[name])
    return found


def imports_of(source: str, name: str = "a module") -> list[str]:
    """
    Return the modules that a source names at its head, in their order.

    Telling code from text takes a parser. This needs none, because it only accepts
    modules that import at their head, by name, and nowhere below; the word `import`
    further down is refused even in a comment.

    Raises
    ------
    UnreadableModuleError
        There is an import of another kind, or one below the head.
    """
    found = []
    at = _skip(source, 0)
    while source.startswith("import", at):
        statement = _IMPORT.match(source, at)
        if statement is None or not source.startswith(";", statement.end()):
            line = source[at:].split("\n", 1)[0]
            raise UnreadableModuleError(f"{name} imports in a way that is not read here: {line}")
        found.append(statement["name"])
        at = _skip(source, statement.end() + 1)
    if later := _LOADS_LATER.search(source, at):
        line_number = source.count("\n", 0, later.start()) + 1
        raise UnreadableModuleError(f"{name} loads something below its head, line {line_number}")
    return found


def _source(name: str, folder: Path) -> str:
    return (folder / name).read_text(encoding="utf-8")


def _data_url(source: str) -> str:
    content = base64.b64encode(source.encode()).decode("ascii")
    return f"data:text/javascript;base64,{content}"


def _skip(source: str, at: int) -> int:
    """Return where the next word begins, past blanks and comments."""
    while gap := _COMMENT_OR_SPACE.match(source, at):
        at = gap.end()
    return at
