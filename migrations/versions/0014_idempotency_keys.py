"""
What was asked under a key is done once: the first answer is kept for a day.

An account sees and changes its own keys only.
"""

from migrations.scripts import run_sql

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0014_idempotency_keys.sql")


def downgrade() -> None:
    run_sql("0014_down.sql")
