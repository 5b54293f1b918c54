CREATE OR REPLACE FUNCTION find_call_of(wanted text, since timestamptz) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.id FROM call c LEFT JOIN incident i ON i.id = c.incident_id
    WHERE c.caller = wanted AND NOT c.is_misdial
        AND CASE WHEN c.incident_id IS NULL THEN c.disposition IS NULL
                 ELSE i.state <> 'closed' END
        AND EXISTS (SELECT FROM location_report r
                    WHERE r.call_id = c.id AND r.received_at >= since)
    ORDER BY c.started_at DESC LIMIT 1
$$;
-- As it was bound before; only a superuser may attach this.
DO $$
BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        ALTER FUNCTION find_call_of(text, timestamptz) SET "app.role" TO 'intake';
    END IF;
END
$$;
DROP FUNCTION offer_report, find_incident_of, knows_call;
DROP TABLE offered_report;
DROP FUNCTION keep_offered_report;
