"""
Alembic's entry: run by `geodata.database.migrate` with an open connection, or by hand
with `alembic -x url=...`.

GeoAlchemy2's helpers render and compare geometry columns; `include_object` keeps
autogenerate from dropping what PostGIS and the partitions brought along.
"""

from importlib import import_module
from typing import Any

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import Connection, create_engine, text

from geodata.database.metadata import metadata

# The slices declare their tables on the shared registry when they are imported.
_TABLES = (
    "teams.tables",
    "dispatch.tables",
    "dispatch.field_tables",
    "dispatch.handover.tables",
    "dispatch.closures.tables",
)
for slice_tables in _TABLES:
    import_module(slice_tables)

_CHILDREN = "SELECT c.relname FROM pg_class c WHERE c.relispartition"
_EXTENSION = (
    "SELECT c.relname FROM pg_class c JOIN pg_depend d ON d.objid = c.oid AND d.deptype = 'e'"
)


def run(connection: Connection) -> None:
    not_ours = {
        name for query in (_CHILDREN, _EXTENSION) for (name,) in connection.execute(text(query))
    }

    def include_object(
        obj: Any, name: str | None, kind: str, reflected: bool, compare_to: Any
    ) -> bool:
        if kind == "table" and name in not_ours:
            return False
        return bool(alembic_helpers.include_object(obj, name, kind, reflected, compare_to))

    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_object=include_object,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item,
        compare_type=True,
    )
    # The caller's transaction holds all steps: a failure leaves the old version whole.
    context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = create_engine(context.get_x_argument(as_dictionary=True)["url"])
    with engine.begin() as opened:
        run(opened)
