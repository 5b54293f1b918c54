"""
The incident as an Emergency Incident Data Object, NENA-STA-021, JSON, location by value.

Only the components the receiver needs: incident, call, callback, location, agency, agent,
person, notes. Component names and required fields follow the standard; 112 in Romania has
no public interface, so values of registries are the standard's, and the printed page
(`dispatch.handover.page`) says the same to a person.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dispatch.handover.case import HandoverCase, check_case
from dispatch.handover.pidf import is_standard_polygon, write_pidf
from dispatch.model import CallerLocation
from geodata.uncertainty import enclosing_circle

Json = dict[str, Any]

EIDO_VERSION = "1.0"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def eido_document(case: HandoverCase, *, element: str = "dispatch119.ro") -> Json:
    """
    Return the EIDO of a case; the same case gives the same document.

    Parameters
    ----------
    element
        Identification of the system that issues it: a host name.

    Raises
    ------
    HandoverRefusedError
        The case is not fit to leave (`dispatch.handover.case.check_case`).
    """
    check_case(case)
    own = _Names(case, element)
    document = {
        "$id": own.incident,
        "eidoVersion": EIDO_VERSION,
        "lastUpdateTimeStamp": _time(case.at),
        "updatedByAgencyReference": {"$ref": own.agency},
        "updatedByAgentReference": {"$ref": own.agent},
        "issuingElementIdentification": element,
        "incidentComponent": [_incident(case, own)],
        "callComponent": [_call(case, own)],
        "callbackComponent": _callback(case, own),
        "locationComponent": _location(case, own),
        "personComponent": _person(case, own),
        "agencyComponent": [_agency(own)],
        "agentComponent": [_agent(own)],
        "notesComponent": _notes(case, own),
    }
    return {name: value for name, value in document.items() if value not in ([], None)}


def eido_bytes(document: Mapping[str, Any]) -> bytes:
    """Return the canonical UTF-8 bytes of a document: sorted keys, no blanks."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


class _Names:
    """Identifiers of the components, unique and the same every time."""

    def __init__(self, case: HandoverCase, element: str) -> None:
        key = _UNSAFE.sub("-", case.incident)
        self.incident = f"urn:emergency:uid:incidentid:{key}:{element}"
        self.call = f"urn:emergency:uid:callid:{_UNSAFE.sub('-', case.call_id or key)}:{element}"
        self.agency = f"{_UNSAFE.sub('-', case.agency)}.{element}"
        self.agent = f"{_UNSAFE.sub('-', case.agent)}@{self.agency}"
        self.location = f"{key}-location"
        self.person = f"{key}-child"
        self.at = _time(case.at)

    def part(self, name: str) -> Json:
        return {
            "$id": name,
            "lastUpdateTimeStamp": self.at,
            "updatedByAgencyReference": {"$ref": self.agency},
        }


def _incident(case: HandoverCase, own: _Names) -> Json:
    incident: Json = own.part(f"{own.location.removesuffix('-location')}-incident") | {
        "incidentTypeCommonRegistryText": "CHILD",
        "incidentTypeInternalText": "Copil în pericol",
        "incidentStatusCommonRegistryText": ["Transferred"],
        "internalIncidentId": case.incident,
        "callReference": [{"$ref": own.call}],
    }
    if case.location is not None:
        incident["locationReference"] = [{"$ref": own.location}]
    if case.child is not None:
        incident["personReference"] = [{"$ref": own.person}]
    return incident


def _call(case: HandoverCase, own: _Names) -> Json:
    return own.part(own.call) | {
        "callStateRegistryText": "Transferred",
        "standardPrimaryCallType": "emergency",
        "direction": "incoming",
        "callStartTimestamp": _time(case.opened_at),
    }


def _callback(case: HandoverCase, own: _Names) -> list[Json]:
    numbers = [number for number in (case.caller, case.callback) if number]
    return [
        own.part(f"{own.call}:callback{n}") | {"callbackUri": f"tel:{number}"}
        for n, number in enumerate(numbers, start=1)
    ]


def _location(case: HandoverCase, own: _Names) -> list[Json]:
    if case.location is None:
        return []
    entity = f"tel:{case.caller}" if case.caller else own.incident
    area = _sendable(case.location)
    text = ", ".join(case.places)
    described = {"locationDescriptionText": f"Localități în zonă: {text}"} if text else {}
    return [
        own.part(own.location)
        | {
            "locationTypeDescriptionRegistryText": "Caller",
            "locationByValue": write_pidf(area, entity=entity, at=case.at),
        }
        | described
    ]


def _sendable(location: CallerLocation) -> CallerLocation:
    """Return an area every receiver can read: a polygon beyond RFC 5491 becomes its circle."""
    if is_standard_polygon(location.shape):
        return location
    circle = enclosing_circle(location.shape)
    return CallerLocation(
        circle, location.confidence, location.stated_shape, location.stated_confidence
    )


def _person(case: HandoverCase, own: _Names) -> list[Json]:
    child = case.child
    if child is None:
        return []
    facts = {"personGivenName": child.name, "personAgeYears": child.age_years}
    known: Json = {name: value for name, value in facts.items() if value is not None}
    if child.sex is not None:
        known["personSexText"] = child.sex
    return [own.part(own.person) | {"personIncidentRoleRegistryText": ["Victim"]} | known]


def _agency(own: _Names) -> Json:
    return own.part(own.agency) | {
        "agencyRoleDescriptionRegistryText": ["CallReceiving"],
        "agencyType": ["psap"],
        "incidentOwningAgencyIndicator": False,
    }


def _agent(own: _Names) -> Json:
    return own.part(own.agent) | {
        "agentRoleRegistryText": ["Call Taking"],
        "agencyReference": {"$ref": own.agency},
    }


def _notes(case: HandoverCase, own: _Names) -> list[Json]:
    county = f"Județ competent: {case.county_name}" if case.county_name else "Județ necunoscut"
    lines = [case.danger, county, *case.notes]
    return [
        own.part(f"{own.location}-note{n}")
        | {"notesActionComments": line, "notesTimeStamp": own.at}
        for n, line in enumerate(lines, start=1)
    ]


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
