"""
What a call's form says is kept with its case, with how urgent it is; the draft itself still dies.

A case is offered to another county and stays with its own until that one accepts. The telephone
system's own id of a call links a location without a number to its ring.
"""

from migrations.scripts import run_sql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0019_told.sql")
    run_sql("0019_transfer_offers.sql")
    run_sql("0019_ring_references.sql")


def downgrade() -> None:
    run_sql("0019_down.sql")
