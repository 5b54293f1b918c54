-- A team in danger, or one that has not said that it is well. Never over by itself: acknowledged
-- by who looks after it, settled by the team's own word or by a person with a reason.
-- No foreign keys, which would wait for whoever holds the team or its assignment: the trigger looks.
CREATE TABLE team_alarm (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind text NOT NULL CHECK (kind IN ('sos', 'check_in')),
    team_id uuid NOT NULL,
    county text NOT NULL,
    assignment_id uuid,
    raised_at timestamptz NOT NULL DEFAULT present_moment(),
    raised_by text NOT NULL,
    -- Raised again on top of an open one: it sounds again, and is one alarm all the same.
    last_raised_at timestamptz NOT NULL DEFAULT present_moment(),
    times integer NOT NULL DEFAULT 1 CHECK (times > 0),
    place geometry(Point, 4326),
    fix_at timestamptz,
    accuracy_m double precision,
    acknowledged_by text,
    acknowledged_at timestamptz,
    settled_by text,
    settled_at timestamptz,
    settle_reason text,
    CONSTRAINT alarm_acknowledged_by_somebody CHECK (
        (acknowledged_by IS NULL) = (acknowledged_at IS NULL)),
    CONSTRAINT alarm_settled_with_a_reason CHECK (
        (settled_by IS NULL) = (settled_at IS NULL)
        AND (settled_by IS NULL) = (coalesce(settle_reason, '') = '')),
    CONSTRAINT alarm_place_has_a_time CHECK ((place IS NULL) = (fix_at IS NULL))
);
CREATE UNIQUE INDEX team_alarm_one_open ON team_alarm (team_id, kind) WHERE settled_at IS NULL;
CREATE INDEX team_alarm_raised_at ON team_alarm (raised_at);

-- The county is the team's own, whoever raises it; what was raised stays as it was.
CREATE FUNCTION guard_alarm() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    own text[] := '{last_raised_at,times,place,fix_at,accuracy_m,acknowledged_by,acknowledged_at,settled_by,settled_at,settle_reason}';
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT t.county INTO NEW.county FROM team t WHERE t.id = NEW.team_id;
        IF NOT FOUND OR (NEW.assignment_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM assignment a WHERE a.id = NEW.assignment_id AND a.team_id = NEW.team_id))
        THEN
            RAISE EXCEPTION 'no such team' USING ERRCODE = 'foreign_key_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.settled_at IS NOT NULL OR to_jsonb(NEW) - own IS DISTINCT FROM to_jsonb(OLD) - own THEN
        RAISE EXCEPTION 'team_alarm stays as raised' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.acknowledged_by IS DISTINCT FROM OLD.acknowledged_by
        AND NEW.acknowledged_by <> app_actor())
       OR (NEW.settled_by IS DISTINCT FROM OLD.settled_by AND NEW.settled_by <> app_actor()) THEN
        RAISE EXCEPTION 'team_alarm is looked after by who says so'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER team_alarm_guard BEFORE INSERT OR UPDATE ON team_alarm
    FOR EACH ROW EXECUTE FUNCTION guard_alarm();
CREATE TRIGGER team_alarm_keep BEFORE DELETE ON team_alarm
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER team_alarm_keep_all BEFORE TRUNCATE ON team_alarm
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE EXECUTE ON FUNCTION guard_alarm() FROM PUBLIC;

-- The team's county, the county whose case it is on, and the team itself.
ALTER TABLE team_alarm ENABLE ROW LEVEL SECURITY;
CREATE POLICY alarm_read ON team_alarm FOR SELECT USING (
    ((SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor') AND (
        county = ANY ((SELECT app_counties())::text[])
        OR EXISTS (SELECT FROM assignment a WHERE a.id = assignment_id
                   AND a.county = ANY ((SELECT app_counties())::text[]))))
    OR ((SELECT app_role()) = 'team' AND team_id = (SELECT app_team())));
CREATE POLICY alarm_raise ON team_alarm FOR INSERT WITH CHECK (
    raised_by = (SELECT app_actor()) AND acknowledged_by IS NULL AND settled_by IS NULL AND (
        ((SELECT app_role()) IN ('dispatcher', 'supervisor') AND (
            county = ANY ((SELECT app_counties())::text[])
            OR EXISTS (SELECT FROM assignment a WHERE a.id = assignment_id
                       AND a.county = ANY ((SELECT app_counties())::text[]))))
        OR ((SELECT app_role()) = 'team' AND team_id = (SELECT app_team()))));
CREATE POLICY alarm_change ON team_alarm FOR UPDATE USING (
    ((SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor') AND (
        county = ANY ((SELECT app_counties())::text[])
        OR EXISTS (SELECT FROM assignment a WHERE a.id = assignment_id
                   AND a.county = ANY ((SELECT app_counties())::text[]))))
    OR ((SELECT app_role()) = 'team' AND team_id = (SELECT app_team())));
GRANT SELECT, INSERT ON team_alarm TO dispatch119_app;
GRANT UPDATE (last_raised_at, times, place, fix_at, accuracy_m, acknowledged_by, acknowledged_at,
              settled_by, settled_at, settle_reason) ON team_alarm TO dispatch119_app;
