"""Hand-overs to 112 with their log of deliveries, and missing-child drafts for the Police."""

from migrations.scripts import run_sql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0004_handover.sql")


def downgrade() -> None:
    run_sql("0004_down.sql")
