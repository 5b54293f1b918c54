"""
Two logins, and an owner whom row security does not bind.

County work (`dispatch119_app`) loses every right on accounts; signing in and administering
accounts is another login, `dispatch119_accounts`, without any right on a case. What used to be
roles of a setting, which anybody may set, is now what the owner does inside its functions. The
tables bind their owner no longer: nobody works as the owner, and a plain one can back them up.
"""

from migrations.scripts import run_sql

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0011_logins.sql")


def downgrade() -> None:
    run_sql("0011_down.sql")
