"""
A call exists from the first ring: who has claimed it, and where it is heard of, county by county.

What is typed about a call is kept until the call is closed, also for who takes it over.

Adds the role of a telephone system, which announces calls and reads nothing.
"""

from migrations.scripts import run_sql

revision = "0018"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0018_ringing_calls.sql")
    run_sql("0018_call_drafts.sql")


def downgrade() -> None:
    run_sql("0018_down.sql")
