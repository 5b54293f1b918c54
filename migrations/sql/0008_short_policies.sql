-- Who may read a report and an answer is the same as before, asked in another form. A policy
-- that names a protected table takes that table's policies in whole, and those the next ones':
-- the plan of one answer held four hundred subplans, which cost more to prepare than to run.
-- A function is asked when it is reached and stays one call. Each runs as whoever asks, so the
-- policies of the tables in it bind; the names are whole, so that no other table takes their place.
CREATE FUNCTION reads_call(wanted uuid) RETURNS boolean LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.call c WHERE c.id = wanted);
END
$$;

CREATE FUNCTION reads_incident_of_call(wanted uuid) RETURNS boolean
LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.call c JOIN public.incident i ON i.id = c.incident_id
                   WHERE c.id = wanted);
END
$$;

CREATE FUNCTION reads_report(wanted uuid) RETURNS boolean LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.location_report r WHERE r.id = wanted);
END
$$;

ALTER POLICY report_of_county ON location_report USING (
    (SELECT app_role()) <> 'team' AND (
        county = ANY ((SELECT app_counties())::text[])
        OR (county IS NULL AND (sender = (SELECT app_actor()) OR (SELECT app_is_national())
            OR reads_call(call_id)))
        OR call_id = (SELECT app_call())
        OR reads_incident_of_call(call_id)));

ALTER POLICY answer_of_report ON county_assignment USING (
    (SELECT app_role()) <> 'team' AND reads_report(report_id));
