"""The tables of mobile teams and their positions; geometry is EPSG:4326."""

from geoalchemy2 import Geometry
from sqlalchemy import (
    UUID,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from geodata.database.metadata import AWARE, geometry, metadata

team = Table(
    "team",
    metadata,
    Column("id", UUID, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("callsign", Text, nullable=False),
    Column("county", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("staffing", Integer, nullable=False),
    Column("capabilities", ARRAY(Text), nullable=False, server_default="{}"),
    Column("languages", ARRAY(Text), nullable=False, server_default="{ro}"),
    Column("on_shift", Boolean, nullable=False, server_default=text("true")),
    Column("base", geometry("POINT")),
    Column("lent_to", Text),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("updated_at", AWARE, nullable=False, server_default=text("present_moment()")),
    UniqueConstraint("county", "callsign"),
)


def _fix_columns() -> list[Column[Geometry] | Column[float] | Column[object]]:
    """Return the columns that the latest position and the history share."""
    return [
        Column("geom", geometry("POINT"), nullable=False),
        Column("device_at", AWARE),
        Column("received_at", AWARE, nullable=False),
        Column("accuracy_m", Float(53)),
        Column("speed_ms", Float(53)),
        Column("heading_deg", Float(53)),
        Column("battery_share", Float(53)),
    ]


team_position_latest = Table(
    "team_position_latest",
    metadata,
    Column("team_id", UUID, ForeignKey("team.id"), primary_key=True),
    Column("fix_at", AWARE, nullable=False),
    *_fix_columns(),
)

team_position = Table(
    "team_position",
    metadata,
    Column("team_id", UUID, primary_key=True),
    Column("fix_at", AWARE, primary_key=True),
    *_fix_columns(),
)
