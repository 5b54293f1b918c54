"""Tables of closed and slowed roads and of requests for them; EPSG:4326, times are aware."""

from sqlalchemy import UUID, BigInteger, Column, Float, ForeignKey, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from geodata.database.metadata import AWARE, geometry, metadata

road_closure = Table(
    "road_closure",
    metadata,
    Column("id", UUID, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("county", Text, nullable=False),
    Column("counties", ARRAY(Text), nullable=False),
    Column("area", geometry("GEOMETRY")),
    Column("way_ids", ARRAY(BigInteger), nullable=False, server_default="{}"),
    Column("spot", geometry("POINT")),
    Column("factor", Float(53)),
    Column("reason", Text, nullable=False),
    Column("valid_from", AWARE, nullable=False),
    Column("valid_until", AWARE),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", AWARE, nullable=False, server_default=text("present_moment()")),
    Column("meant", JSONB, nullable=False, server_default="{}"),
    Column("ended_at", AWARE),
    Column("ended_by", Text),
    Column("end_reason", Text),
    Index("road_closure_recorded_at", "recorded_at"),
)

closure_request = Table(
    "closure_request",
    metadata,
    Column("id", UUID, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("county", Text, nullable=False),
    Column("asked_from", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", AWARE, nullable=False, server_default=text("present_moment()")),
    Column("area", geometry("GEOMETRY")),
    Column("way_ids", ARRAY(BigInteger), nullable=False, server_default="{}"),
    Column("spot", geometry("POINT")),
    Column("factor", Float(53)),
    Column("reason", Text, nullable=False),
    Column("valid_from", AWARE, nullable=False),
    Column("valid_until", AWARE),
    Column("meant", JSONB, nullable=False, server_default="{}"),
    Column("own_closure", UUID, ForeignKey("road_closure.id")),
    Column("answer", Text),
    Column("answered_at", AWARE),
    Column("answered_by", Text),
    Column("answer_reason", Text),
    Column("closure", UUID, ForeignKey("road_closure.id"), unique=True),
    Index("closure_request_asked_at", "asked_at"),
    Index("closure_request_own_closure", "own_closure"),
)
