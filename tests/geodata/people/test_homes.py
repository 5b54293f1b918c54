"""Where people live as points: everybody is there, in the right county."""

import numpy as np
import pytest

from geodata.people.homes import PEOPLE_PER_POINT, Homes, load_homes
from geodata.reference.codes import CODES
from geodata.territories.counties import load_counties
from geodata.territories.localities import load_localities


@pytest.fixture(scope="module")
def homes() -> Homes:
    return load_homes()


def test_every_county_has_the_people_of_its_localities(homes: Homes) -> None:
    expected = dict.fromkeys(CODES, 0.0)
    for row in load_localities().all():
        expected[row.county] += row.population
    everybody = homes.persons_by_county(np.ones(len(homes.lon), bool))
    assert everybody == pytest.approx(expected)


def test_every_home_lies_in_its_county_unless_its_label_point_does_not(homes: Homes) -> None:
    found = load_counties().find_many(homes.lon, homes.lat)
    assert (found != homes.county).mean() < 1e-3


def test_no_point_stands_for_more_than_a_few_streets(homes: Homes) -> None:
    assert homes.persons.max() <= PEOPLE_PER_POINT * 1.01
    assert homes.persons.min() >= 0
