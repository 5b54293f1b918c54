"""The examples in the docstrings of the doors run, and say what really comes out."""

import doctest
import sys
from importlib import import_module
from operator import attrgetter

import pytest

# Where somebody who wants to use a part of the system comes in: module, and name in it.
DOORS = (
    ("api.app", "create_app"),
    ("dispatch.belief.fusion", "fuse"),
    ("dispatch.jurisdiction.county_assignment", "locate"),
    ("dispatch.location.reader", "read_report"),
    ("dispatch.lost_protocol.server", "LostServer"),
    ("dispatch.recommendation.ranking", "recommend"),
    ("geodata.areas.shapes", "parts_of"),
    ("geodata.areas.uncertainty", "scale_confidence"),
    ("geodata.numbering", "counties_of_prefix"),
    ("geodata.numbering", "mobile_networks"),
    ("geodata.numbering", "read_number"),
    ("geodata.points", "LonLat"),
    ("geodata.points", "LonLat.checked"),
    ("geodata.roads.reading.graph", "from_graphml"),
    ("geodata.roads.reading.graph", "from_networkx"),
    ("geodata.territories.counties", "load_counties"),
    ("geodata.territories.shares", "load_territories"),
    ("geodata.travel.coverage", "cover_people"),
    ("geodata.travel.isochrones", "draw_isochrones"),
    ("geodata.travel.travel_times", "load_travel_times"),
    ("teams.availability", "next_status"),
    ("teams.positions", "judge"),
    # No door, but its example would run nowhere else.
    ("geodata.reference.build.names", "place_name"),
)


@pytest.mark.parametrize(("module", "name"), DOORS, ids=lambda text: text)
def test_the_example_of_a_door_gives_what_it_says(module: str, name: str) -> None:
    room = import_module(module)
    text = attrgetter(name)(room).__doc__
    example = doctest.DocTestParser().get_doctest(text, dict(vars(room)), name, module, 0)
    result = doctest.DocTestRunner().run(example, out=sys.stderr.write)
    assert result.attempted > 0
    assert result.failed == 0
