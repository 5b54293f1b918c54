-- A message that came twice is kept and changes nothing.
ALTER TABLE location_report DROP CONSTRAINT location_report_status_check;
ALTER TABLE location_report ADD CONSTRAINT location_report_status_check
    CHECK (status IN ('stored', 'read', 'repeated', 'refused'));

-- The answers of a call in the order in which they were formed. Their times are those of
-- the transactions' beginnings: of two that wait for each other, the later may be earlier.
ALTER TABLE county_assignment ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY;

-- The one call that an intake adds to; unset everywhere else.
CREATE FUNCTION app_call() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('app.call', true), '')::uuid $$;

CREATE POLICY call_added_to ON call USING (
    (SELECT app_role()) <> 'team' AND id = (SELECT app_call()));

-- Until 0011, which lets the two functions below act as the owner.
CREATE POLICY call_intake ON call FOR SELECT USING ((SELECT app_role()) = 'intake');
CREATE POLICY incident_intake ON incident USING ((SELECT app_role()) = 'intake');

-- A report is read by the county that had the case when it came (its `county`), by the one
-- that has the incident now, by its sender while it had no county, and by who adds to it.
DROP POLICY report_of_county ON location_report;
CREATE POLICY report_of_county ON location_report USING (
    (SELECT app_role()) <> 'team' AND (
        county = ANY ((SELECT app_counties())::text[])
        OR (county IS NULL AND (sender = (SELECT app_actor()) OR (SELECT app_is_national())
            OR EXISTS (SELECT FROM call c WHERE c.id = call_id)))
        OR call_id = (SELECT app_call())
        OR EXISTS (SELECT FROM call c JOIN incident i ON i.id = c.incident_id
                   WHERE c.id = call_id)));

-- An answer is read by who may read the report that it was formed on.
DROP POLICY answer_of_call ON county_assignment;
CREATE POLICY answer_of_report ON county_assignment USING (
    (SELECT app_role()) <> 'team'
    AND EXISTS (SELECT FROM location_report r WHERE r.id = report_id));

-- The call of a number that is still going on: not closed, and heard of since then.
CREATE FUNCTION find_call_of(wanted text, since timestamptz) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.id FROM call c LEFT JOIN incident i ON i.id = c.incident_id
    WHERE c.caller = wanted AND NOT c.is_misdial
        AND CASE WHEN c.incident_id IS NULL THEN c.disposition IS NULL
                 ELSE i.state <> 'closed' END
        AND EXISTS (SELECT FROM location_report r
                    WHERE r.call_id = c.id AND r.received_at >= since)
    ORDER BY c.started_at DESC LIMIT 1
$$;

-- What the intake must know of a call to add to it. Its incident stays locked, so that it
-- is in no other county when it is written.
CREATE FUNCTION hold_call(wanted uuid)
RETURNS TABLE (caller text, taken_by text, county text, incident_county text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.caller, c.taken_by, c.county,
           (SELECT i.county FROM incident i WHERE i.id = c.incident_id FOR UPDATE)
    FROM call c WHERE c.id = wanted
$$;
