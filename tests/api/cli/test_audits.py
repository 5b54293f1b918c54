"""`audit verify`: a file as it was exported is good, a changed, cut or foreign one is not."""

import json
from pathlib import Path

import pytest

from dispatch.services import trail
from geodata.database.audit_file import AuditFormat, written_lines
from tests.conftest_d.command_line import CommandLine
from tests.conftest_d.database import Database, scope_of_county
from tests.conftest_d.dispatching import Desk

BOSS = scope_of_county("B3", role="supervisor", actor="boss")


@pytest.fixture
def exported(desk: Desk, tmp_path: Path) -> Path:
    desk.incident()
    desk.incident()
    file = tmp_path / "audit.jsonl"
    lines = written_lines(trail.begin_export(desk.engine, BOSS), AuditFormat.JSONL)
    file.write_text("".join(lines), encoding="utf-8")
    return file


def answer_of(database: Database, *arguments: str) -> tuple[int, dict[str, object]]:
    line = CommandLine(
        {
            "DISPATCH119_DATABASE_URL": database.url,
            "DISPATCH119_DATABASE_APP_URL": database.app_url,
            "DISPATCH119_DATABASE_ACCOUNTS_URL": database.accounts_url,
        }
    )
    done = line.call("audit", "verify", *arguments, "--json")
    return done.code, done.json


def test_as_exported_it_is_good_with_the_database_and_without(exported: Path, database: Database):
    for more in ((), ("--offline",)):
        code, answer = answer_of(database, str(exported), *more)
        assert (code, answer["is_good"], answer["is_whole"]) == (0, True, True)


def test_a_whole_that_was_made_up_is_not_in_the_database(exported: Path, database: Database):
    lines = exported.read_text(encoding="utf-8").splitlines(keepends=True)
    with database.owner.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("UPDATE audit_entry SET hash = sha256('x') WHERE n = 1")
    code, answer = answer_of(database, str(exported))
    assert (code, answer["broken_at"], answer["not_in_database"]) == (1, None, 1)
    assert answer_of(database, str(exported), "--offline")[0] == 0
    assert json.loads(lines[0])["n"] == 1


@pytest.mark.parametrize("harm", ["cut", "changed", "none"])
def test_a_harmed_file_ends_with_an_error(exported: Path, database: Database, harm: str):
    text = exported.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    changed = text.replace("ana", "dan", 1)
    harmed = {"cut": "".join(lines[:-1]), "changed": changed, "none": "hello"}
    exported.write_text(harmed[harm], encoding="utf-8")
    code, answer = answer_of(database, str(exported), "--offline")
    assert code == (2 if harm == "none" else 1)
    assert answer.get("is_good") is not True
