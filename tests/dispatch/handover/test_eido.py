"""What leaves the house for 112: the needed data, readable by our own readers, no more."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dispatch.errors import HandoverRefusedError
from dispatch.handover.case import Child, HandoverCase
from dispatch.handover.eido import eido_bytes, eido_document
from dispatch.handover.pidf import write_pidf
from dispatch.location.reader import read_report
from dispatch.model import CallerLocation
from geodata.points import LonLat
from geodata.shapes import ArcBand, Circle, Ellipse, Point, Polygon, Shape

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


def test_every_component_has_the_required_members() -> None:
    document = eido_document(CASE)
    for name, parts in document.items():
        if name.endswith("Component"):
            for part in parts:
                assert {"$id", "lastUpdateTimeStamp", "updatedByAgencyReference"} <= set(part)
    assert document["$id"].startswith("urn:emergency:uid:incidentid:B3-2026-000017:")


def test_every_reference_leads_to_a_component() -> None:
    document = eido_document(CASE)
    text = json.dumps(document)
    names = {
        part["$id"]
        for key, parts in document.items()
        if key.endswith("t")
        for part in parts
        if isinstance(part, dict)
    }
    references = {piece.split('"')[0] for piece in text.split('{"$ref": "')[1:]}
    assert references <= names


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
