"""Where callers may be: the cloud holds the people, and its sample is its density."""

import numpy as np
import pytest

from geodata.areas.likelihood import StatedArea, likelihood, search_m
from geodata.areas.shapes import Circle
from geodata.people.caller_cloud import CallerCloud
from geodata.people.population import load_population
from geodata.points import LonLat
from geodata.reference.codes import CODES
from geodata.territories.localities import load_localities
from geodata.territories.shares import load_territories

COUNTRY = (LonLat(25.0, 45.9), 600_000.0)
# A border between sectors, one between counties with villages on both sides, a town.
PLACES = [LonLat(26.1025, 44.4353), LonLat(26.25, 44.50), LonLat(27.57, 47.16)]


@pytest.fixture(scope="module")
def cloud() -> CallerCloud:
    return load_population().cloud


def test_every_resident_is_in_the_cloud_in_the_county_of_the_register(cloud: CallerCloud) -> None:
    places = cloud.around(*COUNTRY)
    at_home = places.locality >= 0
    found = np.bincount(places.county[at_home], places.weight[at_home], minlength=len(CODES))
    people = np.zeros(len(CODES))
    for row in load_localities().all():
        people[CODES.index(row.county)] += row.population
    assert found == pytest.approx(people, rel=1e-6)


def test_a_place_lies_in_the_county_it_counts_for(cloud: CallerCloud) -> None:
    places = cloud.around(LonLat(26.1, 44.5), 40_000.0)
    found = load_territories().find_many(places.lons, places.lats)
    assert (found == places.county).mean() > 0.999


@pytest.mark.parametrize("middle", PLACES)
def test_close_places_and_the_cloud_tell_the_same(cloud: CallerCloud, middle: LonLat) -> None:
    shape = Circle(middle, 2_500.0)
    both = []
    for places in (
        cloud.fine(middle, shape.radius_m, search_m(shape)),
        cloud.around(middle, search_m(shape)),
    ):
        mass = places.weight * likelihood(StatedArea(shape, 0.9), places.lons, places.lats)
        both.append(np.bincount(places.county, mass, minlength=len(CODES)))
    fine, coarse = both
    assert fine.sum() == pytest.approx(coarse.sum(), rel=0.15)
    assert fine / fine.sum() == pytest.approx(coarse / coarse.sum(), abs=0.05)


def test_the_cloud_is_the_same_every_time(cloud: CallerCloud) -> None:
    again = CallerCloud(load_localities().all(), load_territories())
    one, two = (c.around(PLACES[0], 5_000.0) for c in (cloud, again))
    assert (one.lons == two.lons).all()
    assert (one.weight == two.weight).all()


def test_where_people_are_around_it_is_crowded(cloud: CallerCloud) -> None:
    town, mountain = (
        cloud.around(m, 1_500.0).crowd.mean() for m in (PLACES[0], LonLat(24.6, 45.6))
    )
    assert town > 1.0 > -1.0 > mountain
