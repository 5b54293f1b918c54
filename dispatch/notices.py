"""
Tell who listens that something changed, in the same transaction as the change itself.

Which kinds of changes there are; how a notice is written for the wire is in
`teams.notices`.
"""

from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection

from geodata.database.notices import notify
from geodata.reference.codes import CODES
from teams.notices import Notice, announce_change

ROADS_CHANNEL = "dispatch119_roads"
"""Only says that the closures changed: whoever publishes times need not hear every position."""

Changed = Literal[
    "incident",
    "assignment",
    "team",
    "call",
    "ringing",
    "handover",
    "closure",
    "closure_request",
    "alarm",
    "aid_request",
    "transfer_offer",
]
"""What a notice can be about, besides positions and other road times."""


def announce(
    connection: Connection,
    kind: Changed,
    identity: UUID,
    *,
    counties: Iterable[str | None],
    version: int | None = None,
) -> None:
    """Announce a change of one thing to the counties that may hear of it."""
    announce_change(connection, kind, identity, counties=counties, version=version)


def announce_roads(connection: Connection) -> None:
    """Tell whoever publishes road times that the closures or the speeds changed."""
    notify(connection, ROADS_CHANNEL)


def notice_of_other_times() -> Notice:
    """Return what pages of every county are told when other road times came into use."""
    return Notice("roads", "", CODES[0], frozenset(CODES), version=None)
