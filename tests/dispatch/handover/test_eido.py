"""What leaves the house for 112: the needed data, readable by our own readers, no more."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dispatch.errors import HandoverRefusedError
from dispatch.handover.case import Child, HandoverCase
from dispatch.handover.eido import eido_bytes, eido_document
from dispatch.handover.pidf import write_pidf
from dispatch.location.reader import read_report
from dispatch.model import CallerLocation
from geodata.areas.shapes import ArcBand, Circle, Ellipse, Point, Polygon, Shape
from geodata.points import LonLat

Json = dict[str, Any]
AT = datetime(2026, 3, 14, 22, 5, tzinfo=UTC)
HERE = LonLat(26.1025, 44.4353)


def place(shape: Shape, confidence: float = 0.9) -> CallerLocation:
    return CallerLocation(shape, confidence, shape, confidence)


CASE = HandoverCase(
    incident="B3-2026-000017",
    version=4,
    opened_at=AT,
    at=AT,
    danger="Copil singur în casă, agresor la ușă.",
    county="B3",
    county_name="Sectorul 3",
    agency="DGASPC Sector 3",
    agent="operator7",
    location=place(Circle(HERE, 900.0)),
    places=("Sectorul 3", "Sectorul 2"),
    caller="+40721234567",
    child=Child("Ștefan", 9, "M"),
    notes=("Ușa din spate este deschisă.",),
)


# Facts of the schema of NENA-STA-021.1: required members, then the others we may write.
PROLOGUE = {"$id", "lastUpdateTimeStamp", "updatedByAgencyReference"}
MEMBERS: dict[str, tuple[set[str], set[str]]] = {
    "incidentComponent": (
        {"incidentTypeCommonRegistryText"},
        {
            "incidentTypeInternalText",
            "incidentStatusCommonRegistryText",
            "incidentCommonPriorityNumber",
            "internalIncidentId",
            "agentReference",
            "notesReference",
            "locationReference",
            "personReference",
        },
    ),
    "callComponent": (
        {
            "callStateRegistryText",
            "standardPrimaryCallType",
            "direction",
            "callStartTimestamp",
        },
        {"agentReference", "callBackReference", "locationReference"},
    ),
    "callbackComponent": (set(), {"callBackInformationUri"}),
    "locationComponent": (
        {"locationTypeDescriptionRegistryText"},
        {"locationByValue", "locationDescriptionText"},
    ),
    "personComponent": ({"personIncidentRoleRegistryText"}, {"ncPersonComponent"}),
    "agencyComponent": (
        {"agencyRoleDescriptionRegistryText", "agencyType"},
        {"agencyJcard", "incidentOwningAgencyIndicator"},
    ),
    "agentComponent": ({"agentRoleRegistryText", "agencyReference"}, set()),
    "notesComponent": ({"notesActionComments"}, {"agentReference"}),
}
# Every reference is a list but these, and the agent of a note.
SINGLE = {
    "agencyReference",
    "callBackReference",
    "updatedByAgencyReference",
    "updatedByAgentReference",
}


def parts_of(document: Json) -> list[tuple[str, Json]]:
    """List every component with the member that holds it; only the incident stands alone."""
    found = [("incidentComponent", document["incidentComponent"])]
    for name, parts in document.items():
        if name.endswith("Component") and name != "incidentComponent":
            found += [(name, part) for part in parts]
    return found


def test_the_document_has_the_required_members_and_no_other_component() -> None:
    document = eido_document(CASE)
    required = PROLOGUE | {"eidoVersion", "issuingElementIdentification", "agencyComponent"}
    assert required <= set(document)
    assert set(document) - required - {"updatedByAgentReference"} <= set(MEMBERS)
    assert document["eidoVersion"] == "1.0"
    assert document["$id"].startswith("urn:emergency:uid:incidentid:B3-2026-000017:")


def test_every_component_has_its_required_members_and_none_the_schema_does_not_know() -> None:
    for name, part in parts_of(eido_document(CASE)):
        required, others = MEMBERS[name]
        assert PROLOGUE | required <= set(part), name
        assert set(part) <= PROLOGUE | required | others | {"updatedByAgentReference"}, name


def test_references_are_lists_but_those_that_the_schema_makes_single() -> None:
    for name, part in parts_of(eido_document(CASE)):
        for member, value in part.items():
            if member.endswith("Reference"):
                single = member in SINGLE or name == "notesComponent"
                assert isinstance(value, dict if single else list), (name, member)


def test_every_reference_leads_to_a_component() -> None:
    document = eido_document(CASE)
    names = {part["$id"] for _, part in parts_of(document)}
    references = {piece.split('"')[0] for piece in json.dumps(document).split('{"$ref": "')[1:]}
    assert references <= names


def test_a_note_cannot_become_markup_at_the_receiver() -> None:
    hostile = replace(CASE, notes=("<img src=x onerror=alert(1)> & <b>",))
    texts = [note["notesActionComments"] for note in eido_document(hostile)["notesComponent"]]
    assert texts[-1] == "&lt;img src=x onerror=alert(1)&gt; &amp; &lt;b&gt;"


def test_the_child_is_written_as_niem_core_writes_a_person() -> None:
    [person] = eido_document(CASE)["personComponent"]
    assert person["ncPersonComponent"] == {
        "name": [{"personFullName": [{"value": "Ștefan"}]}],
        "ageDescription": [{"value": "9 ani"}],
        "sex": [{"value": "M"}],
    }


def test_119_can_be_called_back_from_anywhere() -> None:
    document = eido_document(CASE)
    assert "tel:119;phone-context=+40" in document["agencyComponent"][0]["agencyJcard"]
    [callback] = document["callbackComponent"]
    assert callback["callBackInformationUri"] == ["tel:+40721234567"]


def test_the_location_is_a_pidf_lo_our_reader_understands() -> None:
    [found] = eido_document(CASE)["locationComponent"]
    report = read_report(found["locationByValue"].encode())
    assert report.shape == Circle(HERE, 900.0)
    assert report.confidence == pytest.approx(0.9)
    assert report.caller == "+40721234567"


@pytest.mark.parametrize(
    "shape",
    [
        Point(HERE),
        Circle(HERE, 12.5),
        Ellipse(HERE, 300.0, 120.0, 41.5),
        ArcBand(HERE, 1107.0, 1660.5, 340.0, 120.0),
        Polygon((HERE, LonLat(26.2, 44.4), LonLat(26.2, 44.5))),
    ],
)
def test_every_shape_survives_the_way_through_pidf_lo(shape: Shape) -> None:
    text = write_pidf(place(shape), entity="tel:+40721234567", at=AT)
    read = read_report(text.encode()).shape
    assert type(read) is type(shape)
    assert write_pidf(place(read or shape), entity="tel:+40721234567", at=AT) == text


def test_a_polygon_beyond_the_standard_becomes_the_circle_around_it() -> None:
    ring = tuple(LonLat(26.0 + 0.01 * (i % 5), 44.4 + 0.002 * i) for i in range(20))
    document = eido_document(replace(CASE, location=place(Polygon(ring))))
    assert "<gs:Circle" in document["locationComponent"][0]["locationByValue"]


def test_the_same_case_gives_the_same_bytes() -> None:
    assert eido_bytes(eido_document(CASE)) == eido_bytes(eido_document(replace(CASE)))


def test_what_is_unknown_is_left_out() -> None:
    bare = replace(CASE, location=None, child=None, caller=None, notes=())
    document = eido_document(bare)
    assert not {"locationComponent", "personComponent"} & set(document)
    assert "null" not in json.dumps(document)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"danger": "  "}, "no_reason_for_handover"),
        ({"at": AT.replace(tzinfo=None)}, "naive_time"),
        ({"notes": ("x",) * 13}, "too_many_notes"),
    ],
)
def test_a_case_that_is_not_fit_is_refused(changes: dict[str, object], code: str) -> None:
    with pytest.raises(HandoverRefusedError) as refused:
        eido_document(replace(CASE, **changes))  # type: ignore[arg-type]
    assert refused.value.code == code
