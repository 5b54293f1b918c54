"""The scripts as modules: every import leads somewhere, none in a circle, none to nobody."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from maps.pages.assets import STATIC_DIR
from maps.pages.centres import CENTRES
from maps.pages.console import CONSOLE
from maps.pages.live import LIVE_MAP
from maps.pages.login import LOGIN
from maps.pages.modules import (
    UnreadableModuleError,
    imports_of,
    modules_of,
    saved_imports,
    served_imports,
)

ENTRIES = [
    CENTRES.entry,
    CONSOLE.entry,
    LIVE_MAP.entry,
    LOGIN.entry,
    "planning/page.js",
    "roles/page.js",
]
ALL = sorted(path.relative_to(STATIC_DIR).as_posix() for path in STATIC_DIR.rglob("*.js"))
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="NODE ABSENT: install nodejs")


def graph() -> dict[str, list[str]]:
    return {name: needed for entry in ENTRIES for name, needed in modules_of(entry).items()}


def circle(graph: dict[str, list[str]], name: str, way: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The first circle of imports on any way that begins at a module; empty without one."""
    if name in way:
        return (*way, name)
    return next((c for n in graph[name] if (c := circle(graph, n, (*way, name)))), ())


def node_reads(folder: Path, *entries: str) -> "subprocess.CompletedProcess[str]":
    script = str(Path(__file__).with_name("read_modules.mjs"))
    command = ["node", "--experimental-vm-modules", "--no-warnings", script, str(folder), *entries]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_module_is_needed_by_a_page() -> None:
    assert sorted(graph()) == ALL


@pytest.mark.parametrize("entry", ENTRIES)
def test_no_module_needs_itself_by_a_detour(entry: str) -> None:
    assert circle(graph(), entry) == ()


def test_a_circle_would_be_found() -> None:
    assert circle({"a": ["b"], "b": ["c"], "c": ["b"]}, "a") == ("a", "b", "c", "b")


@pytest.mark.parametrize("folder", ["shared", "map", "planning", "login", "console"])
def test_what_pages_share_knows_no_page(folder: str) -> None:
    allowed = {"shared": {"shared"}, "map": {"map", "shared"}, "login": {"login", "shared"}}
    pages = allowed.get(folder, {folder, "map", "shared"})
    needed = {n for name, names in graph().items() if name.startswith(folder) for n in names}
    assert {name.split("/")[0] for name in needed} <= pages


@needs_node
def test_we_read_imports_as_node_does_and_every_imported_name_is_exported() -> None:
    read = node_reads(STATIC_DIR, *ENTRIES)
    assert read.returncode == 0, read.stderr
    assert json.loads(read.stdout) == graph()


@needs_node
def test_node_refuses_a_name_that_nobody_exports(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { missing } from "b.js";')
    (tmp_path / "b.js").write_text("export const present = 1;")
    assert "missing" in node_reads(tmp_path, "a.js").stderr


def test_imports_are_read_past_comments_and_over_several_lines() -> None:
    source = (
        "// A word about it.\n\n"
        'import { h } from "shared/dom.js";\n'
        "/* and\n more */\n"
        'import {\n  a,\n  b as c,\n} from "map/view.js";\n'
        "export const important = h(a, c);\n"
    )
    assert imports_of(source) == ["shared/dom.js", "map/view.js"]


@pytest.mark.parametrize(
    "source",
    [
        'import { h } from "./dom.js";',
        'import { h } from "../shared/dom.js";',
        'import { h } from "/static/shared/dom.js";',
        'import { h } from "https://example.org/dom.js";',
        "import { h } from 'shared/dom.js';",
        'import h from "shared/dom.js";',
        'import * as dom from "shared/dom.js";',
        'import "shared/dom.js";',
        'import words from "i18n/ro.json" with { type: "json" };',
        'import { h } from "shared/dom.js"',
        'const dom = await import("shared/dom.js");',
        'const a = 1;\nimport { h } from "shared/dom.js";',
        'export { h } from "shared/dom.js";',
        'export * from "shared/dom.js";',
        "const here = import.meta.url;",
    ],
)
def test_an_import_of_another_kind_is_refused(source: str) -> None:
    with pytest.raises(UnreadableModuleError):
        imports_of(source)


def test_a_refusal_says_where() -> None:
    with pytest.raises(UnreadableModuleError, match=r"map/x\.js .* line 3"):
        imports_of("\n\nimport('y')".replace("import", "const a = import"), "map/x.js")


def test_a_module_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "map").mkdir()
    (tmp_path / "map/page.js").write_text('import { h } from "map/gone.js";\n')
    with pytest.raises(FileNotFoundError):
        modules_of("map/page.js", tmp_path)


def test_a_served_page_finds_every_folder() -> None:
    imports = served_imports()
    assert {name.split("/")[0] + "/" for name in ALL} == imports.keys()
    assert all(imports[key] == f"/static/{key}" for key in imports)


def test_a_saved_page_carries_the_modules_it_needs_and_no_others() -> None:
    imports = saved_imports("map/page.js")
    assert imports.keys() == modules_of("map/page.js").keys()
    assert not any(name.startswith(("console/", "login/", "planning/")) for name in imports)
    assert all(address.startswith("data:text/javascript;base64,") for address in imports.values())
