"""
Load the compiled reference geography into the database: jurisdictions and localities.

Rows are staged with COPY and merged, so that seeding again changes nothing and a new
compilation replaces the old rows in one transaction. Run by the owner, at start-up.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

import shapely
from psycopg import sql
from sqlalchemy import Engine, text

from geodata.database.faults import named_faults
from geodata.reference.files import MANIFEST, read_text
from geodata.territories.counties import Counties, load_counties
from geodata.territories.localities import load_localities

_JURISDICTION = (
    "code", "name", "kind", "seat", "population", "area_km2", "neighbours", "area",
)  # fmt: skip
_LOCALITY = ("siruta", "name", "uat", "county", "place", "population")


def seed_reference(engine: Engine) -> bool:
    """
    Make `jurisdiction` and `locality` equal to the compiled reference data.

    Returns whether there was anything to load: the table's comment names the manifest
    it was loaded from, so a warm start costs one query instead of a second.
    """
    mark = f"manifest {hashlib.sha256(read_text(MANIFEST).encode()).hexdigest()}"
    with named_faults(), engine.begin() as connection:
        known = connection.execute(text("SELECT obj_description('jurisdiction'::regclass)"))
        driver: Any = connection.connection.driver_connection
        if known.scalar_one() == mark:
            return False
        counties = load_counties()
        _merge(driver, "jurisdiction", _JURISDICTION, _jurisdictions(counties))
        _merge(driver, "locality", _LOCALITY, _localities())
        connection.execute(text("ANALYZE jurisdiction, locality"))
        connection.exec_driver_sql(f"COMMENT ON TABLE jurisdiction IS '{mark}'")
    return True


def _jurisdictions(counties: Counties) -> Iterable[tuple[Any, ...]]:
    for code in counties.codes:
        county = counties.get(code)
        area = shapely.MultiPolygon(list(shapely.get_parts(counties.geometry(code))))
        yield (
            code, county.name, county.kind, _ewkb(shapely.Point(county.seat)), county.population,
            county.area_km2, list(county.neighbours), _ewkb(area),
        )  # fmt: skip


def _localities() -> Iterable[tuple[Any, ...]]:
    for row in load_localities().all():
        place = _ewkb(shapely.Point(row.place))
        yield row.siruta, row.name, row.uat, row.county, place, row.population


def _ewkb(shape: shapely.Geometry) -> str:
    return str(shapely.to_wkb(shapely.set_srid(shape, 4326), hex=True, include_srid=True))


def _merge(
    driver: Any, table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Copy `rows` beside `table`, then make the table equal to them by its first column."""
    names = {
        "table": sql.Identifier(table),
        "stage": sql.Identifier(f"stage_{table}"),
        "key": sql.Identifier(columns[0]),
        "columns": sql.SQL(", ").join(map(sql.Identifier, columns)),
        "changes": sql.SQL(", ").join(
            sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in columns[1:]
        ),
    }
    driver.execute(
        sql.SQL(
            "CREATE TEMPORARY TABLE {stage} ON COMMIT DROP AS SELECT {columns} FROM {table} LIMIT 0"
        ).format(**names)
    )
    with driver.cursor().copy(
        sql.SQL("COPY {stage} ({columns}) FROM STDIN").format(**names)
    ) as copy:
        for row in rows:
            copy.write_row(row)
    driver.execute(
        sql.SQL(
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM {stage} "
            "ON CONFLICT ({key}) DO UPDATE SET {changes}"
        ).format(**names)
    )
    driver.execute(
        sql.SQL("DELETE FROM {table} WHERE {key} NOT IN (SELECT {key} FROM {stage})").format(
            **names
        )
    )
