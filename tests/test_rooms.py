"""Rules of the house about what is known where, beyond the import contracts."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from dispatch.roles import Role

SLICES = ("api", "maps", "dispatch", "teams", "geodata")
DATABASE = Path("geodata/database")

# Classes 00 to 58 and the letters that PostgreSQL uses; five characters, all of them capital.
_SQLSTATE = re.compile(r"(?:[0-5][0-9A-Z]|F0|HV|P0|XX)[0-9A-Z]{3}")
_SQL = re.compile(r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s.+\sSET|DELETE\s+FROM)\b", re.DOTALL)
_WORDS_OF_DISPATCH = re.compile(r"\b(incidents?|interventions?|calls?)\b", re.IGNORECASE)
# "Knows no call" says that the rule is kept; a traceback of an example is Python's own words.
_SAYS_SO = re.compile(
    r"\b(knows? (no|a) [^.]*|not a )\bcall\b|most recent call last", re.IGNORECASE
)


def sources(*roots: str | Path) -> Iterator[Path]:
    for root in roots:
        yield from sorted(Path(root).rglob("*.py"))


def texts_of(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def imports_of(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_sqlstates_have_names_and_stand_in_one_place() -> None:
    home = DATABASE / "sqlstates.py"
    found = {
        str(source)
        for source in sources(*SLICES)
        if any(_SQLSTATE.fullmatch(text) for text in texts_of(source))
    }
    assert found == {str(home)}


def test_the_ground_knows_no_call_and_no_incident() -> None:
    said = [
        f"{source}:{number}: {line.strip()}"
        for source in sources("geodata")
        for number, line in enumerate(source.read_text("utf-8").splitlines(), 1)
        if _WORDS_OF_DISPATCH.search(_SAYS_SO.sub("", line))
    ]
    assert said == []


def test_the_ground_knows_no_sql_outside_its_database() -> None:
    ground = [path for path in sources("geodata") if DATABASE not in path.parents]
    drivers = {"sqlalchemy", "psycopg", "alembic", "geoalchemy2"}
    assert [
        str(p) for p in ground if drivers & {name.split(".")[0] for name in imports_of(p)}
    ] == []
    assert [str(p) for p in ground if any(_SQL.search(text) for text in texts_of(p))] == []


def test_role_names_stand_in_one_place() -> None:
    # A team is a thing besides a role; the demonstration's accounts are named like roles.
    names = {role.value for role in Role} - {Role.TEAM.value}
    product = [p for p in sources("api", "maps", "dispatch", "teams") if "demo" not in p.parts]
    found = {str(source) for source in product if names & set(texts_of(source))}
    # Words that make an easy password are no roles.
    assert found == {"dispatch/roles.py", "dispatch/passwords.py"}
