"""
The one table registry of the schema, and the reference and audit tables.

Each slice declares its own tables in its `tables.py` on `metadata`. The migrations are
the schema's source; these declarations are what queries are written with, and a test
holds the two equal.
"""

from geoalchemy2 import Geometry
from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    Boolean,
    Column,
    FetchedValue,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData()

AWARE = TIMESTAMP(timezone=True)


def geometry(kind: str) -> Geometry:
    """Return the column type of a geometry of `kind`, EPSG:4326; indexes are declared apart."""
    return Geometry(kind, srid=4326, spatial_index=False)


jurisdiction = Table(
    "jurisdiction",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("seat", geometry("POINT"), nullable=False),
    Column("population", Integer, nullable=False),
    Column("area_km2", Float(53), nullable=False),
    Column("neighbours", ARRAY(Text), nullable=False),
    Column("area", geometry("MULTIPOLYGON"), nullable=False),
    Index("jurisdiction_area", "area", postgresql_using="gist"),
)

locality = Table(
    "locality",
    metadata,
    Column("siruta", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("uat", Text, nullable=False),
    Column("county", Text, ForeignKey("jurisdiction.code"), nullable=False),
    Column("place", geometry("POINT"), nullable=False),
    Column("population", Float(53), nullable=False),
    Index("locality_place", "place", postgresql_using="gist"),
    Index("locality_county", "county"),
)

audit_entry = Table(
    "audit_entry",
    metadata,
    Column("n", BigInteger, FetchedValue(), primary_key=True, autoincrement=False),
    Column("at", AWARE, FetchedValue(), nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("object_type", Text, nullable=False),
    Column("object_id", Text),
    Column("county", Text),
    Column("detail", JSONB, nullable=False, server_default="{}"),
    Column("prev", LargeBinary),
    Column("hash", LargeBinary, nullable=False),
    Index("audit_entry_object", "object_type", "object_id"),
    Index("audit_entry_at", "at"),
    # Who may write an entry may not always read it back.
    implicit_returning=False,
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("single", Boolean, primary_key=True, server_default="true"),
    Column("n", BigInteger, nullable=False),
    Column("hash", LargeBinary),
)
