"""
The logins of a database: what an administrator of another server makes once, and what is missing.

The owner is any login that owns the database; it needs neither superuser nor CREATEROLE.
County work and accounts are two plain logins, which own nothing and are members of nothing.
"""

from psycopg import sql
from sqlalchemy import Connection, text

from geodata.database.embedded import ACCOUNTS, APP
from geodata.errors import DatabaseUnavailableError
from geodata.said import said

_PLAIN = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"
_MISSING = text(
    "SELECT wanted FROM unnest(cast(:logins AS text[])) wanted"
    " WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted)"
    " AND NOT (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user)"
)
_NO_POSTGIS = text(
    "SELECT NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'postgis')"
    " AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
)


def statements_for(*, owner: str, database: str) -> list[str]:
    r"""
    Return what a superuser runs once for an `owner` without rights of its own, in this order.

    The first ones on any database of the server, those after the `\connect` in the new one.
    Safe to run again, but for CREATE DATABASE. Passwords are for the administrator to set.
    """
    made = sql.Identifier(database)
    steps = [
        *(make_login(login) for login in (owner, APP, ACCOUNTS)),
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
            made, sql.Identifier(owner)
        ),
        # PUBLIC may connect to a new database, and make temporary tables there.
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(made),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}, {}").format(
            made, sql.Identifier(APP), sql.Identifier(ACCOUNTS)
        ),
    ]
    lines = [f"{step.as_string(None)};" for step in steps]
    return [*lines, rf"\connect {made.as_string(None)}", "CREATE EXTENSION IF NOT EXISTS postgis;"]


def make_login(name: str) -> sql.Composed:
    """Return the statement that makes a plain login unless there is one."""
    return sql.SQL(
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal})"
        " THEN CREATE ROLE {name} {plain}; END IF; END $$"
    ).format(literal=sql.Literal(name), name=sql.Identifier(name), plain=sql.SQL(_PLAIN))


def check_roles(connection: Connection) -> None:
    """
    Refuse to migrate as an owner who cannot make what is missing.

    Raises
    ------
    DatabaseUnavailableError
        `logins_missing`, `extension_missing`.
    """
    missing = connection.execute(_MISSING, {"logins": [APP, ACCOUNTS]}).scalars().all()
    if missing:
        raise DatabaseUnavailableError(
            "logins_missing",
            said("the server has no login {logins}", logins=", ".join(missing)),
            said("an administrator of the server runs once what dispatch119 db roles prints"),
        )
    if connection.execute(_NO_POSTGIS).scalar_one():
        raise DatabaseUnavailableError(
            "extension_missing",
            said("the database has no PostGIS, and its owner may not install it"),
            said("an administrator of the server runs once what dispatch119 db roles prints"),
        )
