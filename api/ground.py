"""
The loaded reference data and the pure pipeline on top of it; no database, no web.

Both doors, the command line and HTTP, turn messages into a county through `Ground.hearing`,
so they answer with the same object.
"""

from dataclasses import dataclass, field
from pathlib import Path

from api.settings import DatabaseSettings, IntakeSettings
from dispatch.belief.fusion import BeliefGround
from dispatch.belief.hearing import Hearing
from dispatch.jurisdiction.county_assignment import locate
from dispatch.location.cells.table import OPENCELLID, OPERATOR_RO, CellTable
from dispatch.model import LocationReport
from dispatch.policy import ArrivalPolicy, RecommendationPolicy
from geodata.areas.shapes import Circle
from geodata.people.population import Population, load_population
from geodata.points import LonLat
from geodata.roads.publishing.bundled import ensure_index, find_missed
from geodata.roads.publishing.index_holder import RoadIndexHolder
from geodata.territories.counties import Counties, load_counties
from geodata.territories.localities import Localities, load_localities
from geodata.territories.shares import Territories, load_territories
from geodata.travel.travel_times import BUNDLED_INDEX, TravelTimes, load_travel_times


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
    hmac_key: bytes | None = None
    cells: CellTable | None = None

    @property
    def hearing(self) -> Hearing:
        """What reads messages and forms the belief of a call from them."""
        ground = BeliefGround(self.counties, self.territories, self.population, self.localities)
        return Hearing(ground, self.hmac_key, self.cells)

    def owner_of_circle(self, center: LonLat, radius_m: float) -> str | None:
        """Return the county that owns a circle (EPSG:4326, metres), None abroad."""
        report = LocationReport(format="place", shape=Circle(center, radius_m), confidence=0.95)
        _, assignment = locate(
            report,
            counties=self.counties,
            territories=self.territories,
            population=self.population,
            localities=self.localities,
        )
        return assignment.owner


def road_folder(database: DatabaseSettings) -> Path:
    """Return where the road index of this installation lives, bundled or imported."""
    return database.data_dir / "roads"


def roads_in_use(database: DatabaseSettings, *, at_any_rate: bool = False) -> TravelTimes:
    """
    Follow the road index of this installation: the imported one, else the bundled Bucharest.

    The bundled network is written into the data folder when it is not there yet. Where
    that cannot be written, it is held in memory: the same times, but no closures.

    `at_any_rate` is for a server: after an update of the program it had better answer
    with Bucharest's roads, and estimates elsewhere, than not at all (`missed_import`).

    Raises
    ------
    RoadNetworkError
        The index is damaged, or an imported one is of another version.
    """
    folder = road_folder(database)
    try:
        ensure_index(folder, BUNDLED_INDEX, instead_of_unreadable=at_any_rate)
    except OSError:
        return load_travel_times()
    return TravelTimes(RoadIndexHolder(folder))


def missed_import(database: DatabaseSettings) -> str | None:
    """Name the file that has to be imported again because its index is of another version."""
    return find_missed(road_folder(database))


def load_ground(intake: IntakeSettings | None = None) -> Ground:
    """
    Load the compiled reference data of the package, and the cell table if one is set.

    Raises
    ------
    RefusedError
        The cell table cannot be read.
    """
    chosen = intake or IntakeSettings()
    key = chosen.aml_hmac_key
    return Ground(
        load_counties(),
        load_territories(),
        load_population(),
        load_localities(),
        hmac_key=key.get_secret_value().encode() if key else None,
        cells=_cells(chosen),
    )


def _cells(intake: IntakeSettings) -> CellTable | None:
    if intake.cell_table is None:
        return None
    columns = OPENCELLID if intake.cell_columns == "opencellid" else OPERATOR_RO
    return CellTable.load(intake.cell_table, columns, mcc="226")
