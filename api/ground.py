"""
The loaded reference data and the pure pipeline on top of it; no database, no web.

Both doors, the command line and HTTP, turn a message into a county here, so they
answer with the same object.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dispatch.jurisdiction import locate
from dispatch.location.reader import read_report
from dispatch.model import CallerLocation, CountyAssignment, LocationReport
from dispatch.policy import ArrivalPolicy, RecommendationPolicy
from dispatch.presentation import location_answer
from geodata.counties import Counties, load_counties
from geodata.localities import Localities, load_localities
from geodata.points import LonLat
from geodata.population import Population, load_population
from geodata.shapes import Circle
from geodata.territories import Territories, load_territories


@dataclass(frozen=True, slots=True)
class Located:
    """A message that was read: what it says, whose it is, and the documented answer."""

    report: LocationReport
    location: CallerLocation | None
    assignment: CountyAssignment
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Policies:
    """The bounds of all decisions in force."""

    recommendation: RecommendationPolicy = field(default_factory=RecommendationPolicy)
    arrival: ArrivalPolicy = field(default_factory=ArrivalPolicy)


@dataclass(frozen=True, slots=True)
class Ground:
    """Counties, exact areas and people: what a county assignment needs."""

    counties: Counties
    territories: Territories
    population: Population
    localities: Localities

    def locate(
        self, raw: bytes, *, content_type: str | None = None, message_format: str = "auto"
    ) -> Located:
        """
        Read a message and decide which county owns it.

        Raises
        ------
        RefusedError
            The message cannot be used; code and hint say why.
        """
        report = read_report(raw, content_type=content_type, format=message_format)
        location, assignment = self._assigned(report)
        answer = location_answer(report, location, assignment)
        return Located(report, location, assignment, answer)

    def owner_of_circle(self, center: LonLat, radius_m: float) -> str | None:
        """Return the county that owns a circle (EPSG:4326, metres), None abroad."""
        report = LocationReport(format="place", shape=Circle(center, radius_m), confidence=0.95)
        return self._assigned(report)[1].owner

    def _assigned(self, report: LocationReport) -> tuple[CallerLocation | None, CountyAssignment]:
        return locate(
            report,
            counties=self.counties,
            territories=self.territories,
            population=self.population,
            localities=self.localities,
        )


def load_ground() -> Ground:
    """Load the compiled reference data of the package; cached by the loaders."""
    return Ground(load_counties(), load_territories(), load_population(), load_localities())
