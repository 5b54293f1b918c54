ALTER POLICY report_of_county ON location_report USING (
    (SELECT app_role()) <> 'team' AND (
        county = ANY ((SELECT app_counties())::text[])
        OR (county IS NULL AND (sender = (SELECT app_actor()) OR (SELECT app_is_national())
            OR EXISTS (SELECT FROM call c WHERE c.id = call_id)))
        OR call_id = (SELECT app_call())
        OR EXISTS (SELECT FROM call c JOIN incident i ON i.id = c.incident_id
                   WHERE c.id = call_id)));
ALTER POLICY answer_of_report ON county_assignment USING (
    (SELECT app_role()) <> 'team'
    AND EXISTS (SELECT FROM location_report r WHERE r.id = report_id));
DROP FUNCTION reads_report(uuid);
DROP FUNCTION reads_incident_of_call(uuid);
DROP FUNCTION reads_call(uuid);
