"""
Requests to close roads on the ground of another county, and what that county answered.

A county sees what it asked and what it is asked, and nothing between two others.
"""

from migrations.scripts import run_sql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0012_closure_requests.sql")


def downgrade() -> None:
    run_sql("0012_down.sql")
