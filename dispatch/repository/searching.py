"""Cases by what is known of them; pages go on after the last case, and skip nothing that is new."""

from typing import Any

from sqlalchemy import Connection, RowMapping, text

from dispatch.model import IncidentState, Resolution
from dispatch.repository.incidents import digits_of
from dispatch.searching import FoundCase, PageMark, Wish

# `strpos` and not LIKE: what a person types has no wildcards. A condition is asked only where
# something is wished, so that each search is planned for what it looks for.
_CONDITIONS = {
    "number": "strpos(upper(i.number), upper(:number)) > 0",
    "county": "i.county = :county",
    "states": "i.state = ANY(:states)",
    "opened_from": "i.opened_at >= :opened_from",
    "opened_before": "i.opened_at < :opened_before",
    "caller": "EXISTS (SELECT FROM call c WHERE c.incident_id = i.id"
    " AND strpos(c.caller, :caller) > 0)",
    "team": "EXISTS (SELECT FROM assignment s JOIN team t ON t.id = s.team_id"
    " WHERE s.incident_id = i.id AND strpos(folded(t.callsign), folded(:team)) > 0)",
    "words": "i.id IN (SELECT find_by_words(:words, false))",
    "place": "i.id IN (SELECT find_by_words(:place, true))",
    "after": "(i.opened_at, i.id) < (:after_at, :after_id)",
}
_SELECT = """
WITH page AS (
    SELECT i.* FROM incident i WHERE {conditions}
    ORDER BY i.opened_at DESC, i.id DESC LIMIT :limit
)
SELECT i.id, i.number, i.county, i.state, i.priority, i.opened_at, i.closed_at, i.closed_by,
    i.resolution, a.place,
    ARRAY(SELECT DISTINCT t.callsign FROM assignment s JOIN team t ON t.id = s.team_id
          WHERE s.incident_id = i.id ORDER BY t.callsign) AS teams,
    (SELECT left(e.reason, 200) FROM incident_event e
     WHERE e.incident_id = i.id AND searched_words(e.reason) @@ word_wish(:said)
     ORDER BY e.version DESC LIMIT 1) AS excerpt
FROM page i
LEFT JOIN LATERAL (
    SELECT coalesce(nullif(concat_ws(', ', a.answer #>> '{{places,0,name}}',
        nullif(a.answer #>> '{{places,0,uat}}', a.answer #>> '{{places,0,name}}')), ''),
        a.answer #>> '{{commune,uat}}') AS place
    FROM call c JOIN county_assignment a ON a.call_id = c.id
    WHERE c.incident_id = i.id ORDER BY a.n DESC LIMIT 1
) a ON true
ORDER BY i.opened_at DESC, i.id DESC
"""


def find_cases(
    connection: Connection, wish: Wish, *, limit: int, after: PageMark | None = None
) -> list[FoundCase]:
    """List at most `limit` visible cases for which all of a wish holds, the newest first."""
    asked: dict[str, Any] = {
        "number": wish.number,
        "county": wish.county,
        "states": [state.value for state in wish.states] or None,
        "opened_from": wish.opened_from,
        "opened_before": wish.opened_before,
        "caller": digits_of(wish.caller),
        "team": wish.team,
        "words": wish.words,
        "place": wish.place,
        "after": after,
    }
    named = [name for name, value in asked.items() if value is not None]
    conditions = " AND ".join(_CONDITIONS[name] for name in named) or "true"
    bound = {name: asked[name] for name in named if name != "after"}
    if after is not None:
        bound |= {"after_at": after.opened_at, "after_id": after.id}
    bound |= {"limit": limit, "said": wish.words or ""}
    # Only the fixed texts above are put together; what a person typed is bound.
    rows = connection.execute(text(_SELECT.format(conditions=conditions)), bound).mappings()
    return [_case(row) for row in rows]


def has_words(connection: Connection, said: str) -> bool:
    """Tell whether a wish holds a word that can be looked for at all."""
    asked = text("SELECT word_wish(:said) IS NOT NULL")
    return bool(connection.execute(asked, {"said": said}).scalar_one())


def _case(row: RowMapping) -> FoundCase:
    values = {name: row[name] for name in FoundCase.__dataclass_fields__}
    return FoundCase(
        **{
            **values,
            "state": IncidentState(row["state"]),
            "resolution": Resolution(row["resolution"]) if row["resolution"] else None,
            "teams": tuple(row["teams"]),
        }
    )
