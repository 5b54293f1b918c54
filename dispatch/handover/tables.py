"""
The tables of hand-overs, of what happened to them on their way, and of missing-child drafts.

What may change and who may see it is in the migrations: a packed hand-over never changes, a
delivery that is over never moves, a draft is only ever added to.
"""

from sqlalchemy import (
    UUID,
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from dispatch.tables import incident
from geodata.database.metadata import AWARE, metadata

_NEW_ID = text("gen_random_uuid()")
_MOMENT = text("present_moment()")

handover = Table(
    "handover",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("incident_id", UUID, ForeignKey(incident.c.id), nullable=False),
    Column("county", Text, nullable=False),
    Column("receiver", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("content", Text, nullable=False),
    Column("incident_version", Integer, nullable=False),
    Column("wish", JSONB, nullable=False),
    Column("eido", LargeBinary, nullable=False),
    Column("page", LargeBinary),
    Column("state", Text, nullable=False, server_default="pending"),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("next_at", AWARE),
    Column("reference", Text),
    Column("retry_of", UUID, ForeignKey("handover.id"), unique=True),
    Column("created_by", Text, nullable=False),
    Column("created_at", AWARE, nullable=False, server_default=_MOMENT),
    Column("settled_at", AWARE),
    Column("settled_by", Text),
    Column("settled_reference", Text),
    Index("handover_incident_id", "incident_id"),
    Index("handover_next_at", "next_at", postgresql_where=text("next_at IS NOT NULL")),
    Index(
        "handover_same_content",
        "incident_id",
        "content",
        unique=True,
        postgresql_where=text("retry_of IS NULL"),
    ),
)

handover_event = Table(
    "handover_event",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("handover_id", UUID, ForeignKey("handover.id"), nullable=False),
    Column("at", AWARE, nullable=False, server_default=_MOMENT),
    Column("event", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("detail", Text, nullable=False, server_default=""),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Index("handover_event_handover_id", "handover_id"),
)

missing_child_draft = Table(
    "missing_child_draft",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("incident_id", UUID, ForeignKey(incident.c.id), nullable=False),
    Column("county", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", Text, nullable=False, server_default="Draft"),
    Column("scope", Text, nullable=False, server_default="Restricted"),
    Column("wish", JSONB, nullable=False),
    Column("cap", LargeBinary, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", AWARE, nullable=False, server_default=_MOMENT),
    UniqueConstraint("incident_id", "version"),
)
