"""
The case of an incident as it stands, and the package that is made of it. Pure.

The area is the incident's own. It is stored as an outline; where the newest answer still
holds the shape it was drawn from (same middle), that shape is used, because a circle or a
ring says more than the circle around an outline.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from dispatch.handover.case import HandoverCase, check_case
from dispatch.handover.eido import eido_bytes, eido_document
from dispatch.handover.page import write_page
from dispatch.handover.views import HandoverWish, Packing
from dispatch.location.base import Notes
from dispatch.location.json_report import read_shape
from dispatch.model import CallerLocation
from dispatch.views import IncidentView
from geodata.areas.shapes import Point, Shape
from geodata.areas.uncertainty import centroid
from geodata.crs import distance_m
from geodata.errors import RefusedError

_SAME_MIDDLE_M = 2.0
_MOST_PLACES = 3
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
# RFC 7459: what an area without a stated confidence is taken for.
_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a case needs beside the incident: who called, who hands over, when."""

    at: datetime
    agent: str
    county_name: str | None = None
    caller: str | None = None
    call_id: str | None = None


def case_of(
    incident: IncidentView, wish: HandoverWish, notes: tuple[str, ...], around: Circumstances
) -> HandoverCase:
    """
    Return the case of an incident as it stands.

    Raises
    ------
    HandoverRefusedError
        See `dispatch.handover.case.check_case`.
    """
    name = around.county_name or incident.county
    return check_case(
        HandoverCase(
            incident=incident.number,
            version=incident.version,
            opened_at=incident.opened_at,
            at=around.at,
            danger=wish.danger,
            county=incident.county,
            county_name=name,
            agency=f"DGASPC {name}",
            agent=around.agent,
            location=location_of(incident),
            places=_places(incident.answer),
            caller=around.caller,
            call_id=around.call_id,
            child=wish.child,
            notes=notes,
        )
    )


def content_of(case: HandoverCase) -> str:
    """
    Return what a case says, whatever moment and version it says it at: 64 hexadecimal digits.

    Who asks does not count either: two people who hand over the same thing do it once.
    """
    timeless = replace(case, at=_EPOCH, version=0, agent="")
    return hashlib.sha256(eido_bytes(eido_document(timeless))).hexdigest()


def package_of(case: HandoverCase, packing: Packing) -> bytes:
    """Return the EIDO document of a case as bytes."""
    return eido_bytes(eido_document(case, element=packing.element))


def page_of(case: HandoverCase, packing: Packing, key: str) -> bytes | None:
    """Return the printed page; None where the fonts are missing, which must stop no hand-over."""
    if packing.fonts is None or not all(font.is_file() for font in packing.fonts):
        return None
    font, bold = packing.fonts
    return write_page(case, font=font, bold=bold, key=key)


def location_of(incident: IncidentView) -> CallerLocation | None:
    """Return where the caller is believed to be, None when nobody knows."""
    shape = _read(incident.area) or (Point(incident.center) if incident.center else None)
    if shape is None:
        return None
    told = _read(((incident.answer or {}).get("location") or {}).get("shape"))
    if told is not None and incident.center is not None:
        apart = distance_m(*centroid(told), *incident.center)
        shape = told if apart <= _SAME_MIDDLE_M else shape
    confidence = incident.area_confidence or _CONFIDENCE
    return CallerLocation(shape, confidence, shape, confidence)


def _read(stated: Mapping[str, Any] | None) -> Shape | None:
    """Read an answer's shape or a GeoJSON area: our JSON form covers both."""
    if stated is None:
        return None
    try:
        return read_shape(stated, Notes())
    except RefusedError:
        # The answer was written by another version, or the area has shrunk to a line.
        return None


def _places(answer: Mapping[str, Any] | None) -> tuple[str, ...]:
    places = (answer or {}).get("places") or []
    names = (_place_name(place) for place in places)
    return tuple(dict.fromkeys(name for name in names if name))[:_MOST_PLACES]


def _place_name(place: Mapping[str, Any]) -> str:
    name, uat = str(place.get("name") or ""), str(place.get("uat") or "")
    return name if name.casefold().startswith(uat.casefold()) else f"{name} ({uat})"
