"""
Whose ground is a circle on? Ours, plain geopandas and PostGIS on the same circles.

Circles are random: centres anywhere in the country, radii 100 m to 35 km, uniform. The
peers get a seeded part of them (said in the table) in one batch each, which is their
fastest way; our outlines, so that shares can be compared; and their spatial index.

    python -m benchmarks.county [POSTGIS_URL]
"""

import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

from geodata.crs import EQUAL_AREA
from geodata.points import LonLat
from geodata.reference.codes import CODES
from geodata.territories.shares import load_territories, outline_of_circle

Floats = NDArray[np.float64]

PEER_CIRCLES = 1000
RADII_M = (100.0, 35_000.0)


@dataclass(frozen=True, slots=True)
class Row:
    """One way of answering: how many circles, how fast, how far from ours."""

    name: str
    circles: int
    per_second: float
    times_slower: float
    max_difference: float | None

    def __str__(self) -> str:
        difference = "" if self.max_difference is None else f"{self.max_difference:.1e}"
        return (
            f"{self.name:<34}{self.circles:>8,}{self.per_second:>14,.0f}"
            f"{self.times_slower:>10.1f} x{difference:>12}"
        )


@dataclass(frozen=True, slots=True)
class Circles:
    """Circles to ask about: centres in degrees (EPSG:4326), radii in metres."""

    lons: Floats
    lats: Floats
    radii_m: Floats

    def first(self, count: int) -> "Circles":
        """Return the first `count` circles, for peers that would need hours for all."""
        return Circles(self.lons[:count], self.lats[:count], self.radii_m[:count])

    def polygons(self) -> NDArray[np.object_]:
        """Draw our own outlines, EPSG:3035, so that every peer measures the same ground."""
        places = zip(self.lons, self.lats, self.radii_m, strict=True)
        return np.asarray(
            shapely.polygons([outline_of_circle(LonLat(x, y), r) for x, y, r in places])
        )


def run(circles: int = 10_000, postgis_url: str | None = None, seed: int = 119) -> list[Row]:
    """Measure, print a table and return its rows; without an address PostGIS is our own."""
    asked = random_circles(circles, seed)
    few = asked.first(PEER_CIRCLES)
    polygons = few.polygons()
    territories = load_territories()
    territories.shares_of_circles(asked.lons[:10], asked.lats[:10], asked.radii_m[:10])
    ours_s, shares = _best_of(
        3, lambda: territories.shares_of_circles(asked.lons, asked.lats, asked.radii_m)
    )
    rows = [Row("dispatch119", circles, circles / ours_s, 1.0, None)]
    each = ours_s / circles

    def add(name: str, seconds: float, found: Floats) -> None:
        difference = float(np.abs(found - shares[: len(found)]).max())
        rows.append(
            Row(name, len(found), len(found) / seconds, seconds / len(found) / each, difference)
        )

    add("geopandas overlay", *_best_of(1, lambda: ask_geopandas(polygons)))
    with _postgis(postgis_url) as connection:
        load_counties_table(connection)
        load_circles_table(connection, polygons)
        add("PostGIS", *_best_of(2, lambda: ask_postgis(connection, len(polygons), "county")))
        add(
            "PostGIS, counties subdivided",
            *_best_of(2, lambda: ask_postgis(connection, len(polygons), "county_piece")),
        )
    _print(rows)
    return rows


def random_circles(count: int, seed: int) -> Circles:
    """Return circles with centres anywhere in the country and radii 100 m to 35 km."""
    random = np.random.default_rng(seed)
    territories = load_territories()
    lons, lats = random.uniform(20.2, 29.8, 4 * count), random.uniform(43.6, 48.3, 4 * count)
    inside = np.flatnonzero(territories.find_many(lons, lats) >= 0)[:count]
    return Circles(lons[inside], lats[inside], random.uniform(*RADII_M, count))


def ask_geopandas(polygons: NDArray[np.object_]) -> Floats:
    """Answer with `geopandas.overlay` of two frames, as a notebook would."""
    counties = geopandas.GeoDataFrame(
        {"county": range(len(CODES))}, geometry=load_territories().polygons, crs=EQUAL_AREA
    )
    circles = geopandas.GeoDataFrame(
        {"circle": range(len(polygons))}, geometry=polygons, crs=EQUAL_AREA
    )
    parts = geopandas.overlay(circles, counties, how="intersection", keep_geom_type=True)
    shares = np.zeros((len(polygons), len(CODES)))
    np.add.at(shares, (parts["circle"], parts["county"]), parts.area)
    return shares / shapely.area(polygons)[:, None]


def load_counties_table(connection: psycopg.Connection[Any]) -> None:
    """Store the counties whole and, because PostGIS is quicker so, in pieces of 128 vertices."""
    connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    connection.execute("CREATE TEMP TABLE county (code int, geom geometry(Geometry, 3035))")
    wkb = shapely.to_wkb(load_territories().polygons)
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO county VALUES (%s, ST_GeomFromWKB(%s, 3035))", list(enumerate(wkb))
        )
    connection.execute(
        "CREATE TEMP TABLE county_piece AS SELECT code, ST_Subdivide(geom, 128) geom FROM county"
    )
    for table in ("county", "county_piece"):
        connection.execute(f"CREATE INDEX ON {table} USING gist (geom)")
        connection.execute(f"ANALYZE {table}")


def load_circles_table(connection: psycopg.Connection[Any], polygons: NDArray[np.object_]) -> None:
    """Store the circles' outlines (EPSG:3035); loading them is no part of the time."""
    connection.execute("CREATE TEMP TABLE circle (n int, geom geometry(Polygon, 3035))")
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO circle VALUES (%s, ST_GeomFromWKB(%s, 3035))",
            list(enumerate(shapely.to_wkb(polygons))),
        )
    connection.execute("ANALYZE circle")


def ask_postgis(connection: psycopg.Connection[Any], count: int, table: str) -> Floats:
    """Answer all circles with one statement; shares of shape (count, 47)."""
    found = connection.execute(
        f"""
        SELECT circle.n, {table}.code,
               sum(ST_Area(ST_Intersection({table}.geom, circle.geom))) / ST_Area(circle.geom)
        FROM circle JOIN {table} ON ST_Intersects({table}.geom, circle.geom)
        GROUP BY circle.n, circle.geom, {table}.code
        """
    ).fetchall()
    shares = np.zeros((count, len(CODES)))
    for n, code, share in found:
        shares[n, code] = share
    return shares


@contextmanager
def _postgis(url: str | None) -> Any:
    if url is not None:
        with psycopg.connect(url) as connection:
            yield connection
            connection.rollback()
        return
    from geodata.database.embedded import EmbeddedCluster
    from geodata.database.engine import conninfo

    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedCluster(Path(folder), durable=False) as cluster,
        psycopg.connect(conninfo(cluster.url)) as connection,
    ):
        yield connection
        connection.rollback()


def _best_of(times: int, ask: Callable[[], Floats]) -> tuple[float, Floats]:
    best, answer = np.inf, np.empty(0)
    for _ in range(times):
        start = time.perf_counter()
        answer = ask()
        best = min(best, time.perf_counter() - start)
    return float(best), answer


def _print(rows: list[Row]) -> None:
    print("County shares of random circles, 100 m to 35 km, one thread each")
    print(f"{'':<34}{'circles':>8}{'circles/s':>14}{'slower':>12}{'max diff':>12}")
    for row in rows:
        print(row)
    print(f"Peers answer the first {PEER_CIRCLES:,} circles; their speed is per circle of those.")


if __name__ == "__main__":
    run(postgis_url=sys.argv[1] if len(sys.argv) > 1 else None)
