"""
The tables from the raw message to the closed incident, and those of accounts.

Geometry is EPSG:4326, times are aware. Row-level security, triggers and check
constraints are in the migrations; a query here sees only what its scope allows.
"""

from sqlalchemy import (
    UUID,
    BigInteger,
    Boolean,
    Column,
    Float,
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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from geodata.database.metadata import AWARE, geometry, metadata
from teams.tables import team

_NEW_ID = text("gen_random_uuid()")
_NOW = text("now()")
# On the application's clock, see the migration.
_MOMENT = text("present_moment()")

incident = Table(
    "incident",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("county", Text, nullable=False),
    Column("number", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False, server_default="open"),
    Column("priority", Integer, nullable=False, server_default="2"),
    Column("triage", Text),
    Column("summary", Text),
    Column("opened_at", AWARE, nullable=False, server_default=_MOMENT),
    Column("closed_at", AWARE),
    Column("resolution", Text),
    Column("closed_by", Text),
    Column("resolution_note", Text),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("area", geometry("GEOMETRY")),
    Column("center", geometry("POINT")),
    Column("area_confidence", Float(53)),
    Column("confirmed_place", geometry("POINT")),
    Column("confirmed_address", Text),
    Column("confirmed_at", AWARE),
    Column("confirmed_by", Text),
    Index("incident_state_opened_at", "state", "opened_at"),
    Index("incident_area", "area", postgresql_using="gist"),
    Index("incident_center", "center", postgresql_using="gist"),
    Index("incident_opened_at_id", text("opened_at DESC"), text("id DESC")),
)

incident_words = Table(
    "incident_words",
    metadata,
    Column("incident_id", UUID, ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True),
    Column("county", Text, nullable=False),
    Column("words", TSVECTOR, nullable=False, server_default=""),
    Column("places", TSVECTOR, nullable=False, server_default=""),
    Index("incident_words_words", "words", postgresql_using="gin"),
    Index("incident_words_places", "places", postgresql_using="gin"),
)

closing_policy = Table(
    "closing_policy",
    metadata,
    Column("county", Text, primary_key=True),
    Column("four_eyes", Boolean, nullable=False, server_default=text("false")),
    Column("misdials_too", Boolean, nullable=False, server_default=text("false")),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", AWARE, nullable=False, server_default=_MOMENT),
)

closing_proposal = Table(
    "closing_proposal",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("incident_id", UUID, ForeignKey("incident.id"), nullable=False),
    Column("county", Text, nullable=False),
    Column("resolution", Text, nullable=False),
    Column("note", Text),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", AWARE, nullable=False, server_default=_MOMENT),
    Column("decision", Text),
    Column("decided_by", Text),
    Column("decided_at", AWARE),
    Column("decided_version", Integer),
    Column("reason", Text),
    Index(
        "closing_proposal_waiting",
        "incident_id",
        unique=True,
        postgresql_where=text("decision IS NULL"),
    ),
    Index("closing_proposal_incident_id", "incident_id"),
)

incident_counter = Table(
    "incident_counter",
    metadata,
    Column("county", Text, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)

incident_event = Table(
    "incident_event",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("incident_id", UUID, ForeignKey("incident.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", AWARE, nullable=False, server_default=_MOMENT),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reason", Text),
    Column("payload", JSONB, nullable=False, server_default="{}"),
    UniqueConstraint("incident_id", "version"),
)

call = Table(
    "call",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("started_at", AWARE, nullable=False, server_default=_MOMENT),
    Column("caller", Text),
    Column("county", Text),
    Column("incident_id", UUID, ForeignKey("incident.id")),
    Column("disposition", Text),
    Column("is_misdial", Boolean, nullable=False, server_default=text("false")),
    Column("taken_by", Text, nullable=False),
    Index("call_started_at", "started_at"),
    Index("call_incident_id", "incident_id"),
    Index("call_caller_started_at", "caller", "started_at"),
)

ringing_call = Table(
    "ringing_call",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("call_id", UUID, nullable=False, server_default=_NEW_ID),
    Column("caller", Text),
    Column("line", Text, nullable=False),
    Column("county", Text),
    Column("rang_at", AWARE, nullable=False, server_default=_MOMENT),
    Column("announced_by", Text, nullable=False),
    Column("hung_up_at", AWARE),
    Column("claimed_by", Text),
    Column("claimed_post", Text),
    Column("claimed_at", AWARE),
    Column("handed_back_by", Text),
    Column("handed_back_at", AWARE),
    Column("ended_by", Text),
    Column("ended_at", AWARE),
    Column("outcome", Text),
    Column("reference", Text),
    Index("ringing_call_reference", "reference", postgresql_where=text("ended_at IS NULL")),
    Index("ringing_call_open", "rang_at", postgresql_where=text("ended_at IS NULL")),
    Index("ringing_call_call_id", "call_id"),
)

call_draft = Table(
    "call_draft",
    metadata,
    Column("call_id", UUID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("form", JSONB, nullable=False),
    Column("saved_at", AWARE, nullable=False, server_default=_MOMENT),
    Column("saved_by", Text, nullable=False),
)

incident_presence = Table(
    "incident_presence",
    metadata,
    Column("incident_id", UUID, ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True),
    Column("actor", Text, primary_key=True),
    Column("seen_at", AWARE, nullable=False, server_default=_MOMENT),
    Column("is_writing", Boolean, nullable=False, server_default=text("false")),
    Index("incident_presence_seen_at", "seen_at"),
    prefixes=["UNLOGGED"],
)

incident_told = Table(
    "incident_told",
    metadata,
    Column("call_id", UUID, primary_key=True),
    Column("incident_id", UUID, ForeignKey("incident.id"), nullable=False),
    Column("form", JSONB, nullable=False),
    Column("told_at", AWARE, nullable=False, server_default=_MOMENT),
    Column("told_by", Text, nullable=False),
    Index("incident_told_incident_id", "incident_id"),
)

transfer_offer = Table(
    "transfer_offer",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("incident_id", UUID, ForeignKey("incident.id"), nullable=False),
    Column("county_from", Text, nullable=False),
    Column("county_to", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("offered_by", Text, nullable=False),
    Column("offered_at", AWARE, nullable=False, server_default=_MOMENT),
    Column("decision", Text),
    Column("decided_by", Text),
    Column("decided_at", AWARE),
    Column("decision_reason", Text),
    Index(
        "transfer_offer_waiting",
        "incident_id",
        unique=True,
        postgresql_where=text("decision IS NULL"),
    ),
    Index("transfer_offer_offered_at", "offered_at"),
)

location_report = Table(
    "location_report",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("received_at", AWARE, nullable=False, server_default=_MOMENT),
    Column("sender", Text, nullable=False),
    Column("content_type", Text),
    Column("raw", LargeBinary, nullable=False),
    Column("format", Text),
    Column("status", Text, nullable=False, server_default="stored"),
    Column("error", JSONB),
    Column("call_id", UUID, ForeignKey("call.id")),
    Column("county", Text),
    Column("stated_format", Text),
    Column("stated_caller", Text),
    Column("stated_call", UUID),
    Column("taken_up_at", AWARE),
    Column("stated_reference", Text),
    Index(
        "location_report_stated_reference",
        "stated_reference",
        "received_at",
        postgresql_where=text("stated_reference IS NOT NULL"),
    ),
    Index("location_report_call_id", "call_id"),
    Index("location_report_stored", "received_at", postgresql_where=text("status = 'stored'")),
)

county_assignment = Table(
    "county_assignment",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("call_id", UUID, ForeignKey("call.id"), nullable=False),
    Column("report_id", UUID, ForeignKey("location_report.id"), nullable=False),
    Column("at", AWARE, nullable=False, server_default=_MOMENT),
    Column("answer", JSONB, nullable=False),
    Column("owner", Text),
    Column("margin", Float(53), nullable=False),
    Column("ambiguous", Boolean, nullable=False),
    Column("confidence", Float(53)),
    Column("area", geometry("GEOMETRY")),
    Column("center", geometry("POINT")),
    Column("n", BigInteger, Identity(always=True), nullable=False),
    Index("county_assignment_call_id", "call_id"),
)

offered_report = Table(
    "offered_report",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("call_id", UUID, ForeignKey("call.id"), nullable=False),
    Column("known_call_id", UUID, ForeignKey("call.id"), nullable=False),
    Column("offered_at", AWARE, nullable=False, server_default=_MOMENT),
    Column("offered_by", Text, nullable=False),
    Column("offered_from", ARRAY(Text), nullable=False),
    Column("decision", Text),
    Column("decided_at", AWARE),
    Column("decided_by", Text),
    Column("reason", Text),
    Index(
        "offered_report_waiting",
        "call_id",
        "known_call_id",
        unique=True,
        postgresql_where=text("decision IS NULL"),
    ),
    Index("offered_report_known_call_id", "known_call_id"),
)

account = Table(
    "account",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("username", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("counties", ARRAY(Text), nullable=False),
    Column("team_id", UUID, ForeignKey(team.c.id)),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("language", Text, nullable=False, server_default="ro"),
    Column("created_at", AWARE, nullable=False, server_default=_NOW),
)

session = Table(
    "session",
    metadata,
    Column("token_sha256", LargeBinary, primary_key=True),
    Column("account_id", UUID, ForeignKey("account.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("created_at", AWARE, nullable=False, server_default=_NOW),
    Column("expires_at", AWARE, nullable=False),
    Column("revoked_at", AWARE),
    Column("id", UUID, nullable=False, unique=True, server_default=text("gen_random_uuid()")),
    Column("last_used_at", AWARE, nullable=False, server_default=_NOW),
    Index("session_account_id", "account_id"),
)

idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column("account", Text, primary_key=True),
    Column("route", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body_sha256", LargeBinary, nullable=False),
    Column("made_at", AWARE, nullable=False, server_default=_NOW),
    Column("status", Integer),
    Column("content_type", Text),
    Column("answer", LargeBinary),
    Index("idempotency_key_made_at", "made_at"),
)
