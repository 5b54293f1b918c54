"""
A report of a number that another county has a case of is offered to that county.

Who sends it is not told: to them it is a report of a number that nobody knows.
"""

from uuid import UUID

from sqlalchemy import Connection

from dispatch.notices import announce
from dispatch.repository import offers
from dispatch.services.opening import JOIN_WITHIN
from geodata.database.audit import audit
from geodata.database.engine import moment_of
from geodata.database.scope import Scope


def offer(connection: Connection, scope: Scope, call_id: UUID) -> None:
    """Offer a call to whoever has the case of its number, if the scope may not know of it."""
    since = moment_of(connection) - JOIN_WITHIN
    made = offers.make_offer(connection, scope, call_id, since)
    if made is None:
        return
    announce(connection, "call", made.known_call_id, counties=[made.county])
    audit(
        connection, scope, "report.offered",
        object_type="offered_report", object_id=made.id, county=made.county,
    )  # fmt: skip
