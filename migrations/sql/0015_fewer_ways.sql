-- What a new call needs, asked and written in fewer ways to the database and back. Each function
-- runs as whoever asks: the policies of every table in it bind as they do on its statements one
-- by one, and each statement sees what those before it have written or waited for.

-- A stored message, held, and the call of its number that is still going on. The turn of the
-- number is taken before that call is looked for, so that what somebody else wrote about the
-- number meanwhile is seen.
CREATE FUNCTION take_turn_of_report(wanted uuid, number text, since timestamptz)
RETURNS TABLE (id uuid, received_at timestamptz, status text, call_id uuid, sender text,
               content_type text, raw bytea, known_call uuid)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    SELECT r.id, r.received_at, r.status, r.call_id, r.sender, r.content_type, r.raw
    INTO id, received_at, status, call_id, sender, content_type, raw
    FROM public.location_report r WHERE r.id = wanted FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF call_id IS NULL AND number IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(number, 119));
        known_call := public.find_call_of(number, since);
    END IF;
    RETURN NEXT;
END
$$;

-- An open incident with the county's next number, such as B3-2026-000017, and its first event;
-- years begin in Bucharest. The counter's row stays locked until the transaction ends, so a
-- number is never given twice, and one that fails leaves no gap.
CREATE FUNCTION open_incident(
    owner text, at timestamptz, area geometry, center geometry, area_confidence double precision,
    actor text, role text, kind text, reason text, payload jsonb)
RETURNS TABLE (id uuid, number text, version integer)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    of_year integer := extract(year FROM timezone('Europe/Bucharest', at));
    counted integer;
BEGIN
    INSERT INTO public.incident_counter AS c (county, year, last) VALUES (owner, of_year, 1)
    ON CONFLICT (county, year) DO UPDATE SET last = c.last + 1
    RETURNING c.last INTO counted;
    number := format('%s-%s-%s', owner, of_year, lpad(counted::text, 6, '0'));
    -- Told before it is written, so that nothing has to be read back.
    id := gen_random_uuid();
    INSERT INTO public.incident AS i
        (id, county, number, opened_at, area, center, area_confidence)
    VALUES (open_incident.id, owner, open_incident.number, at, open_incident.area,
            open_incident.center, open_incident.area_confidence)
    RETURNING i.version INTO version;
    INSERT INTO public.incident_event (incident_id, version, actor, role, kind, reason, payload)
    VALUES (open_incident.id, open_incident.version, open_incident.actor, open_incident.role,
            open_incident.kind, open_incident.reason, open_incident.payload);
    RETURN NEXT;
END
$$;

-- A call, the message it was made of, and whose it is by that message; `known` is its id where
-- it has one before it is written.
CREATE FUNCTION keep_new_call(
    known uuid, report uuid, format text, started_at timestamptz, caller text, county text, incident uuid,
    taken_by text, answer jsonb, margin double precision, ambiguous boolean,
    confidence double precision, area geometry, center geometry)
RETURNS uuid
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    made uuid := coalesce(known, gen_random_uuid());
BEGIN
    INSERT INTO public.call (id, started_at, caller, county, incident_id, taken_by)
    VALUES (made, keep_new_call.started_at, keep_new_call.caller, keep_new_call.county,
            incident, keep_new_call.taken_by);
    UPDATE public.location_report r
    SET status = 'read', format = keep_new_call.format, call_id = made,
        county = keep_new_call.county
    WHERE r.id = report;
    INSERT INTO public.county_assignment
        (call_id, report_id, answer, owner, margin, ambiguous, confidence, area, center)
    VALUES (made, report, keep_new_call.answer, keep_new_call.county, keep_new_call.margin,
            keep_new_call.ambiguous, keep_new_call.confidence, keep_new_call.area,
            keep_new_call.center);
    RETURN made;
END
$$;

REVOKE EXECUTE ON FUNCTION take_turn_of_report(uuid, text, timestamptz),
    open_incident(text, timestamptz, geometry, geometry, double precision, text, text, text, text,
                  jsonb),
    keep_new_call(uuid, uuid, text, timestamptz, text, text, uuid, text, jsonb, double precision,
                  boolean, double precision, geometry, geometry) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_turn_of_report(uuid, text, timestamptz),
    open_incident(text, timestamptz, geometry, geometry, double precision, text, text, text, text,
                  jsonb),
    keep_new_call(uuid, uuid, text, timestamptz, text, text, uuid, text, jsonb, double precision,
                  boolean, double precision, geometry, geometry) TO dispatch119_app;
