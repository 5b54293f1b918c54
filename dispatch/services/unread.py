"""
Late reading: messages that were stored and, because a process died, never read.

They are taken as at the door, for whoever sent them. Any number of processes may do it at
once: each message is taken up by one of them, and reading one twice changes nothing.
What a message refers to is not fetched any more: the caller has long been asked.
"""

import logging

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from dispatch.repository import unread
from dispatch.repository.unread import UnreadMessage
from dispatch.roles import Role
from dispatch.services.taking import IncomingMessage, MessageTaker
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.errors import RefusedError, UnavailableError
from geodata.reference.codes import CODES

_AT_ONCE = 20
_EVERYWHERE = tuple(CODES)
_READER = Scope("unread-messages", Role.SUPERVISOR, _EVERYWHERE)

_log = logging.getLogger("dispatch119.intake")


def take_unread(taker: MessageTaker) -> int:
    """
    Take the messages that have waited for a minute; how many were read or refused.

    Raises
    ------
    UnavailableError
        The database does not answer; what is left waits for the next time.
    """
    done = 0
    while True:
        with scoped(taker.engine, _READER) as connection:
            found = unread.take_up_unread(connection, limit=_AT_ONCE)
        if not found:
            return done
        done += sum(_take(taker, message) for message in found)


def count_unread(engine: Engine) -> int:
    """Count the messages that have waited for a minute and more."""
    with scoped(engine, _READER) as connection:
        return unread.count_unread(connection)


def _take(taker: MessageTaker, message: UnreadMessage) -> bool:
    """Take one; False when it failed by a mistake of ours, which must not hold up the others."""
    raw = message.raw
    scope = Scope(raw.sender, Role.DISPATCHER, _EVERYWHERE)
    incoming = IncomingMessage(
        raw.raw, raw.content_type, message.format, message.caller, message.reference
    )
    try:
        taker.take_stored(scope, raw, incoming, call_id=message.call_id)
    except UnavailableError:
        raise
    except RefusedError as refusal:
        _log.warning("message read late and refused", extra={"code": refusal.code})
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        _log.error("stored message not read", extra={"kind": type(error).__name__}, exc_info=error)
        return False
    except SQLAlchemyError as error:
        _log.error("stored message not read", extra={"kind": type(error).__name__}, exc_info=error)
        return False
    return True
