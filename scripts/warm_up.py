"""Compile the numeric kernels once, so that the first call of a night does not wait."""

from datetime import UTC, datetime

from geodata.points import LonLat


def main() -> None:
    """Ask one question of each compiled engine; numba keeps the machine code on disk."""
    # Imported here so that a broken environment fails with its own message, not at line 1.
    from geodata.counties import load_counties
    from geodata.population import load_population
    from geodata.territories import load_territories
    from geodata.travel_time import load_travel_times

    place = LonLat(26.1025, 44.4268)
    load_counties().find_at(place)
    load_territories().shares_of_circle(place, 1200.0)
    load_population()
    load_travel_times().matrix(
        [place], [LonLat(26.12, 44.43)], at=datetime(2026, 1, 1, 3, tzinfo=UTC)
    )


if __name__ == "__main__":
    main()
