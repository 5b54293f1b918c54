"""
The tables of a team on a case: assignments with their alerts, messages, check-ins and alarms.

As in `dispatch.tables`.
"""

from sqlalchemy import (
    UUID,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from geodata.database.metadata import AWARE, geometry, metadata
from teams.tables import team

_NEW_ID = text("gen_random_uuid()")
# On the application's clock, see the migration.
_MOMENT = text("present_moment()")

assignment = Table(
    "assignment",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("incident_id", UUID, ForeignKey("incident.id"), nullable=False),
    Column("team_id", UUID, ForeignKey(team.c.id), nullable=False),
    Column("county", Text, nullable=False),
    Column("team_county", Text, nullable=False),
    Column("assigned_by", Text, nullable=False),
    Column("assigned_at", AWARE, nullable=False, server_default=_MOMENT),
    Column("proposed_team_id", UUID),
    Column("proposed_rank", Integer),
    Column("override_reason", Text),
    Column("eta_s", Float(53)),
    Column("eta_at", AWARE),
    Column("eta_source", Text),
    Column("eta_profile", Text),
    Column("route", geometry("LINESTRING")),
    Column("en_route_at", AWARE),
    Column("on_scene_at", AWARE),
    Column("released_at", AWARE),
    Column("release_reason", Text),
    Column("answer_due_at", AWARE),
    Column("delivered_at", AWARE),
    Column("read_at", AWARE),
    Column("answer", Text),
    Column("answered_at", AWARE),
    Column("answered_by", Text),
    Column("decline_reason", Text),
    Column("unanswered_at", AWARE),
    Column("check_in_every_s", Integer),
    Column("check_in_off_reason", Text),
    Column("check_in_due_at", AWARE),
    Column("checked_in_at", AWARE),
    Column("message_at", AWARE),
    Column("unread_from_team", Integer, nullable=False, server_default="0"),
    Index("assignment_incident_id", "incident_id"),
    Index(
        "assignment_answer_due_at",
        "answer_due_at",
        postgresql_where=text("released_at IS NULL AND answer IS NULL AND unanswered_at IS NULL"),
    ),
    Index(
        "assignment_check_in_due_at",
        "check_in_due_at",
        postgresql_where=text("released_at IS NULL"),
    ),
    Index(
        "assignment_one_open_per_team",
        "team_id",
        unique=True,
        postgresql_where=text("released_at IS NULL"),
    ),
)

field_event = Table(
    "field_event",
    metadata,
    Column(
        "id",
        BigInteger,
        primary_key=True,
        server_default=text("nextval('incident_event_id_seq'::regclass)"),
    ),
    Column("incident_id", UUID, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", AWARE, nullable=False, server_default=_MOMENT),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reason", Text),
    Column("payload", JSONB, nullable=False, server_default="{}"),
    Index("field_event_incident_id", "incident_id"),
)

team_message = Table(
    "team_message",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("assignment_id", UUID, ForeignKey("assignment.id"), nullable=False),
    Column("sent_at", AWARE, nullable=False, server_default=_MOMENT),
    Column("sent_by", Text, nullable=False),
    Column("from_team", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Column("delivered_at", AWARE),
    Column("read_at", AWARE),
    Column("read_by", Text),
    Index("team_message_assignment_id", "assignment_id", "sent_at"),
)

team_alarm = Table(
    "team_alarm",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("kind", Text, nullable=False),
    Column("team_id", UUID, nullable=False),
    Column("county", Text, nullable=False),
    Column("assignment_id", UUID),
    Column("raised_at", AWARE, nullable=False, server_default=_MOMENT),
    Column("raised_by", Text, nullable=False),
    Column("last_raised_at", AWARE, nullable=False, server_default=_MOMENT),
    Column("times", Integer, nullable=False, server_default="1"),
    Column("place", geometry("POINT")),
    Column("fix_at", AWARE),
    Column("accuracy_m", Float(53)),
    Column("acknowledged_by", Text),
    Column("acknowledged_at", AWARE),
    Column("settled_by", Text),
    Column("settled_at", AWARE),
    Column("settle_reason", Text),
    Index(
        "team_alarm_one_open",
        "team_id",
        "kind",
        unique=True,
        postgresql_where=text("settled_at IS NULL"),
    ),
    Index("team_alarm_raised_at", "raised_at"),
)

aid_request = Table(
    "aid_request",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("incident_id", UUID, ForeignKey("incident.id"), nullable=False),
    Column("county", Text, nullable=False),
    Column("team_id", UUID, ForeignKey(team.c.id), nullable=False),
    Column("team_county", Text, nullable=False),
    Column("callsign", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", AWARE, nullable=False, server_default=_MOMENT),
    Column("expires_at", AWARE, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("area", geometry("GEOMETRY")),
    Column("travel_s", Float(53)),
    Column("distance_m", Float(53)),
    Column("answer", Text),
    Column("answered_at", AWARE),
    Column("answered_by", Text),
    Column("answer_reason", Text),
    Column("assignment_id", UUID, ForeignKey("assignment.id"), unique=True),
    Index(
        "aid_request_one_waiting",
        "incident_id",
        "team_id",
        unique=True,
        postgresql_where=text("answer IS NULL"),
    ),
    Index("aid_request_asked_at", "asked_at"),
)
