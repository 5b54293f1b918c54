"""
What supervisors work with: centres at a glance, search, who saw a case, four eyes on closing.

`incident_words` holds what was written about a case in a form that is searched, cut by the same
row security; it is kept by triggers, so that no way of writing misses it.
"""

from migrations.scripts import run_sql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0022_closing.sql")
    run_sql("0022_search.sql")
    run_sql("0022_centres.sql")


def downgrade() -> None:
    run_sql("0022_down.sql")
