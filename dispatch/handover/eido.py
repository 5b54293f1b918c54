"""
The incident as an Emergency Incident Data Object, NENA-STA-021.1, JSON, location by value.

Only the components the receiver needs: incident, call, callback, location, agency, agent,
person, notes. Members, required ones and nesting are those of the schema published with the
standard (version 1.0.0); 112 in Romania has no public interface, so values of registries are
the standard's, and the printed page (`dispatch.handover.page`) says the same to a person.
"""

import html
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dispatch.handover.case import HandoverCase, check_case
from dispatch.handover.pidf import is_standard_polygon, write_pidf
from dispatch.model import CallerLocation
from dispatch.words.catalogue import Language, load_catalogue
from geodata.areas.uncertainty import enclosing_circle

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
        "updatedByAgencyReference": _ref(own.agency),
        "updatedByAgentReference": _ref(own.agent),
        "issuingElementIdentification": element,
        "incidentComponent": _incident(case, own),
        "callComponent": [_call(case, own)],
        "callbackComponent": _callback(case, own),
        "locationComponent": _location(case, own),
        "personComponent": _person(case, own),
        "agencyComponent": [_agency(case, own)],
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
        kinds = ("incident", "location", "child", "callback")
        self.parts = {kind: f"{key}-{kind}" for kind in kinds}
        self.notes = [f"{key}-note{n}" for n in range(1, len(_note_lines(case)) + 1)]
        self.at = _time(case.at)

    def part(self, name: str) -> Json:
        return {
            "$id": name,
            "lastUpdateTimeStamp": self.at,
            "updatedByAgencyReference": _ref(self.agency),
            "updatedByAgentReference": _ref(self.agent),
        }


def _incident(case: HandoverCase, own: _Names) -> Json:
    incident: Json = own.part(own.parts["incident"]) | {
        # Of the registry's codes only the one for "another agency asks for help" fits; what
        # is asked for is said by the internal text, the priority (10 is the highest) and notes.
        "incidentTypeCommonRegistryText": "ASSIST",
        "incidentTypeInternalText": _word("incident"),
        "incidentStatusCommonRegistryText": ["Active"],
        "incidentCommonPriorityNumber": 10,
        "internalIncidentId": case.incident,
        "agentReference": [_ref(own.agent)],
        "notesReference": [_ref(name) for name in own.notes],
    }
    if case.location is not None:
        incident["locationReference"] = [_ref(own.parts["location"])]
    if case.child is not None:
        incident["personReference"] = [_ref(own.parts["child"])]
    return incident


def _call(case: HandoverCase, own: _Names) -> Json:
    call = own.part(own.call) | {
        "callStateRegistryText": "callAnswered",
        "standardPrimaryCallType": "emergency",
        "direction": "incoming",
        "callStartTimestamp": _time(case.opened_at),
        "agentReference": [_ref(own.agent)],
    }
    if case.caller:
        call["callBackReference"] = _ref(own.parts["callback"])
    if case.location is not None:
        call["locationReference"] = [_ref(own.parts["location"])]
    return call


def _callback(case: HandoverCase, own: _Names) -> list[Json]:
    if not case.caller:
        return []
    return [own.part(own.parts["callback"]) | {"callBackInformationUri": [f"tel:{case.caller}"]}]


def _location(case: HandoverCase, own: _Names) -> list[Json]:
    if case.location is None:
        return []
    entity = f"tel:{case.caller}" if case.caller else own.incident
    area = _sendable(case.location)
    text = ", ".join(case.places)
    described = {"locationDescriptionText": _word("places", places=text)} if text else {}
    return [
        own.part(own.parts["location"])
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
    # NIEM Core as this standard writes it: every member is a list, every text an object.
    known: Json = {}
    if child.name is not None:
        known["name"] = [{"personFullName": [{"value": child.name}]}]
    if child.age_years is not None:
        age = load_catalogue(Language.RO).word("child.age", n=child.age_years)
        known["ageDescription"] = [{"value": age}]
    if child.sex is not None:
        known["sex"] = [{"value": child.sex}]
    person = own.part(own.parts["child"]) | {"personIncidentRoleRegistryText": ["Victim"]}
    return [person | ({"ncPersonComponent": known} if known else {})]


def _agency(case: HandoverCase, own: _Names) -> Json:
    # A local number means nothing without its context (RFC 3966, 5.1.5).
    card = [
        "vcard",
        [
            ["version", {}, "text", "4.0"],
            ["fn", {}, "text", case.agency],
            ["tel", {}, "uri", f"tel:{case.callback};phone-context=+40"],
        ],
    ]
    return own.part(own.agency) | {
        "agencyRoleDescriptionRegistryText": ["CallReceiving"],
        "agencyType": ["psap"],
        "agencyJcard": json.dumps(card, ensure_ascii=False, separators=(",", ":")),
        "incidentOwningAgencyIndicator": False,
    }


def _agent(own: _Names) -> Json:
    return own.part(own.agent) | {
        "agentRoleRegistryText": ["Call Taking"],
        "agencyReference": _ref(own.agency),
    }


def _notes(case: HandoverCase, own: _Names) -> list[Json]:
    # The standard's notes are HTML5: what a person typed must not become markup.
    return [
        own.part(name)
        | {
            "notesActionComments": html.escape(line, quote=False),
            "agentReference": _ref(own.agent),
        }
        for name, line in zip(own.notes, _note_lines(case), strict=True)
    ]


def _note_lines(case: HandoverCase) -> list[str]:
    name = case.county_name
    county = _word("county", county=name) if name else _word("county_unknown")
    return [case.danger, county, *case.notes]


def _word(key: str, **values: str) -> str:
    # Whoever receives the document reads Romanian.
    return load_catalogue(Language.RO).word(f"handover.eido.{key}", **values)


def _ref(name: str) -> Json:
    return {"$ref": name}


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
