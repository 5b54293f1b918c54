"""
Rights by ground and by county: closures belong to the counties in which their roads lie,
and an account's team is of the account's own counties.

Row security said who may write and not about whose ground; the triggers of this step do.
"""

from migrations.scripts import run_sql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0007_closures_by_ground.sql")
    run_sql("0007_accounts.sql")
    run_sql("0007_sessions.sql")
    run_sql("0007_verdict.sql")


def downgrade() -> None:
    run_sql("0007_verdict_down.sql")
    run_sql("0007_sessions_down.sql")
    run_sql("0007_accounts_down.sql")
    run_sql("0007_closures_down.sql")
