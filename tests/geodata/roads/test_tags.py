"""What the tags of one way mean for a car."""

import pytest

from geodata.roads.tags import (
    BACKWARD,
    FORWARD,
    ROUNDABOUT,
    read_duration_s,
    read_flags,
    read_limit_kph,
    read_max_speed_kph,
    reason_to_drop,
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
    ("text", "kph"),
    [
        ("50", 50),
        (" 50 km/h ", 50),
        ("30 mph", 48),
        ("50;70", 50),
        ("RO:urban", 50),
        ("RO:motorway", 130),
        ("signals", 0),
        ("none", 0),
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
    [("20", 1200), ("1:30", 5400), ("0:07:30", 450), ("PT1H5M", 3900), ("soon", 0), (None, 0)],
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
