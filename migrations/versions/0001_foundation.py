"""Reference geography, teams, calls and incidents, accounts, audit, row-level security."""

from migrations.scripts import run_sql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_PARTS = ("reference", "teams", "dispatch", "accounts", "row_security")


def upgrade() -> None:
    for part in _PARTS:
        run_sql(f"0001_{part}.sql")


def downgrade() -> None:
    run_sql("0001_down.sql")
