"""
What passes between a desk and a team that goes: the alert and its receipts, messages, check-ins.

An alarm belongs to a team, with or without a case; a request for a team belongs to two centres.
"""

from migrations.scripts import run_sql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0021_alerts.sql")
    run_sql("0021_messages.sql")
    run_sql("0021_alarms.sql")
    run_sql("0021_aid_requests.sql")


def downgrade() -> None:
    run_sql("0021_down.sql")
