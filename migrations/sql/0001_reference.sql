-- The ground and the plain role. Reference rows are public; everybody reads them.
CREATE EXTENSION IF NOT EXISTS postgis;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dispatch119_app') THEN
        CREATE ROLE dispatch119_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;  -- two databases migrated at once
END
$$;
GRANT USAGE ON SCHEMA public TO dispatch119_app;

-- The moment on the application's clock: a demonstration plays hours in seconds. What
-- proves something (audit trail, sessions) keeps the server's own clock.
CREATE FUNCTION present_moment() RETURNS timestamptz LANGUAGE sql VOLATILE AS
$$ SELECT coalesce(nullif(current_setting('app.now', true), '')::timestamptz,
                   clock_timestamp()) $$;

CREATE TABLE jurisdiction (
    code text PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('county', 'sector')),
    seat geometry(Point, 4326) NOT NULL,
    population integer NOT NULL,
    area_km2 double precision NOT NULL,
    neighbours text[] NOT NULL,
    area geometry(MultiPolygon, 4326) NOT NULL
);
CREATE INDEX jurisdiction_area ON jurisdiction USING gist (area);

CREATE TABLE locality (
    siruta integer PRIMARY KEY,
    name text NOT NULL,
    uat text NOT NULL,
    county text NOT NULL REFERENCES jurisdiction (code),
    place geometry(Point, 4326) NOT NULL,
    population double precision NOT NULL
);
CREATE INDEX locality_place ON locality USING gist (place);
CREATE INDEX locality_county ON locality (county);

GRANT SELECT ON jurisdiction, locality TO dispatch119_app;

-- The scope of the current transaction. Unset or empty means nobody, nothing, nowhere.
CREATE FUNCTION app_counties() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(nullif(current_setting('app.counties', true), ''), '{}')::text[] $$;
CREATE FUNCTION app_actor() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(current_setting('app.actor', true), '') $$;
CREATE FUNCTION app_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(current_setting('app.role', true), '') $$;
CREATE FUNCTION app_team() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('app.team', true), '')::uuid $$;
-- All 47 child-protection directorates.
CREATE FUNCTION app_is_national() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT cardinality(app_counties()) >= 47 $$;

-- Nothing is ever updated away: timelines and the audit trail only grow.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
