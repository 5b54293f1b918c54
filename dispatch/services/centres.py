"""The centres of a supervisor, or all of them, at a glance."""

from sqlalchemy import Engine

from dispatch.centres import Overview, WatchPolicy, worst_first
from dispatch.repository import centres
from dispatch.roles import viewer_of
from geodata.database.engine import moment_of, scoped
from geodata.database.scope import Scope


def read_overview(engine: Engine, scope: Scope, *, policy: WatchPolicy | None = None) -> Overview:
    """
    Return how each centre of the scope stands, the worst first.

    What is of no county yet is told to a national scope alone.
    """
    with scoped(engine, scope) as connection:
        now = moment_of(connection)
        rows, of_none = centres.read_centres(
            connection, scope.counties, now=now, policy=policy or WatchPolicy()
        )
    is_national = viewer_of(scope).is_national
    return Overview(now, worst_first(rows), of_none if is_national else None)
