-- From the raw message to the closed incident.
CREATE TABLE incident (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    county text NOT NULL,
    number text NOT NULL UNIQUE,
    state text NOT NULL DEFAULT 'open'
        CHECK (state IN ('open', 'assigned', 'en_route', 'on_scene', 'closed')),
    priority integer NOT NULL DEFAULT 2 CHECK (priority BETWEEN 1 AND 3),
    summary text,
    opened_at timestamptz NOT NULL DEFAULT present_moment(),
    closed_at timestamptz,
    resolution text CHECK (resolution IN ('child_safe', 'child_placed', 'counselled',
        'transferred_112', 'transferred_psychologists', 'misdial', 'unfounded', 'not_found',
        'other')),
    closed_by text,
    resolution_note text,
    version integer NOT NULL DEFAULT 1,
    area geometry(Geometry, 4326),
    center geometry(Point, 4326),
    area_confidence double precision,
    CONSTRAINT closed_with_resolution CHECK (
        state <> 'closed'
        OR (resolution IS NOT NULL AND closed_at IS NOT NULL AND closed_by IS NOT NULL)),
    CONSTRAINT open_without_resolution CHECK (state = 'closed' OR resolution IS NULL)
);
-- Not by county: the policies' alternatives keep the planner from using such an index.
CREATE INDEX incident_state_opened_at ON incident (state, opened_at);
CREATE INDEX incident_area ON incident USING gist (area);
CREATE INDEX incident_center ON incident USING gist (center);

-- One row per county and year; its lock gives incidents consecutive numbers.
CREATE TABLE incident_counter (
    county text NOT NULL,
    year integer NOT NULL,
    last integer NOT NULL,
    PRIMARY KEY (county, year)
);

CREATE TABLE incident_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident_id uuid NOT NULL REFERENCES incident (id),
    version integer NOT NULL,
    at timestamptz NOT NULL DEFAULT present_moment(),
    actor text NOT NULL,
    role text NOT NULL,
    kind text NOT NULL,
    reason text,
    payload jsonb NOT NULL DEFAULT '{}',
    UNIQUE (incident_id, version)
);
CREATE TRIGGER incident_event_keep BEFORE UPDATE OR DELETE ON incident_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER incident_event_keep_all BEFORE TRUNCATE ON incident_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE call (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    started_at timestamptz NOT NULL DEFAULT present_moment(),
    caller text,
    county text,
    incident_id uuid REFERENCES incident (id),
    disposition text,
    is_misdial boolean NOT NULL DEFAULT false,
    taken_by text NOT NULL
);
CREATE INDEX call_started_at ON call (started_at);
CREATE INDEX call_incident_id ON call (incident_id);
CREATE INDEX call_caller_started_at ON call (caller, started_at);

CREATE TABLE location_report (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    received_at timestamptz NOT NULL DEFAULT present_moment(),
    sender text NOT NULL,
    content_type text,
    raw bytea NOT NULL,
    format text,
    status text NOT NULL DEFAULT 'stored' CHECK (status IN ('stored', 'read', 'refused')),
    error jsonb,
    call_id uuid REFERENCES call (id),
    county text
);
CREATE INDEX location_report_call_id ON location_report (call_id);

CREATE TABLE county_assignment (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    call_id uuid NOT NULL REFERENCES call (id),
    report_id uuid NOT NULL REFERENCES location_report (id),
    at timestamptz NOT NULL DEFAULT present_moment(),
    answer jsonb NOT NULL,
    owner text,
    margin double precision NOT NULL,
    ambiguous boolean NOT NULL,
    confidence double precision,
    area geometry(Geometry, 4326),
    center geometry(Point, 4326)
);
CREATE INDEX county_assignment_call_id ON county_assignment (call_id);

CREATE TABLE assignment (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    incident_id uuid NOT NULL REFERENCES incident (id),
    team_id uuid NOT NULL REFERENCES team (id),
    county text NOT NULL,
    team_county text NOT NULL,
    assigned_by text NOT NULL,
    assigned_at timestamptz NOT NULL DEFAULT present_moment(),
    proposed_team_id uuid,
    proposed_rank integer,
    override_reason text,
    eta_s double precision,
    eta_at timestamptz,
    eta_source text CHECK (eta_source IN ('road', 'estimate')),
    route geometry(LineString, 4326),
    en_route_at timestamptz,
    on_scene_at timestamptz,
    released_at timestamptz,
    release_reason text,
    CONSTRAINT released_with_reason CHECK (released_at IS NULL OR release_reason IS NOT NULL)
);
-- The rule that two dispatchers who click at once cannot break.
CREATE UNIQUE INDEX assignment_one_open_per_team ON assignment (team_id) WHERE released_at IS NULL;
CREATE INDEX assignment_incident_id ON assignment (incident_id);

-- A team is lent while it is on another county's incident, and only to a neighbour
-- unless the one who assigns works for the team's county too.
CREATE FUNCTION lend_team() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    home text;
BEGIN
    SELECT county INTO home FROM team WHERE id = NEW.team_id FOR UPDATE;
    IF home IS NULL THEN
        RAISE EXCEPTION 'no such team' USING ERRCODE = 'foreign_key_violation';
    END IF;
    IF home <> NEW.county AND NOT home = ANY (app_counties()) AND NOT EXISTS (
        SELECT FROM jurisdiction WHERE code = NEW.county AND home = ANY (neighbours)
    ) THEN
        RAISE EXCEPTION 'the team belongs to a county that is no neighbour'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    NEW.team_county := home;
    UPDATE team SET lent_to = nullif(NEW.county, home) WHERE id = NEW.team_id;
    RETURN NEW;
END
$$;
CREATE TRIGGER assignment_lend BEFORE INSERT ON assignment
    FOR EACH ROW EXECUTE FUNCTION lend_team();

CREATE FUNCTION return_team() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE team
    SET lent_to = CASE WHEN NEW.released_at IS NULL THEN nullif(NEW.county, NEW.team_county) END
    WHERE id = NEW.team_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER assignment_return AFTER UPDATE OF released_at, county ON assignment
    FOR EACH ROW WHEN (OLD.released_at IS NULL) EXECUTE FUNCTION return_team();

GRANT SELECT, INSERT, UPDATE ON
    incident, incident_counter, call, location_report, assignment TO dispatch119_app;
GRANT SELECT, INSERT ON incident_event, county_assignment TO dispatch119_app;
