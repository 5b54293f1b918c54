"""
A person confirms where an incident is, and takes it back; who looks at an incident now.

What the networks report goes on being believed beside it: the ranking follows the person.
"""

from migrations.scripts import run_sql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0020_confirmed_place.sql")
    run_sql("0020_presence.sql")


def downgrade() -> None:
    run_sql("0020_down.sql")
