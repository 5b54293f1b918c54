"""
Whether a pooled connection still lives, asked without a way to the server and back.

A server that ends or throws a connection out closes its socket, which can then be read from;
nobody talks on an idle connection otherwise. So a look at the socket is enough for one that
was in use a moment ago. One that lay longer is asked, for what lies between may have
forgotten it without a word.
"""

import select
import time
from typing import Any

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

LONGEST_UNASKED_S = 5.0
"""Seconds. A connection that lay longer is asked before it is used."""

_PUT_BACK = "put_back_at"


def check_when_taken(engine: Engine) -> None:
    """Let the pool of `engine` give out living connections only; a dead one is replaced."""
    event.listen(engine, "checkin", _note)
    event.listen(engine, "checkout", _check)


def _note(_driver_connection: Any, record: Any) -> None:
    record.info[_PUT_BACK] = time.monotonic()


def _check(driver_connection: Any, record: Any, _proxy: Any) -> None:
    put_back = record.info.pop(_PUT_BACK, None)
    if put_back is None:
        # Opened for whoever takes it now.
        return
    lay_s = time.monotonic() - put_back
    if lay_s <= LONGEST_UNASKED_S and not _has_word(driver_connection):
        return
    try:
        _ask(driver_connection)
    except psycopg.Error as error:
        # The others of the same age are as dead: the pool makes them anew, too.
        raise InvalidatePoolError from error


def _has_word(driver_connection: "psycopg.Connection[Any]") -> bool:
    """Tell whether the server has sent something unasked, or has hung up."""
    if driver_connection.closed:
        return True
    waiting = select.poll()
    waiting.register(driver_connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


def _ask(driver_connection: "psycopg.Connection[Any]") -> None:
    before = driver_connection.autocommit
    driver_connection.autocommit = True
    try:
        driver_connection.execute("")
    finally:
        if not driver_connection.closed:
            driver_connection.autocommit = before
