"""
A report of a number that another county has a case of is offered to that county.

Who sends it is not told: to them it is a report of a number that nobody knows. That is why it
happens after they were answered, in a transaction of its own: writing the offer takes a few
milliseconds, and those would tell.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID

from sqlalchemy import Engine

from dispatch.notices import announce
from dispatch.repository import offers
from dispatch.services.opening import JOIN_WITHIN
from geodata.database.audit import audit
from geodata.database.engine import moment_of, scoped
from geodata.database.scope import Scope
from geodata.errors import RefusedError

_log = logging.getLogger("dispatch119.offers")


def offer(engine: Engine, scope: Scope, call_id: UUID) -> None:
    """
    Offer a call to whoever has the case of its number, if the scope may not know of it.

    Should it fail, the call is a case of its own all the same, and its next report offers again.
    """
    with scoped(engine, scope) as connection:
        since = moment_of(connection) - JOIN_WITHIN
        made = offers.make_offer(connection, scope, call_id, since)
        if made is None:
            return
        announce(connection, "call", made.known_call_id, counties=[made.county])
        audit(
            connection, scope, "report.offered",
            object_type="offered_report", object_id=made.id, county=made.county,
        )  # fmt: skip


class Offering:
    """
    Offers calls one after the other, in a thread beside the requests.

    A context manager: what was asked for is done before it ends.
    """

    def __init__(self, engine: Engine) -> None:
        self._offer = partial(_offer_or_log, engine)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="offering")

    def __enter__(self) -> Callable[[Scope, UUID], None]:
        return self.soon

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(wait=True)

    def soon(self, scope: Scope, call_id: UUID) -> None:
        """Offer a call after whatever is being done now."""
        self._thread.submit(self._offer, scope, call_id)


def _offer_or_log(engine: Engine, scope: Scope, call_id: UUID) -> None:
    try:
        offer(engine, scope, call_id)
    except RefusedError as error:
        _log.warning("a report could not be offered", extra={"kind": error.code})
