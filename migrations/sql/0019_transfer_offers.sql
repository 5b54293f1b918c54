-- A case that one county offers to another. It stays the first one's until the other accepts: an
-- incident has one county at every moment, and `incident.county` is the only place that says so.
CREATE TABLE transfer_offer (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    incident_id uuid NOT NULL REFERENCES incident (id),
    county_from text NOT NULL,
    county_to text NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    offered_by text NOT NULL,
    offered_at timestamptz NOT NULL DEFAULT present_moment(),
    decision text CHECK (decision IN ('accepted', 'returned', 'withdrawn')),
    decided_by text,
    decided_at timestamptz,
    decision_reason text,
    CONSTRAINT transfer_goes_to_another CHECK (county_from <> county_to),
    CONSTRAINT transfer_decided_by_somebody CHECK (
        (decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_at IS NULL)),
    CONSTRAINT transfer_returned_with_a_reason CHECK (
        decision IS DISTINCT FROM 'returned' OR coalesce(decision_reason, '') <> '')
);
-- One county is asked at a time: of two that accept at once one would be lost.
CREATE UNIQUE INDEX transfer_offer_waiting ON transfer_offer (incident_id) WHERE decision IS NULL;
CREATE INDEX transfer_offer_offered_at ON transfer_offer (offered_at);

-- Deciding is the only change there is, and it happens once: by the county that was asked, or,
-- to take it back, by the one that asked.
CREATE FUNCTION keep_transfer_offer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    deciding text[] := '{decision,decided_by,decided_at,decision_reason}';
    asked text := CASE WHEN NEW.decision = 'withdrawn' THEN OLD.county_from ELSE OLD.county_to END;
BEGIN
    IF OLD.decision IS NOT NULL OR NEW.decision IS NULL
       OR to_jsonb(NEW) - deciding IS DISTINCT FROM to_jsonb(OLD) - deciding THEN
        RAISE EXCEPTION 'transfer_offer is decided once' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.decided_by IS DISTINCT FROM app_actor() OR NOT asked = ANY (app_counties()::text[]) THEN
        RAISE EXCEPTION 'transfer_offer is decided by the county asked'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER transfer_offer_change BEFORE UPDATE ON transfer_offer
    FOR EACH ROW EXECUTE FUNCTION keep_transfer_offer();
CREATE TRIGGER transfer_offer_keep BEFORE DELETE ON transfer_offer
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER transfer_offer_keep_all BEFORE TRUNCATE ON transfer_offer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Never between two: when a transaction ends, a case that is offered is open and is the offering
-- county's, and one that was accepted in it is the accepting county's.
CREATE FUNCTION check_transfer_offers() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    wanted uuid := CASE TG_TABLE_NAME WHEN 'incident' THEN to_jsonb(NEW) ->> 'id'
        ELSE to_jsonb(NEW) ->> 'incident_id' END;
BEGIN
    IF EXISTS (
        SELECT FROM transfer_offer o JOIN incident i ON i.id = o.incident_id
        WHERE o.incident_id = wanted AND o.decision IS NULL
            AND (i.county <> o.county_from OR i.state = 'closed')) THEN
        RAISE EXCEPTION 'an offered case stays open and with its county'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_TABLE_NAME = 'transfer_offer' AND to_jsonb(NEW) ->> 'decision' = 'accepted'
       AND NOT EXISTS (SELECT FROM incident i WHERE i.id = wanted
                       AND i.county = to_jsonb(NEW) ->> 'county_to') THEN
        RAISE EXCEPTION 'an accepted case is the accepting county''s'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER transfer_offer_one_owner AFTER INSERT OR UPDATE ON transfer_offer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_transfer_offers();
CREATE CONSTRAINT TRIGGER incident_one_owner AFTER UPDATE OF county, state ON incident
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.county <> NEW.county OR (NEW.state = 'closed' AND OLD.state <> 'closed'))
    EXECUTE FUNCTION check_transfer_offers();

-- Both desks see it.
ALTER TABLE transfer_offer ENABLE ROW LEVEL SECURITY;
CREATE POLICY transfer_read ON transfer_offer FOR SELECT USING (
    (SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor')
    AND (county_from = ANY ((SELECT app_counties())::text[])
         OR county_to = ANY ((SELECT app_counties())::text[])));
CREATE POLICY transfer_make ON transfer_offer FOR INSERT WITH CHECK (
    (SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor')
    AND offered_by = (SELECT app_actor()) AND decision IS NULL
    AND EXISTS (SELECT FROM incident i WHERE i.id = incident_id AND i.county = county_from
                AND i.county = ANY ((SELECT app_counties())::text[])));
CREATE POLICY transfer_decide ON transfer_offer FOR UPDATE USING (
    (SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor')
    AND (county_from = ANY ((SELECT app_counties())::text[])
         OR county_to = ANY ((SELECT app_counties())::text[])));
GRANT SELECT, INSERT ON transfer_offer TO dispatch119_app;
GRANT UPDATE (decision, decided_by, decided_at, decision_reason)
    ON transfer_offer TO dispatch119_app;

-- The cases that are offered to the counties of who asks; once for each statement.
CREATE FUNCTION offered_here() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(o.incident_id), '{}') FROM public.transfer_offer o
    WHERE o.decision IS NULL AND o.county_to = ANY (public.app_counties()::text[])
        AND public.app_role() IN ('operator', 'dispatcher', 'supervisor')
$$;
-- Read, and nothing else: what may be changed of an offered case stays the offering county's.
CREATE POLICY incident_offered ON incident FOR SELECT USING (
    id = ANY ((SELECT offered_here())::uuid[]));
ALTER POLICY event_append ON incident_event WITH CHECK (
    actor = (SELECT app_actor()) AND EXISTS (
        SELECT FROM incident i WHERE i.id = incident_id
        AND ((SELECT app_role()) = 'team' OR i.county = ANY ((SELECT app_counties())::text[]))));
ALTER POLICY call_of_county ON call USING (
    (SELECT app_role()) <> 'team' AND (
        county = ANY ((SELECT app_counties())::text[])
        OR (county IS NULL AND (taken_by = (SELECT app_actor()) OR (SELECT app_is_national())))
        OR EXISTS (SELECT FROM incident i WHERE i.id = incident_id
                   AND i.county = ANY ((SELECT app_counties())::text[]))));
CREATE POLICY call_offered ON call FOR SELECT USING (
    incident_id = ANY ((SELECT offered_here())::uuid[]));

-- A call that went to another county with its case goes on there, and its draft with it. The
-- county that took it keeps the call, and no longer sees what is typed about the case.
CREATE OR REPLACE FUNCTION call_is_over(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM call c WHERE c.id = wanted)
        THEN EXISTS (
            SELECT FROM call c LEFT JOIN incident i ON i.id = c.incident_id
            WHERE c.id = wanted AND (c.is_misdial OR CASE
                WHEN c.incident_id IS NULL THEN c.disposition IS NOT NULL
                ELSE i.state = 'closed' AND c.disposition IS NOT NULL END))
        ELSE NOT EXISTS (SELECT FROM ringing_call r WHERE r.call_id = wanted
                         AND r.ended_at IS NULL) END
$$;
CREATE FUNCTION works_on_call(wanted uuid) RETURNS boolean LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.call c WHERE c.id = wanted AND (c.incident_id IS NULL
            OR EXISTS (SELECT FROM public.incident i WHERE i.id = c.incident_id)))
        OR EXISTS (SELECT FROM public.ringing_call r
                   WHERE r.call_id = wanted AND r.ended_at IS NULL);
END
$$;
ALTER POLICY draft_of_call ON call_draft USING (
    (SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor') AND works_on_call(call_id))
    WITH CHECK (
    (SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor')
    AND saved_by = (SELECT app_actor()) AND NOT call_is_over(call_id) AND works_on_call(call_id));
REVOKE EXECUTE ON FUNCTION keep_transfer_offer(), check_transfer_offers(), offered_here(),
    works_on_call(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION offered_here(), works_on_call(uuid) TO dispatch119_app;
