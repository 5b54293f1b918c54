"""What the tags of one way mean for a car."""

import pytest

from geodata.roads.reading.barriers import stops_cars
from geodata.roads.tag_numbers import read_duration_s, read_max_speed_kph
from geodata.roads.tags import (
    BACKWARD,
    CLASS_CODES,
    FORWARD,
    ROUNDABOUT,
    is_open_to_cars,
    read_flags,
    read_limit_kph,
    reason_to_drop,
    understand,
)

BOTH = FORWARD | BACKWARD


@pytest.mark.parametrize(
    ("tags", "flags"),
    [
        ({}, BOTH),
        ({"oneway": "yes"}, FORWARD),
        ({"oneway": "1"}, FORWARD),
        ({"oneway": "-1"}, BACKWARD),
        ({"oneway": "reverse"}, BACKWARD),
        ({"oneway": "no", "highway": "motorway"}, BOTH),
        ({"highway": "motorway"}, FORWARD),
        ({"highway": "motorway_link"}, BOTH),
        ({"junction": "roundabout"}, FORWARD | ROUNDABOUT),
        ({"junction": "circular", "oneway": "no"}, BOTH | ROUNDABOUT),
        ({"oneway": "alternating"}, BOTH),
    ],
)
def test_directions_follow_oneway_and_what_it_implies(tags: dict[str, str], flags: int):
    assert read_flags(tags) == flags


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"highway": "footway"}, "not_drivable"),
        ({"highway": "track"}, "not_drivable"),
        ({"highway": "track", "tracktype": "grade1"}, "not_drivable"),
        ({"highway": "construction", "construction": "primary"}, "not_drivable"),
        ({"highway": "proposed", "proposed": "motorway"}, "not_drivable"),
        ({"highway": "living_street"}, None),
        ({"highway": "motorway", "toll": "yes"}, None),
        ({"highway": "service", "service": "driveway"}, "service_lane"),
        ({"highway": "service", "service": "alley"}, None),
        ({"highway": "residential", "area": "yes"}, "area"),
        ({"highway": "primary", "access": "psv"}, "no_access"),
        ({"highway": "primary", "motor_vehicle": "bus", "motorcar": "yes"}, None),
        ({"highway": "primary", "vehicle": "no", "motor_vehicle": "yes"}, None),
        ({"highway": "primary", "access": "yes", "vehicle": "no"}, "no_access"),
        ({"highway": "primary", "motor_vehicle": "yes", "motorcar": "no"}, "no_access"),
        ({"highway": "primary", "oneway": "reversible"}, "reversible"),
        ({"highway": "service", "service": "parking_aisle"}, "service_lane"),
        ({"highway": "service"}, None),
        ({"highway": "residential", "access": "private"}, "no_access"),
        ({"highway": "residential", "motor_vehicle": "no"}, "no_access"),
        ({"highway": "residential", "access": "no", "motorcar": "yes"}, None),
        ({"highway": "residential", "access": "destination"}, None),
    ],
)
def test_ways_are_dropped_for_a_reason(tags: dict[str, str], reason: str | None):
    assert reason_to_drop(tags) == reason


@pytest.mark.parametrize(
    ("value", "is_open"),
    [
        ("agricultural;forestry", False),
        ("private;customers", False),
        ("private;emergency", False),
        ("no; private", False),
        (" Private ", False),
        ("PSV;bicycle;taxi", False),
        ("private;", False),
        ("private, customers", False),
        ("no|agricultural", False),
        ("private,yes", True),
        ("yes;private", True),
        ("destination; agricultural", True),
        ("permissive", True),
        ("delivery;no", True),
        ("agricultural/forestry", False),
        ("none", False),
        ("restricted;tenants", False),
        ("Prohibited", False),
        ("owner / resident", False),
        ("private/destination", True),
        (";", True),
    ],
)
@pytest.mark.parametrize("key", ["access", "vehicle", "motor_vehicle", "motorcar"])
def test_a_list_is_closed_when_every_value_of_it_is(key: str, value: str, is_open: bool):
    assert is_open_to_cars({key: value}) is is_open
    assert is_open_to_cars({f"{key}:backward": value}, suffix=":backward") is is_open
    one_way = read_flags({"highway": "primary", f"{key}:backward": value}) == FORWARD
    assert one_way is not is_open


def test_the_more_specific_key_decides_over_a_list_of_the_other():
    assert is_open_to_cars({"access": "private;customers", "motorcar": "yes"})
    assert not is_open_to_cars({"access": "yes;destination", "motor_vehicle": "forestry; no"})
    assert is_open_to_cars({"access": "yes", "motorcar": " "})


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"service": "emergency_access"}, "no_access"),
        ({"service": "Emergency_Access;alley"}, "no_access"),
        ({"service": "busway"}, "no_access"),
        ({"construction": "yes"}, "construction"),
        ({"construction": "residential"}, "construction"),
        ({"construction": "minor;bridge"}, "construction"),
        ({"construction": "no"}, None),
        ({"construction": "minor"}, None),
        ({"construction": "widening"}, None),
        ({"abandoned": "yes"}, "given_up"),
        ({"disused": "yes"}, "given_up"),
        ({"disused": "no"}, None),
        ({"impassable": "yes"}, "given_up"),
        ({"proposed": "yes"}, "given_up"),
        ({"planned": "yes"}, "given_up"),
        ({"destroyed": "yes"}, "given_up"),
        ({"surface": "ice"}, "frozen_ground"),
        ({"surface": "snow;ice"}, "frozen_ground"),
        ({"surface": "gravel"}, None),
        ({"ford": "stepping_stones"}, "no_access"),
        ({"ford": "boat"}, "no_access"),
        ({"smoothness": "impassable"}, "given_up"),
        ({"smoothness": "very_bad"}, None),
        ({"ice_road": "yes"}, "frozen_ground"),
        ({"winter_road": "yes"}, "frozen_ground"),
        ({"ice_road": "no"}, None),
        ({"seasonal": "winter"}, "frozen_ground"),
        ({"seasonal": "summer"}, None),
        ({"ford": "yes"}, None),
        ({"oneway": "Reversible"}, "reversible"),
    ],
)
def test_a_road_that_is_not_for_us_is_none_whatever_its_class(
    tags: dict[str, str], reason: str | None
):
    assert reason_to_drop({"highway": "residential", **tags}) == reason
    assert understand({"highway": "residential", **tags}).drop == reason


def test_a_road_of_one_season_counts_as_one_with_a_condition():
    assert understand({"highway": "secondary", "seasonal": "summer"}).has_condition
    assert not understand({"highway": "secondary", "seasonal": "no"}).has_condition


@pytest.mark.parametrize(
    ("tags", "stops"),
    [
        ({"barrier": "ditch"}, True),
        ({"barrier": "concrete_block"}, True),
        ({"barrier": "jersey_barrier"}, True),
        ({"barrier": "boulder"}, True),
        ({"barrier": "rubble"}, True),
        ({"barrier": "stones"}, True),
        ({"barrier": "earth_mound"}, True),
        ({"barrier": "barricade"}, True),
        ({"barrier": "a word of somebody's own"}, True),
        ({"barrier": "Swing_Gate"}, False),
        ({"barrier": "garage door"}, False),
        ({"barrier": "gate", "locked": "Yes"}, True),
        ({"barrier": "yes"}, False),
        ({"barrier": ""}, False),
        ({"barrier": "log;debris"}, True),
        ({"barrier": " Block"}, True),
        ({"barrier": "gate;bollard"}, False),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, False),
        ({"barrier": "bollard", "access": "private;customers"}, True),
        ({"barrier": "kerb"}, False),
        ({"barrier": "width_restrictor", "maxwidth": "1.2"}, True),
        ({"barrier": "gate", "maxwidth": "0,9 m"}, True),
        ({"barrier": "height_restrictor", "maxheight": "1.3 m"}, True),
        ({"barrier": "height_restrictor", "maxheight": "2.1"}, False),
        ({"barrier": "width_restrictor", "maxwidth": "default"}, False),
        ({"barrier": "width_restrictor", "maxwidth": "1.5", "motorcar": "yes"}, False),
        ({"barrier": "toll_booth"}, False),
        ({"barrier": "lift_gate", "access": "private;emergency"}, True),
    ],
)
def test_barriers_stop_cars_by_their_kind_unless_their_access_says_otherwise(
    tags: dict[str, str], stops: bool
):
    assert stops_cars(tags) is stops


@pytest.mark.parametrize(
    ("text", "kph"),
    [
        ("50", 50),
        (" 50 km/h ", 50),
        ("30 mph", 48),
        ("50;70", 50),
        ("RO:urban", 50),
        ("RO:motorway", 130),
        *[("RO:zone30", 30), ("RO:zone:30", 30), ("RO:30", 30), ("zone:20", 20)],
        *[("RO:express", 120), ("RO:Living_Street", 20), ("RO:wherever", 0)],
        *[("HU:urban", 50), ("UA:rural", 90), ("rural", 90), ("RO:urban;RO:rural", 50)],
        *[("50 | 70", 50), ("10 knots", 19), ("signals", 0), ("none", 0), ("RO:5000", 0)],
        ("walk", 7),
        ("5000", 0),
        ("-50", 0),
        ("", 0),
        (None, 0),
    ],
)
def test_absurd_speed_limits_count_as_untagged(text: str | None, kph: int):
    assert read_max_speed_kph(text) == kph


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *[(text, 1200) for text in ("20", "20 min", "20min.", "20 minutes", "00:20", "P0DT0H20M")],
        *[(text, 5400) for text in ("1:30", "1 h 30 min", "1h30", "1,5 ore", "PT1.5H")],
        *[("0:07:30", 450), ("7.5", 450), ("PT1H5M", 3900), ("30 s", 30), ("45'", 2700)],
        *[("soon", 0), ("h", 0), ("5-10", 0), ("P2D", 0), ("-5", 0), (None, 0)],
    ],
)
def test_the_duration_of_a_crossing_is_read(text: str | None, seconds: int):
    assert read_duration_s(text) == seconds


@pytest.mark.parametrize(
    ("tags", "kph"),
    [
        ({"maxspeed": "50", "maxspeed:type": "RO:rural"}, 50),
        ({"maxspeed:forward": "70", "maxspeed:backward": "50"}, 50),
        ({"maxspeed": "signals", "source:maxspeed": "RO:urban"}, 50),
        ({"zone:traffic": "RO:rural"}, 90),
        ({"zone:maxspeed": "30"}, 30),
        ({"zone:maxspeed": "RO:30"}, 30),
        ({"source:maxspeed": "sign"}, 0),
        ({"maxspeed": "none", "highway": "motorway"}, 0),
        ({}, 0),
    ],
)
def test_the_limit_of_a_way_comes_from_the_most_exact_tag(tags: dict[str, str], kph: int):
    assert read_limit_kph(tags) == kph


@pytest.mark.parametrize("text", ["roundabout", "Roundabout", " circular", "roundabout;yes"])
def test_a_circle_is_one_way_however_it_is_written(text: str):
    assert read_flags({"highway": "tertiary", "junction": text}) == FORWARD | ROUNDABOUT


@pytest.mark.parametrize("text", ["ferry", "Ferry", "ferry;road", "bus; ferry"])
def test_a_ferry_is_one_among_other_routes(text: str):
    assert understand({"route": text, "motor_vehicle": "yes"}).road_class == CLASS_CODES["ferry"]
    assert understand({"route": text}).drop == "no_access"
