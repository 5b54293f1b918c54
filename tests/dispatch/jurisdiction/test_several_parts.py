"""An area of several parts on its way: read, shared, placed, stored, sampled, handed on."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from geoalchemy2.shape import to_shape
from lxml import etree

from dispatch.answers.location import shape_answer
from dispatch.belief.fusion import BeliefGround, fuse
from dispatch.belief.model import Evidence
from dispatch.errors import BadDemandError
from dispatch.handover.cap import MissingChild, check_cap, draft_missing_child
from dispatch.handover.pidf import is_standard_polygon, write_pidf
from dispatch.jurisdiction.county_assignment import locate
from dispatch.location.gad.reader import write_gad
from dispatch.location.reader import read_report
from dispatch.location.spoken.reader import read_words
from dispatch.model import CallerLocation, CountyAssignment, LocationReport
from dispatch.recommendation.sampled_area import sampled_area, sampled_shape
from dispatch.repository.geometry import area_element
from geodata.areas.shapes import Box, Circle, MultiPolygon, Polygon, Shape
from geodata.areas.uncertainty import area_m2
from geodata.errors import RefusedError
from geodata.people.population import load_population
from geodata.points import LonLat
from geodata.territories.counties import load_counties
from geodata.territories.localities import load_localities
from geodata.territories.shares import load_territories

AT = datetime(2026, 3, 14, 22, 5, tzinfo=UTC)


def square(lon: float, lat: float, half: float = 0.02) -> Polygon:
    west, south, east, north = lon - half, lat - half, lon + half, lat + half
    corners = [(west, south), (east, south), (east, north), (west, north)]
    return Polygon(tuple(LonLat(round(x, 6), round(y, 6)) for x, y in corners))


# The towns of Slobozia (Ialomița) and Giurgiu, the latter with the far bank of the Danube.
IALOMITA, GIURGIU = square(27.37, 44.565), square(25.97, 43.87)
BOTH = MultiPolygon((IALOMITA, GIURGIU))
BOX = Box(LonLat(27.5, 46.5), LonLat(27.8, 46.75))


def located(shape: Shape) -> CountyAssignment:
    _, assignment = locate(
        LocationReport("json", shape, 0.95),
        counties=load_counties(),
        territories=load_territories(),
        population=load_population(),
        localities=load_localities(),
    )
    return assignment


def refusal(shape: object) -> str:
    with pytest.raises(RefusedError) as refused:
        read_report(json.dumps({"shape": shape}).encode())
    return refused.value.code


# ── in and out ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("shape", [BOTH, BOX])
def test_what_is_answered_as_json_is_read_back_equal(shape: Shape) -> None:
    raw = json.dumps({"shape": shape_answer(shape), "confidence": 0.9}).encode()
    found = read_report(raw).shape
    assert shape_answer(found) == shape_answer(shape) if isinstance(shape, Box) else True
    assert type(found) is type(shape)
    if isinstance(found, MultiPolygon):
        assert {frozenset(part.exterior) for part in found.parts} == {
            frozenset(part.exterior) for part in BOTH.parts
        }


@pytest.mark.parametrize("shape", [BOTH, Polygon(BOX.corners)])
def test_what_is_written_as_pidf_is_read_back(shape: Polygon | MultiPolygon) -> None:
    location = CallerLocation(shape, 0.9, shape, 0.9)
    report = read_report(write_pidf(location, entity="tel:+40721234567", at=AT).encode())
    assert type(report.shape) is type(shape)
    assert (report.confidence, report.caller) == (0.9, "+40721234567")
    assert shape_answer(report.shape)["coordinates"][0]  # type: ignore[arg-type]


def test_only_areas_of_one_part_are_within_rfc_5491() -> None:
    assert is_standard_polygon(BOX)
    assert not is_standard_polygon(BOTH)


def test_the_gml_of_a_box_is_read() -> None:
    pidf = write_pidf(CallerLocation(BOX, 0.9, BOX, 0.9), entity="pres:a@b.example", at=AT)
    start, end = pidf.index("<gml:exterior>"), pidf.index("</gml:Polygon>")
    corners = (
        "<gml:lowerCorner>46.5 27.5</gml:lowerCorner><gml:upperCorner>46.75 27.8</gml:upperCorner>"
    )
    raw = (pidf[:start] + corners + pidf[end:]).replace("gml:Polygon", "gml:Envelope")
    assert read_report(raw.encode()).shape == BOX


def test_a_missing_child_s_zone_names_every_part() -> None:
    child = MissingChild("Ana Pop", AT, "Slobozia", "Slobozia", BOTH, age_years=9)
    raw = draft_missing_child(
        child, incident="IL-2026-000001", version=1, sender="a@b.ro", sender_name="A", at=AT
    )
    assert check_cap(raw) == []
    polygons = [node.text for node in etree.fromstring(raw).iterfind(".//{*}polygon")]
    assert [text.split()[0] for text in polygons if text] == [
        "44.545000,27.350000", "43.850000,25.950000"
    ]  # fmt: skip


def test_gad_has_no_word_for_several_parts() -> None:
    with pytest.raises(RefusedError, match="one area"):
        write_gad(BOTH)
    assert write_gad(BOX)[0] == 0x54


# ── refusals ──────────────────────────────────────────────────────────────────
RING = [[27.36, 44.55], [27.38, 44.55], [27.38, 44.57], [27.36, 44.55]]


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        ({"type": "MultiPolygon", "coordinates": []}, "bad_coordinates"),
        ({"type": "MultiPolygon", "coordinates": [[RING], 7]}, "bad_coordinates"),
        ({"type": "MultiPolygon", "coordinates": [[RING]] * 101}, "too_many_points"),
        ({"type": "MultiPolygon", "coordinates": [[RING * 2600]]}, "too_many_points"),
        ({"type": "MultiPolygon", "coordinates": [[RING], [[[60.0, 44.5], [60.1, 44.5],
                                                            [60.1, 44.6]]]]}, "area_too_large"),
        ({"type": "MultiPolygon", "coordinates": [[RING], [RING[:2]]]}, "bad_polygon"),
        ({"type": "Box", "bbox": [27.5, 46.5, 27.8]}, "bad_coordinates"),
        ({"type": "Box", "bbox": [27.5, 46.5, 27.5, 46.7]}, "bad_polygon"),
        ({"type": "Box", "bbox": [-100.0, 46.5, 100.0, 46.7]}, "area_too_large"),
        ({"type": "Box", "bbox": [27.5, 46.5, None, 46.7]}, "not_a_number"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_a_code(shape: object, code: str) -> None:
    assert refusal(shape) == code


def test_parts_that_touch_are_one_polygon_without_a_warning() -> None:
    pair = [[[list(c) for c in (*s.exterior, s.exterior[0])]]
            for s in (square(27.37, 44.565), square(27.41, 44.565))]  # fmt: skip
    report = read_report(json.dumps({"shape": {"type": "MultiPolygon", "coordinates": pair},
                                     "confidence": 0.9}).encode())  # fmt: skip
    assert isinstance(report.shape, Polygon)
    assert report.warnings == ()


# ── the decision ──────────────────────────────────────────────────────────────
def test_the_counties_of_all_parts_have_their_shares_and_people() -> None:
    assignment = located(BOTH)
    shares = {share.code: share for share in assignment.counties}
    assert sum(s.area_share for s in shares.values()) + assignment.outside_share == pytest.approx(1)
    assert sum(s.population_share for s in shares.values()) == pytest.approx(1.0)
    assert 0.45 < shares["IL"].area_share < 0.55
    assert assignment.outside_share > 0.05
    assert assignment.ambiguous


def test_the_likely_places_of_all_parts_are_named() -> None:
    names = {(place.name, place.county) for place in located(BOTH).places}
    assert {("Slobozia", "IL"), ("Giurgiu", "GR")} <= names


# ── the database and the sample ───────────────────────────────────────────────
@pytest.mark.parametrize(
    ("shape", "kind"), [(BOTH, "MultiPolygon"), (BOX, "Polygon"), (IALOMITA, "Polygon")]
)
def test_every_area_has_a_geometry_for_the_database(shape: Shape, kind: str) -> None:
    geometry = to_shape(area_element(shape))
    assert geometry.geom_type == kind
    assert geometry.is_valid


def test_a_sample_of_a_stored_area_has_places_in_every_part() -> None:
    geojson = to_shape(area_element(BOTH)).__geo_interface__
    for sample in (
        sampled_area(load_population(), geojson, None),
        sampled_shape(load_population(), BOTH),
    ):
        east = [place.lon > 27.0 for place in sample.points]
        assert any(east)
        assert not all(east)
        assert sum(sample.weights) == pytest.approx(1.0)


def test_nowhere_is_refused() -> None:
    with pytest.raises(BadDemandError):
        sampled_area(load_population(), None, None)


# ── what comes later ──────────────────────────────────────────────────────────
def test_a_cell_picks_the_meant_village_out_of_all_of_that_name() -> None:
    ground = BeliefGround(load_counties(), load_territories(), load_population(), load_localities())
    said = read_words("satul Slobozia").report
    cell = LocationReport("mlp", Circle(LonLat(25.90, 43.86), 9_000.0), 0.95, source="CELL")
    for first, second in ((said, cell), (cell, said)):
        later = AT + timedelta(seconds=20)
        belief = fuse([Evidence(first, AT), Evidence(second, later)], ground)
        assert belief.conflict is None
        assert belief.assignment.owner == "GR"
        assert belief.location is not None
        # The village, not the whole cell.
        assert area_m2(belief.location.shape) < 0.2 * area_m2(cell.shape)  # type: ignore[arg-type]
