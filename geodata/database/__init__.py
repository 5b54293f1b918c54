"""The project's PostgreSQL with PostGIS: a private cluster, engines, migrations, checks."""
