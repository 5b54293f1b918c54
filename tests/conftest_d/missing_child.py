"""A synthetic missing child, and the draft of a message about it."""

from datetime import UTC, datetime, timedelta

from dispatch.handover.cap import MissingChild, draft_missing_child
from geodata.areas.shapes import Circle
from geodata.points import LonLat

AT = datetime(2026, 3, 14, 22, 5, 3, 250, tzinfo=UTC)
CHILD = MissingChild(
    name="Ana Pop",
    missing_since=AT - timedelta(hours=3),
    last_seen="str. Lungă, Galați",
    zone_name="Galați",
    zone=Circle(LonLat(28.04, 45.43), 5_000.0),
    age_years=9,
    height_cm=132,
    hair="șaten",
    clothing="geacă roșie & blugi <noi>",
)


def draft(child: MissingChild = CHILD, **changes: object) -> bytes:
    values: dict[str, object] = {
        "incident": "GL-2026-000017",
        "version": 2,
        "sender": "dgaspc@gl.example.ro",
        "sender_name": "DGASPC Galați",
        "at": AT,
    }
    return draft_missing_child(child, **(values | changes))  # type: ignore[arg-type]
