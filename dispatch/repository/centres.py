"""How all centres of a scope stand: one question to the database, however many there are."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, text

from dispatch.centres import Centre, NoCentre, OpenCases, TeamLoad, Waiting, WatchPolicy

# Row security cuts every table here to the scope; rows of no county are a national scope's alone.
_RINGS = """
    SELECT county,
        count(*) FILTER (WHERE claimed_by IS NULL AND NOT stale) AS ringing,
        min(rang_at) FILTER (WHERE claimed_by IS NULL AND NOT stale) AS ringing_since,
        count(*) FILTER (WHERE claimed_by IS NULL AND stale) AS missed,
        min(rang_at) FILTER (WHERE claimed_by IS NULL AND stale) AS missed_since,
        count(DISTINCT claimed_post) AS posts_taken
    FROM (SELECT r.county, r.rang_at, r.claimed_by, r.claimed_post,
            r.hung_up_at IS NOT NULL
                OR :now - coalesce(r.handed_back_at, r.rang_at) > :stale_after AS stale
          FROM ringing_call r
          WHERE r.ended_at IS NULL AND r.rang_at >= cast(:now AS timestamptz) - interval '12 hours'
    ) ring GROUP BY county
"""
# A case is without a team since the last one was released, or since it was opened (again).
_CASES = """
    SELECT i.county, i.state, i.priority, a.ambiguous, p.proposed_at,
        CASE WHEN i.state = 'open' THEN greatest(i.opened_at, s.released_at, e.reopened_at) END
            AS alone_since,
        CASE WHEN i.state <> 'open' THEN s.due_at + :late_after END AS late_since,
        coalesce(a.owner <> i.county AND a.at > coalesce(e.transferred_at, i.opened_at), false)
            AS doubt
    FROM incident i
    LEFT JOIN LATERAL (
        SELECT a.at, a.owner, a.ambiguous FROM call c JOIN county_assignment a ON a.call_id = c.id
        WHERE c.incident_id = i.id ORDER BY a.n DESC LIMIT 1) a ON true
    LEFT JOIN LATERAL (
        SELECT max(released_at) AS released_at,
            min(eta_at) FILTER (WHERE released_at IS NULL AND on_scene_at IS NULL) AS due_at
        FROM assignment WHERE incident_id = i.id) s ON true
    LEFT JOIN LATERAL (
        SELECT max(at) FILTER (WHERE kind = 'reopened') AS reopened_at,
            max(at) FILTER (WHERE kind = 'transferred') AS transferred_at
        FROM incident_event WHERE incident_id = i.id) e ON true
    LEFT JOIN closing_proposal p ON p.incident_id = i.id AND p.decision IS NULL
    WHERE i.state <> 'closed'
"""
_OVERVIEW = text(f"""
WITH rings AS ({_RINGS}),
cases AS (
    SELECT county,
        count(*) FILTER (WHERE priority = 1) AS urgent,
        count(*) FILTER (WHERE priority = 2) AS usual,
        count(*) FILTER (WHERE priority = 3) AS can_wait,
        count(alone_since) AS without_team, min(alone_since) AS without_team_since,
        count(*) FILTER (WHERE ambiguous OR doubt) AS ambiguous,
        count(proposed_at) AS to_confirm, min(proposed_at) AS to_confirm_since,
        count(*) FILTER (WHERE past_since <= :now) AS past_time,
        min(past_since) FILTER (WHERE past_since <= :now) AS past_time_since
    FROM (SELECT one.*, least(late_since, alone_since
            + (cast(:without_team AS interval[]))[priority]) AS past_since
          FROM ({_CASES}) one) timed
    GROUP BY county
),
load AS (
    SELECT t.county, count(*) AS on_shift,
        count(*) FILTER (WHERE t.status = 'available') AS available,
        count(*) FILTER (WHERE p.fix_at IS NULL OR p.fix_at < :now - :silent_after) AS silent
    FROM team t LEFT JOIN team_position_latest p ON p.team_id = t.id
    WHERE t.on_shift AND t.status <> 'out_of_service' GROUP BY t.county
),
packages AS (
    SELECT county, count(*) AS handovers, min(created_at) AS handovers_since,
        count(*) FILTER (WHERE state IN ('rejected', 'given_up')) AS handovers_failed
    FROM handover WHERE state <> 'acknowledged' AND settled_at IS NULL GROUP BY county
),
people AS (SELECT county, people FROM signed_in_by_county(:signed_in_within))
SELECT scope.county, coalesce(j.name, scope.county) AS name,
    rings.ringing, rings.ringing_since, rings.missed, rings.missed_since, rings.posts_taken,
    cases.urgent, cases.usual, cases.can_wait, cases.without_team, cases.without_team_since,
    cases.ambiguous, cases.to_confirm, cases.to_confirm_since, cases.past_time,
    cases.past_time_since, load.on_shift, load.available, load.silent,
    packages.handovers, packages.handovers_since, packages.handovers_failed, people.people
FROM (SELECT unnest(cast(:counties AS text[])) AS county UNION ALL SELECT NULL) scope
LEFT JOIN jurisdiction j ON j.code = scope.county
LEFT JOIN rings ON rings.county IS NOT DISTINCT FROM scope.county
LEFT JOIN cases ON cases.county = scope.county
LEFT JOIN load ON load.county = scope.county
LEFT JOIN packages ON packages.county = scope.county
LEFT JOIN people ON people.county = scope.county
""")  # noqa: S608
_OF_NONE = text(
    "SELECT count(*) AS calls, min(c.started_at) AS calls_since FROM call c"
    " WHERE c.county IS NULL AND c.incident_id IS NULL AND NOT c.is_misdial"
    " AND c.disposition IS NULL"
)


def read_centres(
    connection: Connection, counties: Collection[str], *, now: datetime, policy: WatchPolicy
) -> tuple[list[Centre], NoCentre]:
    """Return how each of `counties` stands, and what the scope sees that no county has."""
    bounds = policy.without_team
    asked = {
        "counties": list(counties),
        "now": now,
        "stale_after": policy.stale_after,
        "without_team": [bounds[priority] for priority in sorted(bounds)],
        "late_after": policy.late_after,
        "silent_after": policy.silent_after,
        "signed_in_within": policy.signed_in_within,
    }
    rows = connection.execute(_OVERVIEW, asked).mappings().all()
    centres = [_centre(row) for row in rows if row["county"] is not None]
    (nobody,) = (row for row in rows if row["county"] is None)
    calls = connection.execute(_OF_NONE).one()
    of_none = NoCentre(
        _waiting(nobody, "ringing"),
        _waiting(nobody, "missed"),
        Waiting(calls.calls, calls.calls_since),
    )
    return centres, of_none


def _centre(row: RowMapping) -> Centre:
    return Centre(
        county=row["county"],
        name=row["name"],
        ringing=_waiting(row, "ringing"),
        missed=_waiting(row, "missed"),
        without_team=_waiting(row, "without_team"),
        posts_taken=row["posts_taken"] or 0,
        people_signed_in=row["people"] or 0,
        open_cases=OpenCases(*_counts(row, "urgent", "usual", "can_wait")),
        teams=TeamLoad(*_counts(row, "on_shift", "available", "silent")),
        ambiguous=row["ambiguous"] or 0,
        handovers=_waiting(row, "handovers"),
        handovers_failed=row["handovers_failed"] or 0,
        to_confirm=_waiting(row, "to_confirm"),
        past_time=_waiting(row, "past_time"),
    )


def _waiting(row: RowMapping, name: str) -> Waiting:
    return Waiting(row[name] or 0, row[f"{name}_since"])


def _counts(row: RowMapping, *names: str) -> tuple[Any, ...]:
    return tuple(row[name] or 0 for name in names)
