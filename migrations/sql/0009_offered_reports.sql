-- A report whose number has an open case that its sender may not know of. It is a case of its
-- own, and is offered to the county of that case, which takes it in or keeps it apart.
CREATE TABLE offered_report (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    call_id uuid NOT NULL REFERENCES call (id),
    known_call_id uuid NOT NULL REFERENCES call (id),
    offered_at timestamptz NOT NULL DEFAULT present_moment(),
    offered_by text NOT NULL,
    offered_from text[] NOT NULL,
    decision text CHECK (decision IN ('taken_in', 'kept_apart')),
    decided_at timestamptz,
    decided_by text,
    reason text,
    CONSTRAINT offered_to_another CHECK (call_id <> known_call_id),
    CONSTRAINT offer_decided_by_somebody CHECK (
        (decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_at IS NULL))
);
-- One question at a time for each pair, whatever else the same sender tells meanwhile.
CREATE UNIQUE INDEX offered_report_waiting ON offered_report (call_id, known_call_id)
    WHERE decision IS NULL;
CREATE INDEX offered_report_known_call_id ON offered_report (known_call_id);

-- Deciding is the only change there is, and it happens once.
CREATE FUNCTION keep_offered_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.decision IS NOT NULL
       OR to_jsonb(NEW) - '{decision,decided_at,decided_by,reason}'::text[]
          IS DISTINCT FROM to_jsonb(OLD) - '{decision,decided_at,decided_by,reason}'::text[] THEN
        RAISE EXCEPTION 'offered_report is decided once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER offered_report_change BEFORE UPDATE ON offered_report
    FOR EACH ROW EXECUTE FUNCTION keep_offered_report();
CREATE TRIGGER offered_report_keep BEFORE DELETE ON offered_report
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER offered_report_keep_all BEFORE TRUNCATE ON offered_report
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Whoever sees the known call decides; the sender sees nothing, or the number would be a key.
ALTER TABLE offered_report ENABLE ROW LEVEL SECURITY;
CREATE POLICY offer_read ON offered_report FOR SELECT USING (
    (SELECT app_role()) <> 'team'
    AND EXISTS (SELECT FROM call c WHERE c.id = known_call_id));
CREATE POLICY offer_decide ON offered_report FOR UPDATE USING (
    (SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor')
    AND EXISTS (SELECT FROM call c WHERE c.id = known_call_id))
    WITH CHECK (decided_by = (SELECT app_actor()));
-- No grant to insert: offers are made by the function below alone, which acts as the owner.
GRANT SELECT ON offered_report TO dispatch119_app;
GRANT UPDATE (decision, decided_at, decided_by, reason) ON offered_report TO dispatch119_app;

-- Whether somebody who works for `counties` may know of a call: it is theirs, or they have
-- taken it or told of it themselves. Runs inside the functions below, as the owner.
CREATE FUNCTION knows_call(c call, counties text[]) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT c.taken_by = app_actor()
        OR coalesce(c.county = ANY (counties), false)
        OR (c.county IS NULL AND app_is_national())
        OR EXISTS (SELECT FROM incident i
                   WHERE i.id = c.incident_id AND i.county = ANY (counties))
        OR EXISTS (SELECT FROM location_report r
                   WHERE r.call_id = c.id AND r.sender = app_actor())
$$;

-- The call of a number that is still going on, as far as the one who asks may know of it. An
-- offered call comes last: no foreign report leads the network's updates away from the case.
CREATE OR REPLACE FUNCTION find_call_of(wanted text, since timestamptz) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.id FROM call c LEFT JOIN incident i ON i.id = c.incident_id
    WHERE c.caller = wanted AND NOT c.is_misdial
        AND CASE WHEN c.incident_id IS NULL THEN c.disposition IS NULL
                 ELSE i.state <> 'closed' END
        AND EXISTS (SELECT FROM location_report r
                    WHERE r.call_id = c.id AND r.received_at >= since)
        AND knows_call(c, app_counties()::text[])
    ORDER BY EXISTS (SELECT FROM offered_report o WHERE o.call_id = c.id), c.started_at DESC
    LIMIT 1
$$;

-- The open incident of a county that a number called about since then, for who may know of it.
-- `counties` are the asker's own: while a call is written the setting is wider than that.
CREATE FUNCTION find_incident_of(
    wanted text, owner text, since timestamptz, counties text[]) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT i.id FROM call c JOIN incident i ON i.id = c.incident_id
    WHERE c.caller = wanted AND i.county = owner AND i.state <> 'closed'
        AND c.started_at >= since AND knows_call(c, counties)
    ORDER BY EXISTS (SELECT FROM offered_report o WHERE o.call_id = c.id), c.started_at DESC
    LIMIT 1
$$;

-- Offers a call to the case of the same number that its sender may not know of, if there is one.
-- A call that was offered itself is no case to offer to; one that was kept apart stays apart.
CREATE FUNCTION offer_report(offered uuid, since timestamptz, counties text[])
RETURNS TABLE (offer uuid, known_call uuid, county text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    SELECT k.id, coalesce(i.county, k.county) INTO known_call, county
    FROM call c JOIN call k ON k.caller = c.caller AND k.id <> c.id
    LEFT JOIN incident i ON i.id = k.incident_id
    WHERE c.id = offered AND NOT k.is_misdial
        AND CASE WHEN k.incident_id IS NULL THEN k.disposition IS NULL
                 ELSE i.state <> 'closed' END
        AND (k.incident_id IS NULL OR k.incident_id IS DISTINCT FROM c.incident_id)
        AND EXISTS (SELECT FROM location_report r
                    WHERE r.call_id = k.id AND r.received_at >= since)
        AND NOT knows_call(k, counties)
        AND NOT EXISTS (SELECT FROM offered_report o WHERE o.call_id = k.id)
    ORDER BY k.started_at DESC LIMIT 1;
    IF known_call IS NULL OR EXISTS (
        SELECT FROM offered_report o WHERE o.call_id = offered AND o.known_call_id = known_call
            AND o.decision IS DISTINCT FROM 'taken_in') THEN
        RETURN;
    END IF;
    INSERT INTO offered_report (call_id, known_call_id, offered_by, offered_from)
    VALUES (offered, known_call, app_actor(), counties) RETURNING id INTO offer;
    RETURN NEXT;
END
$$;
REVOKE EXECUTE ON FUNCTION knows_call(call, text[]), find_incident_of(text, text, timestamptz, text[]),
    offer_report(uuid, timestamptz, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_incident_of(text, text, timestamptz, text[]),
    offer_report(uuid, timestamptz, text[]) TO dispatch119_app;
