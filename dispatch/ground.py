"""
The reference data that decisions about a call stand on: one object, loaded once.

It holds data only. What is decided on it is in `dispatch.jurisdiction` and
`dispatch.belief`; the bounds of the decisions are in their policies.
"""

from dataclasses import dataclass

from geodata.people.population import Population, load_population
from geodata.territories.counties import Counties, load_counties
from geodata.territories.localities import Localities, load_localities
from geodata.territories.shares import Territories, load_territories


@dataclass(frozen=True, slots=True)
class Ground:
    """
    What a county assignment needs of the country.

    Attributes
    ----------
    counties
        The 47 territories with names, seats and neighbours.
    territories
        Exact shares of an area per county.
    population
        Where callers may be before anything is heard.
    localities
        Towns and villages by name and place, to say where exactly and what to ask.
    """

    counties: Counties
    territories: Territories
    population: Population
    localities: Localities


def load_ground() -> Ground:
    """
    Load the compiled reference data of the package; each part is read once per process.

    Raises
    ------
    ReferenceDataError
        A file is missing or damaged.
    """
    return Ground(load_counties(), load_territories(), load_population(), load_localities())
