"""
Reads LoST queries (RFC 5222, sections 8 to 11) from bytes of strangers.

Safe XML as for every other message: no DTD, no entities, bounded size and depth.
"""

import re

from lxml import etree

from dispatch.location.base import Notes, clean_text
from dispatch.location.xml.safe_xml import find, local_name, read_xml, text_of
from dispatch.lost_protocol.model import LOST, LostError, Query, QueryLocation
from dispatch.words.catalogue import both
from geodata.errors import RefusedError

MAX_BYTES = 200_000
"""A query has under 2 kB; a polygon of a thousand corners 30 kB."""

QUERIES = ("findService", "getServiceBoundary", "listServices", "listServicesByLocation")
_TRUE, _FALSE = {"true", "1"}, {"false", "0"}
_MOST_LOCATIONS = 10
_MOST_VIAS = 50
_SERVER_NAME = re.compile(r"(?=.{1,253}$)([A-Za-z0-9-]+\.)+[A-Za-z0-9]+")


def read_query(raw: bytes) -> Query:
    """
    Read one query.

    Raises
    ------
    LostError
        `badRequest`.
    """
    if len(raw) > MAX_BYTES:
        raise LostError("badRequest", both("lost.error.too_large"))
    try:
        root = read_xml(raw, Notes())
    except RefusedError as error:
        raise LostError("badRequest", both("lost.error.not_xml")) from error
    kind = local_name(root)
    if etree.QName(root).namespace != LOST or kind not in QUERIES:
        raise LostError("badRequest", both("lost.error.not_a_request"))
    query = Query(
        kind=kind,
        service=text_of(root, "service"),
        locations=_locations(root),
        path=_path(root),
        by_value=_wants_value(root),
        validate=_boolean(root, "validateLocation"),
        key=(root.get("key") or "").strip() or None,
    )
    _boolean(root, "recursive")
    _check_complete(query)
    return query


def _check_complete(query: Query) -> None:
    if query.kind == "getServiceBoundary" and query.key is None:
        raise LostError("badRequest", both("lost.error.no_key"))
    if query.kind == "findService" and query.service is None:
        raise LostError("badRequest", both("lost.error.no_service"))
    if query.kind in {"findService", "listServicesByLocation"} and not query.locations:
        raise LostError("badRequest", both("lost.error.no_location"))
    profiles = [location.profile for location in query.locations if location.profile]
    if len(profiles) != len(set(profiles)):
        raise LostError("badRequest", both("lost.error.twice"))


def _locations(root: etree._Element) -> tuple[QueryLocation, ...]:
    found = [child for child in root if local_name(child) == "location"][:_MOST_LOCATIONS]
    if not all((location.get("id") or "").strip() for location in found):
        raise LostError("badRequest", both("lost.error.no_location"))
    return tuple(
        QueryLocation(
            id=clean_text(location.get("id") or ""),
            profile=clean_text(location.get("profile") or "") or None,
            content=tuple(child for child in location if local_name(child)),
        )
        for location in found
    )


def _path(root: etree._Element) -> tuple[str, ...]:
    path = find(root, "path")
    vias = () if path is None else (via for via in path if local_name(via) == "via")
    sources = tuple((via.get("source") or "").strip() for via in vias)
    # The path is copied into the answer, which must stay valid.
    if len(sources) > _MOST_VIAS or not all(map(_SERVER_NAME.fullmatch, sources)):
        raise LostError("badRequest", both("lost.error.bad_attribute"))
    return sources


def _wants_value(root: etree._Element) -> bool:
    wish = (root.get("serviceBoundary") or "reference").strip()
    if wish not in {"value", "reference"}:
        raise LostError("badRequest", both("lost.error.bad_attribute"))
    return wish == "value"


def _boolean(root: etree._Element, name: str) -> bool:
    text = (root.get(name) or "false").strip()
    if text not in _TRUE | _FALSE:
        raise LostError("badRequest", both("lost.error.bad_attribute"))
    return text in _TRUE
