"""What the tree has: words, classes, variables, commands, addresses, files."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import get_args

import click
import typer

from api.app import create_app
from api.cli import app
from api.settings import Settings
from tests.documents.reading import ROOT

SLICES = ("api", "dispatch", "geodata", "maps", "teams")
_SOURCES = (*SLICES, "migrations", "benchmarks", "scripts")
_KINDS = {".py", ".sql", ".js", ".json", ".html", ".sh"}
_WORD = re.compile(r"[A-Za-z_]\w*")


def _files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in (ROOT / folder).rglob("*") if path.is_file())


@lru_cache(maxsize=1)
def _texts() -> dict[Path, str]:
    return {
        path: path.read_text(encoding="utf-8")
        for path in _files(*_SOURCES)
        if path.suffix in _KINDS
    }


@lru_cache(maxsize=1)
def _trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(text) for path, text in _texts().items() if path.suffix == ".py"}


@lru_cache(maxsize=1)
def words() -> frozenset[str]:
    """Return every word that the sources use outside comments and docstrings."""
    found: set[str] = set()
    for path, text in _texts().items():
        found.update(_code_words(_trees()[path]) if path in _trees() else _WORD.findall(text))
    return frozenset(found)


def _code_words(tree: ast.Module) -> Iterator[str]:
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in told:
            value = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
            yield from _WORD.findall(value) if isinstance(value, str) else ()
        names = (getattr(node, name, None) for name in ("id", "attr", "name", "arg"))
        yield from (name for name in names if isinstance(name, str))


@lru_cache(maxsize=1)
def prose() -> str:
    """Return all that the sources say in any way, lower case, words apart by single blanks."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", "\n".join(_texts().values()))
    return " ".join(re.split(r"[\s_\"'`-]+", split.lower()))


@lru_cache(maxsize=1)
def definitions() -> dict[str, frozenset[str]]:
    """Return what each module of the packages defines, by dotted name."""
    found = {}
    for path, tree in _trees().items():
        if path.relative_to(ROOT).parts[0] in SLICES:
            dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[dotted.removesuffix(".__init__")] = frozenset(_defined(tree))
    return found


def _defined(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def classes() -> frozenset[str]:
    """Return the names of all classes of the packages."""
    walked = (node for tree in _trees().values() for node in ast.walk(tree))
    return frozenset(node.name for node in walked if isinstance(node, ast.ClassDef))


# ── settings ──────────────────────────────────────────────────────────────────
@lru_cache(maxsize=1)
def settings() -> dict[str, object]:
    """Return the environment variables of `api.settings` with their defaults."""
    found: dict[str, object] = {}
    for part in Settings.model_fields.values():
        for name, field in part.annotation.model_fields.items():  # type: ignore[union-attr]
            found[f"DISPATCH119_{name.upper()}"] = field.default
    return found


@lru_cache(maxsize=1)
def choices() -> dict[str, tuple[str, ...]]:
    """Return the values of the settings that have only some."""
    parts = [part.annotation.model_fields for part in Settings.model_fields.values()]  # type: ignore[union-attr]
    rows = [(name, get_args(field.annotation)) for part in parts for name, field in part.items()]
    return {
        f"DISPATCH119_{name.upper()}": values
        for name, values in rows
        if values and all(isinstance(value, str) for value in values)
    }


@lru_cache(maxsize=1)
def variables() -> frozenset[str]:
    """Return every environment variable that the program, the scripts or make read."""
    found = set(settings())
    for tree in _trees().values():
        found.update(_names_read(tree))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    found.update(re.findall(r"^([A-Z_]+) \?=", makefile, re.MULTILINE))
    scripts = [text for path, text in _texts().items() if path.suffix == ".sh"]
    found.update(re.findall(r"\$\{([A-Z_]+):[-?=]", "\n".join(scripts)))
    return frozenset(found)


def _names_read(tree: ast.Module) -> Iterator[str]:
    """Name what is asked of `os.environ` and `os.getenv`, by constant or by its name."""
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        key: ast.expr | None = None
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"os.environ.get", "os.getenv"}:
            key = node.args[0]
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            key = node.slice
        if key is not None:
            yield constants[key.id] if isinstance(key, ast.Name) else ast.literal_eval(key)


# ── commands and addresses ────────────────────────────────────────────────────
@lru_cache(maxsize=1)
def commands() -> dict[str, frozenset[str]]:
    """Return every command of the program with its options; groups have none."""
    found: dict[str, frozenset[str]] = {}

    def walk(command: click.Command, name: str) -> None:
        options = [text for one in command.params for text in one.opts if text.startswith("-")]
        found[name] = frozenset({*options, "--help"})
        for child, below in getattr(command, "commands", {}).items():
            walk(below, f"{name} {child}".strip())

    walk(typer.main.get_command(app), "")
    return found


def make_targets() -> frozenset[str]:
    """Return what `make` can be asked for."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return frozenset(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


@lru_cache(maxsize=1)
def served() -> frozenset[str]:
    """Return the paths that the server answers, `{}` for each parameter."""
    return frozenset(re.sub(r"\{[^}]*\}", "{}", path) for path in create_app().openapi()["paths"])


@lru_cache(maxsize=1)
def file_names() -> frozenset[str]:
    """Return the names of all files of the tree."""
    below = _files(*_SOURCES, "docs", "tests", "notebooks")
    return frozenset(path.name for path in (*below, *ROOT.iterdir()))
