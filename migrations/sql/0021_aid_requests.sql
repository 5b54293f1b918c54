-- What one centre asks of a neighbour: one of its teams, for a time. Before it is accepted, all
-- that the other centre learns is in this row: where (an area), how urgent, how far.
CREATE TABLE aid_request (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    incident_id uuid NOT NULL REFERENCES incident (id),
    county text NOT NULL,
    team_id uuid NOT NULL REFERENCES team (id),
    team_county text NOT NULL,
    callsign text NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT present_moment(),
    expires_at timestamptz NOT NULL,
    priority integer NOT NULL,
    area geometry(Geometry, 4326),
    travel_s double precision CHECK (travel_s >= 0),
    distance_m double precision CHECK (distance_m >= 0),
    answer text CHECK (answer IN ('accepted', 'refused', 'withdrawn', 'lapsed')),
    answered_at timestamptz,
    answered_by text,
    answer_reason text,
    assignment_id uuid UNIQUE REFERENCES assignment (id),
    CONSTRAINT aid_is_asked_of_another CHECK (county <> team_county),
    CONSTRAINT aid_expires_after_it_is_asked CHECK (expires_at > asked_at),
    CONSTRAINT aid_answered_by_somebody CHECK (
        (answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by IS NULL)),
    CONSTRAINT aid_accepted_is_an_assignment CHECK (
        (answer IS NOT DISTINCT FROM 'accepted') = (assignment_id IS NOT NULL)),
    CONSTRAINT aid_refused_with_a_reason CHECK (
        answer IS DISTINCT FROM 'refused' OR coalesce(answer_reason, '') <> '')
);
CREATE UNIQUE INDEX aid_request_one_waiting ON aid_request (incident_id, team_id)
    WHERE answer IS NULL;
CREATE INDEX aid_request_asked_at ON aid_request (asked_at);

-- Of its own neighbours a county may ask, and only while the case is its own; whose team it is
-- says the team's row, which the asker need not see.
CREATE FUNCTION guard_aid_request() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    SELECT t.county, t.callsign INTO NEW.team_county, NEW.callsign FROM team t
        WHERE t.id = NEW.team_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such team' USING ERRCODE = 'foreign_key_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM jurisdiction j WHERE j.code = NEW.county
                   AND NEW.team_county = ANY (j.neighbours))
       OR NOT EXISTS (SELECT FROM incident i WHERE i.id = NEW.incident_id
                      AND i.county = NEW.county) THEN
        RAISE EXCEPTION 'the team belongs to a county that is no neighbour'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER aid_request_guard BEFORE INSERT ON aid_request
    FOR EACH ROW EXECUTE FUNCTION guard_aid_request();

-- The answer is the only change there is, and it comes once: of the county asked; of the asker,
-- who takes it back; or of the clock.
CREATE FUNCTION keep_aid_request() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    answering text[] := '{answer,answered_at,answered_by,answer_reason,assignment_id}';
    answerer text := CASE WHEN NEW.answer = 'withdrawn' THEN OLD.county ELSE OLD.team_county END;
BEGIN
    IF OLD.answer IS NOT NULL OR NEW.answer IS NULL
       OR to_jsonb(NEW) - answering IS DISTINCT FROM to_jsonb(OLD) - answering THEN
        RAISE EXCEPTION 'aid_request is append-only' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.answered_by IS DISTINCT FROM app_actor()
       OR (NEW.answer <> 'lapsed' AND NOT answerer = ANY (app_counties()::text[]))
       OR ((NEW.answer = 'lapsed') <> (OLD.expires_at <= present_moment())
           AND NEW.answer <> 'withdrawn')
       OR (NEW.assignment_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM assignment a WHERE a.id = NEW.assignment_id AND a.team_id = OLD.team_id
                AND a.incident_id = OLD.incident_id AND a.released_at IS NULL)) THEN
        RAISE EXCEPTION 'aid_request is answered by the county asked, in time'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER aid_request_answer BEFORE UPDATE ON aid_request
    FOR EACH ROW EXECUTE FUNCTION keep_aid_request();
CREATE TRIGGER aid_request_keep BEFORE DELETE ON aid_request
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER aid_request_keep_all BEFORE TRUNCATE ON aid_request
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE EXECUTE ON FUNCTION guard_aid_request(), keep_aid_request() FROM PUBLIC;

ALTER TABLE aid_request ENABLE ROW LEVEL SECURITY;
CREATE POLICY aid_read ON aid_request FOR SELECT USING (
    (SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor')
    AND (county = ANY ((SELECT app_counties())::text[])
         OR team_county = ANY ((SELECT app_counties())::text[])));
CREATE POLICY aid_ask ON aid_request FOR INSERT WITH CHECK (
    (SELECT app_role()) IN ('dispatcher', 'supervisor')
    AND asked_by = (SELECT app_actor()) AND answer IS NULL
    AND county = ANY ((SELECT app_counties())::text[]));
CREATE POLICY aid_answer ON aid_request FOR UPDATE USING (
    (SELECT app_role()) IN ('dispatcher', 'supervisor')
    AND (county = ANY ((SELECT app_counties())::text[])
         OR team_county = ANY ((SELECT app_counties())::text[])));
GRANT SELECT, INSERT ON aid_request TO dispatch119_app;
GRANT UPDATE (answer, answered_at, answered_by, answer_reason, assignment_id)
    ON aid_request TO dispatch119_app;
