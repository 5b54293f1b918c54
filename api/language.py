"""
In which language a request is answered.

Pages send the language they are shown in as ``Accept-Language``; programs that send
nothing are answered in English, as before.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import HTTPConnection

from dispatch.words.catalogue import Catalogue, Language, load_catalogue, negotiate
from geodata.errors import RefusedError

_DEFAULT: Final = Language.EN


def words_for(request: HTTPConnection) -> Catalogue:
    """Return the catalogue of the language that the request asks for, else English."""
    return load_catalogue(negotiate(request.headers.get("accept-language")) or _DEFAULT)


def status_title(status: int, words: Catalogue) -> str:
    """Return the name of an HTTP status in a language; English is the standard's own phrase."""
    key = f"http.status.{status}"
    return words.word(key) if words.has(key) else HTTPStatus(status).phrase


def fault_message(fault: Mapping[str, Any], words: Catalogue) -> str:
    """
    Say what is wrong with a field of a request.

    Parameters
    ----------
    fault
        One fault as pydantic lists it. A refusal of our own speaks for itself; else the
        kind of the fault names our words and its bounds fill them. A kind without words
        keeps pydantic's English sentence.
    words
        The catalogue of the language.
    """
    context = fault.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, RefusedError):
        return words.say(cause.message)
    key = f"field.{fault['type']}"
    return words.word(key, **context) if words.has(key) else str(fault["msg"])


def field_name(location: Sequence[str | int]) -> str:
    """Return the address of a field in a request: ``body.area.coordinates.0``."""
    return ".".join(str(part) for part in location)
