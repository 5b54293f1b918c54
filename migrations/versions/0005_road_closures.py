"""
Closed and slowed roads, drawn by dispatchers; a history that only grows.

Facts about roads are nobody's personal data: every signed-in account reads them, and
they hold for everybody's routes. Who wrote one, and for which county, is kept.
"""

from migrations.scripts import run_sql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0005_road_closures.sql")


def downgrade() -> None:
    run_sql("0005_down.sql")
