DROP FUNCTION find_ring_of_reference;
DROP FUNCTION find_call_of_reference;
ALTER TABLE location_report DROP COLUMN stated_reference;
ALTER TABLE ringing_call DROP COLUMN reference;

ALTER POLICY draft_of_call ON call_draft USING (
    (SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor')
    AND (reads_call(call_id) OR EXISTS (
        SELECT FROM ringing_call r WHERE r.call_id = call_draft.call_id AND r.ended_at IS NULL)))
    WITH CHECK (
    (SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor')
    AND saved_by = (SELECT app_actor()) AND NOT call_is_over(call_id)
    AND (reads_call(call_id) OR EXISTS (
        SELECT FROM ringing_call r WHERE r.call_id = call_draft.call_id AND r.ended_at IS NULL)));
DROP FUNCTION works_on_call;
CREATE OR REPLACE FUNCTION call_is_over(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM call c WHERE c.id = wanted)
        THEN EXISTS (SELECT FROM call c WHERE c.id = wanted
                     AND (c.disposition IS NOT NULL OR c.is_misdial))
        ELSE NOT EXISTS (SELECT FROM ringing_call r WHERE r.call_id = wanted
                         AND r.ended_at IS NULL) END
$$;
DROP POLICY call_offered ON call;
ALTER POLICY call_of_county ON call USING (
    (SELECT app_role()) <> 'team' AND (
        county = ANY ((SELECT app_counties())::text[])
        OR (county IS NULL AND (taken_by = (SELECT app_actor()) OR (SELECT app_is_national())))
        OR EXISTS (SELECT FROM incident i WHERE i.id = incident_id)));
ALTER POLICY event_append ON incident_event WITH CHECK (
    actor = (SELECT app_actor()) AND EXISTS (SELECT FROM incident i WHERE i.id = incident_id));
DROP POLICY incident_offered ON incident;
DROP FUNCTION offered_here;
DROP TRIGGER incident_one_owner ON incident;
DROP TABLE transfer_offer;
DROP FUNCTION check_transfer_offers;
DROP FUNCTION keep_transfer_offer;

DROP TRIGGER call_told ON call;
DROP TRIGGER call_draft_told ON call_draft;
DROP FUNCTION case_of_call;
DROP TABLE incident_told;
DROP FUNCTION call_is_told;
DROP FUNCTION draft_is_told;
DROP FUNCTION keep_told;
ALTER TABLE incident DROP COLUMN triage;
