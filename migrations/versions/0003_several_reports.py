"""
Several reports of one call: who may add to it, and who may read what was added.

A further report may come in at any desk, also at one that cannot see the call. The
intake finds the call of a number, or the call that one has taken, and writes to that one
call (`app.call`) without being able to read it afterwards. What came after a hand-over is
read by the county that has the incident, not by the one that had it.
"""

from migrations.scripts import run_sql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0003_several_reports.sql")


def downgrade() -> None:
    run_sql("0003_down.sql")
