"""
Times from outside lie in this century: one that PostgreSQL keeps and Python cannot read stops all.

Rows that break it are mended first: a position without a usable time goes, the phone's own
clock is forgotten, a closure and a session are cut to the bounds of `geodata.instants`.
A stored message also keeps what its sender said about it, for whoever must read it later.
"""

from migrations.scripts import run_sql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0006_instants.sql")


def downgrade() -> None:
    run_sql("0006_down.sql")
