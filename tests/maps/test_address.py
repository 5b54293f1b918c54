"""The address behind the "#": what it keeps, what it does not take, and where a log-in leads."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from maps.pages.assets import STATIC_DIR

CALLER = Path(__file__).with_name("call_functions.mjs")
CASE = "0192f0c4-7d3e-7a11-8b55-0242ac120002"
OTHER = "ffffffff-0000-4000-8000-000000000000"


def gives(name: str, value: Any) -> Any:
    """Return what a function of the module gives."""
    done = subprocess.run(
        ["node", "--experimental-vm-modules", "--no-warnings", str(CALLER), str(STATIC_DIR)],
        input=json.dumps({"module": "shared/address.js", "calls": [[name, value]]}),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)[0]


@pytest.mark.parametrize(
    "open_",
    [
        {"incident": CASE, "tab": "detail"},
        {"incident": OTHER, "tab": None},
        {"incident": None, "tab": "map"},
        {"incident": None, "tab": None},
    ],
)
def test_what_is_open_is_read_back(open_: Mapping[str, str | None]) -> None:
    assert gives("readAddress", gives("addressOf", open_)) == open_


@pytest.mark.parametrize(
    "hash_", ["", "#", "#queue", "#case=../v1/teams", f"#case={CASE}/x", "#tab=%3Cb%3E", "#case=1"]
)
def test_nothing_else_is_taken_from_it(hash_: str) -> None:
    assert gives("readAddress", hash_) == {"incident": None, "tab": None}


@pytest.mark.parametrize(
    ("search", "hash_", "page"),
    [
        ("?next=%2F", f"#case={CASE}", f"/#case={CASE}"),
        (f"?ended&next=%2F%3Flang%3Den%23case%3D{CASE}", "", f"/?lang=en#case={CASE}"),
        ("?next=%2Fmap%23tab%3Dmap", "#tab=queue", "/map#tab=map"),
        ("", "", "/"),
        ("?next=%2F%2Felsewhere.example", "", "/"),
        ("?next=https%3A%2F%2Felsewhere.example", "", "/"),
        ("?next=%2F%5Celsewhere.example", "", "/"),
    ],
)
def test_a_log_in_leads_back_and_nowhere_else(search: str, hash_: str, page: str) -> None:
    assert gives("nextPage", {"search": search, "hash": hash_}) == page


def test_a_session_that_ended_leads_back_to_just_what_was_open() -> None:
    place = {"pathname": "/", "search": "?lang=en", "hash": f"#case={CASE}&tab=detail"}
    search = gives("loginAddress", place).removeprefix("/login")
    assert gives("hasEnded", {"search": search}) is True
    assert gives("nextPage", {"search": search, "hash": ""}) == f"/?lang=en#case={CASE}&tab=detail"
