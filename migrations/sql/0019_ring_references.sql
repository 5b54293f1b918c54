-- The telephone system's own id of a call: with it a location without a number finds its ring.
ALTER TABLE ringing_call ADD COLUMN reference text CHECK (reference <> '');
CREATE INDEX ringing_call_reference ON ringing_call (reference) WHERE ended_at IS NULL;
ALTER TABLE location_report ADD COLUMN stated_reference text;
CREATE INDEX location_report_stated_reference ON location_report (stated_reference, received_at)
    WHERE stated_reference IS NOT NULL;

-- The call whose location came before its ring. Two exchanges may count alike: of a reference that
-- more than one call has, none is taken.
CREATE FUNCTION find_call_of_reference(wanted text, at_county text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT min(c.id::text)::uuid FROM call c
    WHERE c.id IN (SELECT r.call_id FROM location_report r WHERE r.stated_reference = wanted
                   AND r.received_at >= present_moment() - interval '30 minutes')
        AND NOT c.is_misdial AND c.disposition IS NULL
        AND NOT EXISTS (SELECT FROM ringing_call o WHERE o.call_id = c.id
                        AND o.county IS DISTINCT FROM at_county)
    HAVING count(*) = 1
$$;
-- The id that the call of a reference has had since it rang; a call that is there already only
-- for who may know of it, so that its further locations are heard in it.
CREATE FUNCTION find_ring_of_reference(wanted text) RETURNS TABLE (call_id uuid, is_call boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.call_id, c.id IS NOT NULL
    FROM (SELECT min(o.call_id::text)::uuid AS call_id FROM ringing_call o
          WHERE o.reference = wanted AND o.ended_at IS NULL
              AND o.rang_at >= present_moment() - interval '12 hours'
          HAVING count(*) = 1) r
    LEFT JOIN call c ON c.id = r.call_id
    WHERE c.id IS NULL OR (NOT c.is_misdial AND knows_call(c, app_counties()::text[]))
$$;
REVOKE EXECUTE ON FUNCTION find_call_of_reference(text, text), find_ring_of_reference(text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_call_of_reference(text, text), find_ring_of_reference(text)
    TO dispatch119_app;
