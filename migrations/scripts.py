"""Run the SQL of a migration, inside the migration's transaction."""

from pathlib import Path

from alembic import op

_FOLDER = Path(__file__).parent / "sql"


def run_sql(name: str) -> None:
    """Run all statements of the file `name` in `migrations/sql`."""
    connection = op.get_bind().connection.driver_connection
    # Straight to the driver: without parameters it takes many statements at once and
    # leaves percent signs and colons alone.
    connection.execute((_FOLDER / name).read_text(encoding="utf-8"))
