"""
A number is no key to another county's case: a foreign report waits for its owner's decision.

The sender of a report is told of, and adds to, only what they may know of anyway.
"""

from migrations.scripts import run_sql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0009_offered_reports.sql")


def downgrade() -> None:
    run_sql("0009_down.sql")
