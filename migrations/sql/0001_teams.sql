-- Mobile teams and where they were seen. `lent_to` is the other county whose open
-- incident the team is on; a trigger on `assignment` keeps it.
CREATE TABLE team (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    callsign text NOT NULL,
    county text NOT NULL,
    status text NOT NULL CHECK (status IN
        ('available', 'assigned', 'en_route', 'on_scene', 'returning', 'out_of_service')),
    staffing integer NOT NULL CHECK (staffing >= 0),
    capabilities text[] NOT NULL DEFAULT '{}',
    languages text[] NOT NULL DEFAULT '{ro}',
    on_shift boolean NOT NULL DEFAULT true,
    base geometry(Point, 4326),
    lent_to text,
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT present_moment(),
    UNIQUE (county, callsign)
);

-- No spatial index: it would halve the rate of updates, and 500 rows need none.
CREATE TABLE team_position_latest (
    team_id uuid PRIMARY KEY REFERENCES team (id),
    geom geometry(Point, 4326) NOT NULL,
    fix_at timestamptz NOT NULL,
    device_at timestamptz,
    received_at timestamptz NOT NULL,
    accuracy_m double precision,
    speed_ms double precision,
    heading_deg double precision,
    battery_share double precision
) WITH (fillfactor = 50);

-- History by day, so that forgetting a day is dropping a table. The default partition
-- takes what no day expects: a phone with a wrong clock loses nothing.
CREATE TABLE team_position (
    team_id uuid NOT NULL,
    fix_at timestamptz NOT NULL,
    geom geometry(Point, 4326) NOT NULL,
    device_at timestamptz,
    received_at timestamptz NOT NULL,
    accuracy_m double precision,
    speed_ms double precision,
    heading_deg double precision,
    battery_share double precision,
    PRIMARY KEY (team_id, fix_at)
) PARTITION BY RANGE (fix_at);
CREATE TABLE team_position_default PARTITION OF team_position DEFAULT;

GRANT SELECT, INSERT, UPDATE ON team, team_position_latest TO dispatch119_app;
GRANT SELECT, INSERT ON team_position TO dispatch119_app;
