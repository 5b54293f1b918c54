-- What one county asks another to close on its ground: one row for each county asked.
CREATE TABLE closure_request (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    county text NOT NULL,
    asked_from text NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT present_moment(),
    area geometry(Geometry, 4326),
    way_ids bigint[] NOT NULL DEFAULT '{}',
    spot geometry(Point, 4326),
    factor double precision CHECK (factor > 0 AND factor < 1),
    reason text NOT NULL CHECK (reason <> ''),
    valid_from timestamptz NOT NULL,
    valid_until timestamptz,
    meant jsonb NOT NULL DEFAULT '{}',
    -- What the asker closed on its own ground at the same time; the request ends with it.
    own_closure uuid REFERENCES road_closure,
    answer text CHECK (answer IN ('accepted', 'refused', 'withdrawn')),
    answered_at timestamptz,
    answered_by text,
    answer_reason text,
    closure uuid UNIQUE REFERENCES road_closure,
    CONSTRAINT request_goes_to_another CHECK (county <> asked_from),
    CONSTRAINT request_ends_after_it_begins CHECK (valid_until > valid_from),
    CONSTRAINT request_times_are_sensible CHECK (
        is_sensible(valid_from) AND is_sensible(valid_until)),
    CONSTRAINT request_means_roads CHECK (
        area IS NOT NULL OR spot IS NOT NULL OR way_ids <> '{}'),
    CONSTRAINT request_answered_by_somebody CHECK (
        (answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by IS NULL)),
    CONSTRAINT request_accepted_is_a_closure CHECK (
        (answer IS NOT DISTINCT FROM 'accepted') = (closure IS NOT NULL)),
    CONSTRAINT request_refused_with_a_reason CHECK (
        answer IS DISTINCT FROM 'refused' OR coalesce(answer_reason, '') <> '')
);
CREATE INDEX closure_request_asked_at ON closure_request (asked_at);
CREATE INDEX closure_request_own_closure ON closure_request (own_closure);

-- Nobody is asked about ground that is not theirs; the same slack as `guard_closure_ground`.
CREATE FUNCTION guard_closure_request() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    drawn geometry := coalesce(NEW.area, NEW.spot);
BEGIN
    IF NEW.own_closure IS NOT NULL AND NOT EXISTS (
        SELECT FROM road_closure c WHERE c.id = NEW.own_closure
            AND c.county = ANY (app_counties()::text[])) THEN
        RAISE EXCEPTION 'closure_request with a closure of another county'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF drawn IS NOT NULL AND EXISTS (
        SELECT FROM jurisdiction j WHERE j.code = NEW.county
            AND NOT ST_Covers(
                ST_Buffer(ST_Intersection(j.area, ST_Expand(ST_Envelope(drawn), 0.02)), 0.008),
                drawn)) THEN
        RAISE EXCEPTION 'closure_request beyond the ground of the county asked'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER closure_request_ground BEFORE INSERT ON closure_request
    FOR EACH ROW EXECUTE FUNCTION guard_closure_request();

-- The answer is the only change there is, and it comes once: of the county asked, or of the
-- asker who takes the request back.
CREATE FUNCTION keep_closure_request() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    answering text[] := '{answer,answered_at,answered_by,answer_reason,closure}';
    asked text := CASE WHEN NEW.answer = 'withdrawn' THEN OLD.asked_from ELSE OLD.county END;
BEGIN
    IF OLD.answer IS NOT NULL OR NEW.answer IS NULL
       OR to_jsonb(NEW) - answering IS DISTINCT FROM to_jsonb(OLD) - answering THEN
        RAISE EXCEPTION 'closure_request is append-only' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.answered_by IS DISTINCT FROM app_actor()
       OR NOT asked = ANY (app_counties()::text[])
       OR (NEW.closure IS NOT NULL AND NOT EXISTS (
            SELECT FROM road_closure c WHERE c.id = NEW.closure AND c.county = OLD.county
                AND c.recorded_by = app_actor())) THEN
        RAISE EXCEPTION 'closure_request is answered by the county asked'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER closure_request_answer BEFORE UPDATE ON closure_request
    FOR EACH ROW EXECUTE FUNCTION keep_closure_request();
CREATE TRIGGER closure_request_keep BEFORE DELETE ON closure_request
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER closure_request_keep_all BEFORE TRUNCATE ON closure_request
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE EXECUTE ON FUNCTION guard_closure_request(), keep_closure_request() FROM PUBLIC;

ALTER TABLE closure_request ENABLE ROW LEVEL SECURITY;
CREATE POLICY request_read ON closure_request FOR SELECT USING (
    (SELECT app_role()) IN ('dispatcher', 'supervisor')
    AND (county = ANY ((SELECT app_counties())::text[])
         OR asked_from = ANY ((SELECT app_counties())::text[])));
CREATE POLICY request_make ON closure_request FOR INSERT WITH CHECK (
    (SELECT app_role()) IN ('dispatcher', 'supervisor')
    AND asked_by = (SELECT app_actor())
    AND asked_from = ANY ((SELECT app_counties())::text[])
    AND answer IS NULL);
CREATE POLICY request_answer ON closure_request FOR UPDATE USING (
    (SELECT app_role()) IN ('dispatcher', 'supervisor')
    AND (county = ANY ((SELECT app_counties())::text[])
         OR asked_from = ANY ((SELECT app_counties())::text[])));

GRANT SELECT, INSERT ON closure_request TO dispatch119_app;
GRANT UPDATE (answer, answered_at, answered_by, answer_reason, closure)
    ON closure_request TO dispatch119_app;
