"""The documented JSON object of `locate --json`, and of a refusal."""

import json

from dispatch.answers.location import location_answer, shape_answer
from dispatch.model import CallerLocation, CountyAssignment, CountyShare, LocationReport, Warning119
from geodata.areas.shapes import ArcBand, Circle, Point, Polygon
from geodata.points import LonLat

CENTER = LonLat(26.123456789012, 44.4)
SQUARE = (LonLat(26.0, 44.4), LonLat(26.1, 44.4), LonLat(26.1, 44.5), LonLat(26.0, 44.5))
DOUBT = Warning119("no_confidence", "none stated")
REPORT = LocationReport("json", Circle(CENTER, 500.0), 0.95, warnings=(DOUBT,))
ASSIGNMENT = CountyAssignment(
    counties=(
        CountyShare("B3", "București, Sectorul 3", 0.61, 0.5795, 0.83),
        CountyShare("B2", "București, Sectorul 2", 0.39, 0.3705, 0.17),
    ),
    owner="B3",
    runner_up="B2",
    margin=0.66,
    ambiguous=False,
    outside_share=0.0,
    decided_by="population",
    reason={"ro": "Răspunde Sectorul 3.", "en": "Sector 3 owns the call."},
    warnings=(Warning119("near_border", "close"),),
)
LOCATION = CallerLocation(Circle(CENTER, 500.0), 0.95, Circle(CENTER, 500.0), 0.95, (DOUBT,))


def test_the_answer_has_exactly_the_documented_members() -> None:
    answer = location_answer(REPORT, LOCATION, ASSIGNMENT)
    assert list(answer) == [
        "report",
        "location",
        "counties",
        "owner",
        "runner_up",
        "margin",
        "ambiguous",
        "outside_share",
        "decided_by",
        "reason",
        "question",
        "places",
        "commune",
        "warnings",
    ]
    assert list(answer["counties"][0]) == [
        "code",
        "name",
        "area_share",
        "rfc7459",
        "population_share",
    ]
    assert list(answer["location"]) == ["shape", "confidence"]


def test_the_answer_is_plain_json() -> None:
    answer = location_answer(REPORT, LOCATION, ASSIGNMENT)
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer


def test_every_warning_appears_once() -> None:
    answer = location_answer(REPORT, LOCATION, ASSIGNMENT)
    assert [w["code"] for w in answer["warnings"]] == ["no_confidence", "near_border"]


def test_without_a_place_the_shape_is_null() -> None:
    report = LocationReport("mlp", None, None, result_code="6")
    answer = location_answer(report, None, ASSIGNMENT)
    assert answer["location"] == {"shape": None, "confidence": None}
    assert answer["report"]["result_code"] == "6"


def test_lengths_are_rounded_up_and_never_when_whole() -> None:
    assert shape_answer(Circle(CENTER, 500.0))["radius_m"] == 500.0
    assert shape_answer(Circle(CENTER, 500.00001))["radius_m"] == 500.001


def test_the_inner_radius_is_rounded_down() -> None:
    band = shape_answer(ArcBand(CENTER, 1100.0009, 2200.0001, 0.0, 90.0))
    assert (band["inner_radius_m"], band["outer_radius_m"]) == (1100.0, 2200.001)


def test_places_keep_eight_decimals_longitude_first() -> None:
    assert shape_answer(Point(CENTER)) == {"type": "Point", "coordinates": [26.12345679, 44.4]}


def test_polygons_are_closed_like_geojson() -> None:
    ring = shape_answer(Polygon(SQUARE))["coordinates"][0]
    assert len(ring) == 5
    assert ring[0] == ring[-1]
