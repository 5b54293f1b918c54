"""
Every prerequisite as one list: database, reference data, roads, map assets, room.

Each check says OK, WARN or FAIL and what to do; nothing here stops at the first fault.
"""

from collections.abc import Callable

from api.cli.handover_checks import handover_findings
from api.database import prepare_database, running_database
from api.installation import missed_import, road_folder, roads_in_use
from api.settings import DatabaseSettings, Settings
from dispatch.repository.checks import run_checks
from dispatch.services.unread import count_unread
from geodata.database.engine import connect_database
from geodata.errors import RefusedError
from geodata.findings import Finding
from geodata.reference.manifest import verify_reference
from geodata.roads.publishing.bundled import find_damage
from geodata.said import said
from maps.pages.assets import default_vendor_dir, missing_vendor_files


def run_all_checks(settings: Settings) -> list[Finding]:
    """Run all checks; starts the embedded cluster if it does not run."""
    return [
        *_guarded("database", lambda: _database(settings)),
        *_guarded("reference data", verify_reference),
        *_guarded("road index", lambda: _roads(settings.database)),
        *_vendor_files(),
    ]


def _guarded(name: str, check: Callable[[], list[Finding]]) -> list[Finding]:
    """Turn a refusal of a whole part into one failed check."""
    try:
        return check()
    except RefusedError as refusal:
        return [Finding.of_refusal(name, refusal)]


def _database(settings: Settings) -> list[Finding]:
    database = settings.database
    with running_database(database) as addresses:
        if database.database_url is None:
            # Our own cluster is brought up to date by whatever starts it, this too.
            prepare_database(addresses)
        found = run_checks(addresses.owner, addresses.app, database.data_dir)
        return [
            *found,
            *_guarded("stored messages", lambda: _stored_messages(addresses.app)),
            *_guarded("hand-overs", lambda: _handovers(settings, addresses.app)),
        ]


def _stored_messages(app_url: str) -> list[Finding]:
    app = connect_database(app_url, pool_size=1)
    try:
        count = count_unread(app)
    finally:
        app.dispose()
    if count:
        message = said("{count} were stored and not read", count=count)
        hint = said("start the server: it reads them at once; tell the administrator if they stay")
        return [Finding("stored messages", "WARN", message, hint)]
    return [Finding("stored messages", "OK", "all read")]


def _handovers(settings: Settings, app_url: str) -> list[Finding]:
    app = connect_database(app_url, pool_size=1)
    try:
        return handover_findings(settings.handover, settings.database.data_dir, app)
    finally:
        app.dispose()


def _roads(database: DatabaseSettings) -> list[Finding]:
    about = roads_in_use(database).info()
    message = said(
        "{nodes:,} nodes, {length_km:,} km", nodes=about["nodes"], length_km=about["length_km"]
    )
    if damaged := find_damage(road_folder(database)):
        message = said("damaged: {parts}", parts=", ".join(damaged))
        return [Finding("road index", "FAIL", message, "start the server, or import it again")]
    if missed := missed_import(database):
        message = said(
            "Bucharest only: {missed} was imported by another version of the program", missed=missed
        )
        return [Finding("road index", "WARN", message, "dispatch119 roads import FILE.osm.pbf")]
    return [Finding("road index", "OK", message)]


def _vendor_files() -> list[Finding]:
    missing = missing_vendor_files(default_vendor_dir())
    if missing:
        return [Finding("map assets", "WARN", f"missing: {', '.join(missing)}", "run make setup")]
    return [Finding("map assets", "OK", "all installed")]
