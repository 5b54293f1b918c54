"""Set-up compiles every kernel, so that neither a call nor a test waits for the compiler."""

import ast
import importlib
import os
import re
import subprocess
import sys

import pytest

from geodata.kernels import Kernel
from tests.conftest_d.folders import ROOT

pytestmark = pytest.mark.process


def warm_up() -> str:
    """Run it; return what numba says about its files."""
    return subprocess.run(
        [sys.executable, "scripts/warm_up.py"],
        env={**os.environ, "NUMBA_DEBUG_CACHE": "1"},
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip


def kernels_called() -> set[str]:
    """Name the kernels that other modules call, as `module.function`."""
    found = set()
    for file in (ROOT / "geodata").rglob("*.py"):
        nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
        for node in nodes:
            if not isinstance(node, ast.ImportFrom) or file.stem.endswith("kernels"):
                continue
            if (node.module or "").endswith("kernels"):
                found |= {(node.module, one.name) for one in node.names}
            for one in node.names:
                if one.name.endswith("kernels"):
                    used = (n for n in nodes if isinstance(n, ast.Attribute))
                    names = {
                        n.attr for n in used if ast.unparse(n.value) == (one.asname or one.name)
                    }
                    found |= {(f"{node.module}.{one.name}", name) for name in names}
    return {
        f"{module.rpartition('.')[2]}.{name}"
        for module, name in found
        if isinstance(getattr(importlib.import_module(module), name), Kernel)
    }


def test_it_asks_for_every_kernel_and_finds_all_of_them_again() -> None:
    told = warm_up()
    if "data saved" in told:
        told = warm_up()
    assert "data saved" not in told
    loaded = set(re.findall(r"data loaded from '.*/(\w+\.\w+)-\d+\.", told))
    assert loaded >= kernels_called()
