-- A telephone system announces that it rings, and sees nothing but what it has announced.
ALTER TABLE account DROP CONSTRAINT account_role_check;
ALTER TABLE account ADD CONSTRAINT account_role_check CHECK (role IN
    ('operator', 'dispatcher', 'team', 'planner', 'supervisor', 'administrator', 'telephone'));

-- `call_id` is the call's from the first ring on: the row of `call` comes with the first report.
CREATE TABLE ringing_call (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    call_id uuid NOT NULL DEFAULT gen_random_uuid(),
    caller text,
    line text NOT NULL CHECK (line <> ''),
    county text,
    rang_at timestamptz NOT NULL DEFAULT present_moment(),
    announced_by text NOT NULL,
    hung_up_at timestamptz,
    claimed_by text,
    claimed_post text,
    claimed_at timestamptz,
    handed_back_by text,
    handed_back_at timestamptz,
    ended_by text,
    ended_at timestamptz,
    outcome text CHECK (outcome IN ('answered', 'misdial', 'no_answer')),
    CONSTRAINT claimed_at_a_post CHECK (
        (claimed_by IS NULL) = (claimed_at IS NULL)
        AND (claimed_by IS NULL) = (claimed_post IS NULL)),
    CONSTRAINT handed_back_by_somebody CHECK (
        (handed_back_by IS NULL) = (handed_back_at IS NULL)),
    CONSTRAINT ended_by_somebody CHECK (
        (ended_by IS NULL) = (ended_at IS NULL) AND (ended_by IS NULL) = (outcome IS NULL))
);
CREATE INDEX ringing_call_open ON ringing_call (rang_at) WHERE ended_at IS NULL;
CREATE INDEX ringing_call_call_id ON ringing_call (call_id);

-- Who rang where and when stays as it was announced; an ended call stays ended. Nobody claims in
-- the name of another.
CREATE FUNCTION keep_ringing_call() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    own text[] := CASE WHEN app_role() = 'telephone' THEN '{hung_up_at}'::text[]
        ELSE '{claimed_by,claimed_post,claimed_at,handed_back_by,handed_back_at,ended_by,ended_at,outcome}'::text[]
        END;
BEGIN
    IF OLD.ended_at IS NOT NULL OR to_jsonb(NEW) - own IS DISTINCT FROM to_jsonb(OLD) - own THEN
        RAISE EXCEPTION 'ringing_call stays as announced' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.claimed_by IS DISTINCT FROM OLD.claimed_by AND NEW.claimed_by <> app_actor())
       OR (NEW.handed_back_by IS DISTINCT FROM OLD.handed_back_by
           AND NEW.handed_back_by <> app_actor())
       OR (NEW.ended_by IS DISTINCT FROM OLD.ended_by AND NEW.ended_by <> app_actor()) THEN
        RAISE EXCEPTION 'ringing_call is claimed by who says so'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER ringing_call_change BEFORE UPDATE ON ringing_call
    FOR EACH ROW EXECUTE FUNCTION keep_ringing_call();
CREATE TRIGGER ringing_call_keep BEFORE DELETE ON ringing_call
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ringing_call_keep_all BEFORE TRUNCATE ON ringing_call
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE ringing_call ENABLE ROW LEVEL SECURITY;
CREATE POLICY ringing_of_county ON ringing_call FOR SELECT USING (
    (SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor')
    AND (county = ANY ((SELECT app_counties())::text[])
         OR (county IS NULL AND (SELECT app_is_national()))));
CREATE POLICY ringing_claim ON ringing_call FOR UPDATE USING (
    (SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor')
    AND (county = ANY ((SELECT app_counties())::text[])
         OR (county IS NULL AND (SELECT app_is_national()))));
CREATE POLICY ringing_announced ON ringing_call FOR SELECT USING (
    (SELECT app_role()) = 'telephone' AND announced_by = (SELECT app_actor()));
CREATE POLICY ringing_announce ON ringing_call FOR INSERT WITH CHECK (
    (SELECT app_role()) = 'telephone' AND announced_by = (SELECT app_actor())
    AND (county IS NULL OR county = ANY ((SELECT app_counties())::text[]))
    AND claimed_by IS NULL AND ended_by IS NULL);
CREATE POLICY ringing_hang_up ON ringing_call FOR UPDATE USING (
    (SELECT app_role()) = 'telephone' AND announced_by = (SELECT app_actor()));
GRANT SELECT, INSERT ON ringing_call TO dispatch119_app;
GRANT UPDATE (hung_up_at, claimed_by, claimed_post, claimed_at, handed_back_by, handed_back_at,
              ended_by, ended_at, outcome) ON ringing_call TO dispatch119_app;

-- The call that a ring of a number belongs to, where its location came a little before the ring.
-- A number is no key to a case of another county, so an older call is not taken for this one,
-- nor is one that rings at another centre.
CREATE FUNCTION find_call_of_ring(wanted text, at_county text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.id FROM call c
    WHERE c.caller = wanted AND NOT c.is_misdial AND c.disposition IS NULL
        AND c.started_at >= present_moment() - interval '3 minutes'
        AND NOT EXISTS (SELECT FROM ringing_call r WHERE r.call_id = c.id
                        AND r.county IS DISTINCT FROM at_county)
    ORDER BY c.started_at DESC LIMIT 1
$$;

-- The id that a new call of a number gets: that of its ring, once.
CREATE FUNCTION find_ring_of_call(wanted text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.call_id FROM ringing_call r
    WHERE r.caller = wanted AND r.ended_at IS NULL
        AND r.rang_at >= present_moment() - interval '30 minutes'
        AND NOT EXISTS (SELECT FROM call c WHERE c.id = r.call_id)
    ORDER BY r.rang_at DESC LIMIT 1
$$;

-- Which rings hear of a new location of a call; for notices only.
CREATE FUNCTION rings_of_call(wanted uuid) RETURNS TABLE (id uuid, county text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.id, r.county FROM ringing_call r WHERE r.call_id = wanted AND r.ended_at IS NULL
$$;

-- Where a ringing call comes from, for the centre at which it rings: of the location, and of
-- nothing else of the case that another county may have made of it.
CREATE FUNCTION ringing_location(wanted uuid)
RETURNS TABLE (owner text, ambiguous boolean, margin double precision, confidence double precision,
               counties jsonb, question jsonb, reason jsonb, area jsonb,
               lon double precision, lat double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.owner, a.ambiguous, a.margin, a.confidence, a.answer -> 'counties',
           nullif(a.answer -> 'question', 'null'), a.answer -> 'reason',
           ST_AsGeoJSON(ST_ForcePolygonCCW(a.area), 6)::jsonb, ST_X(a.center), ST_Y(a.center)
    FROM ringing_call r JOIN county_assignment a ON a.call_id = r.call_id
    WHERE r.id = wanted AND r.ended_at IS NULL
        AND app_role() IN ('operator', 'dispatcher', 'supervisor')
        AND (r.county = ANY (app_counties()::text[]) OR (r.county IS NULL AND app_is_national()))
    ORDER BY a.n DESC LIMIT 1
$$;
REVOKE EXECUTE ON FUNCTION keep_ringing_call(), find_call_of_ring(text, text),
    find_ring_of_call(text), rings_of_call(uuid), ringing_location(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_call_of_ring(text, text), find_ring_of_call(text),
    rings_of_call(uuid), ringing_location(uuid) TO dispatch119_app;
