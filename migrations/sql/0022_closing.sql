-- Which counties want a second person for closing a case; a county without a row wants none.
CREATE TABLE closing_policy (
    county text PRIMARY KEY,
    four_eyes boolean NOT NULL DEFAULT false,
    misdials_too boolean NOT NULL DEFAULT false,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT present_moment()
);
ALTER TABLE closing_policy ENABLE ROW LEVEL SECURITY;
CREATE POLICY closing_policy_read ON closing_policy FOR SELECT USING (
    county = ANY ((SELECT app_counties())::text[]));
CREATE POLICY closing_policy_make ON closing_policy FOR INSERT WITH CHECK (
    (SELECT app_role()) IN ('supervisor', 'administrator')
    AND county = ANY ((SELECT app_counties())::text[]) AND changed_by = (SELECT app_actor()));
CREATE POLICY closing_policy_change ON closing_policy FOR UPDATE USING (
    (SELECT app_role()) IN ('supervisor', 'administrator')
    AND county = ANY ((SELECT app_counties())::text[]))
    WITH CHECK (changed_by = (SELECT app_actor()));
GRANT SELECT, INSERT ON closing_policy TO dispatch119_app;
GRANT UPDATE (four_eyes, misdials_too, changed_by, changed_at) ON closing_policy TO dispatch119_app;

-- That somebody wants a case closed, and what another person said to it.
CREATE TABLE closing_proposal (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    incident_id uuid NOT NULL REFERENCES incident (id),
    county text NOT NULL,
    resolution text NOT NULL CHECK (resolution IN ('child_safe', 'child_placed', 'counselled',
        'misdial', 'unfounded', 'not_found', 'other')),
    note text,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL DEFAULT present_moment(),
    decision text CHECK (decision IN ('confirmed', 'returned', 'withdrawn', 'lapsed')),
    decided_by text,
    decided_at timestamptz,
    decided_version integer,
    reason text,
    CONSTRAINT closing_decided_by_somebody CHECK (
        (decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_at IS NULL)),
    CONSTRAINT closing_four_eyes CHECK (
        (decision IS DISTINCT FROM 'confirmed' OR decided_by <> proposed_by)
        AND (decision IS DISTINCT FROM 'returned' OR decided_by <> proposed_by)
        AND (decision IS DISTINCT FROM 'withdrawn' OR decided_by = proposed_by)),
    CONSTRAINT closing_returned_why CHECK (decision IS DISTINCT FROM 'returned' OR reason <> '')
);
CREATE UNIQUE INDEX closing_proposal_waiting ON closing_proposal (incident_id)
    WHERE decision IS NULL;
CREATE INDEX closing_proposal_incident_id ON closing_proposal (incident_id);

-- Decided once; what was proposed stays; nobody decides in the name of another.
CREATE FUNCTION keep_closing_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    own text[] := '{county,decision,decided_by,decided_at,decided_version,reason}';
BEGIN
    IF to_jsonb(NEW) - own IS DISTINCT FROM to_jsonb(OLD) - own
       OR (OLD.decision IS NOT NULL
           AND to_jsonb(NEW) - 'county' IS DISTINCT FROM to_jsonb(OLD) - 'county') THEN
        RAISE EXCEPTION 'closing_proposal is decided once' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.decision IS NULL AND NEW.decision IS NOT NULL
       AND NEW.decided_by IS DISTINCT FROM app_actor() THEN
        RAISE EXCEPTION 'closing_proposal is decided by who says so'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER closing_proposal_change BEFORE UPDATE ON closing_proposal
    FOR EACH ROW EXECUTE FUNCTION keep_closing_proposal();
CREATE TRIGGER closing_proposal_keep BEFORE DELETE ON closing_proposal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER closing_proposal_keep_all BEFORE TRUNCATE ON closing_proposal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE closing_proposal ENABLE ROW LEVEL SECURITY;
CREATE POLICY closing_read ON closing_proposal FOR SELECT USING (
    (SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor')
    AND county = ANY ((SELECT app_counties())::text[]));
CREATE POLICY closing_propose ON closing_proposal FOR INSERT WITH CHECK (
    (SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor')
    AND proposed_by = (SELECT app_actor()) AND decision IS NULL
    AND EXISTS (SELECT FROM incident i WHERE i.id = incident_id AND i.county = closing_proposal.county
                AND i.state <> 'closed'));
CREATE POLICY closing_decide ON closing_proposal FOR UPDATE USING (
    (SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor')
    AND county = ANY ((SELECT app_counties())::text[]));
GRANT SELECT, INSERT ON closing_proposal TO dispatch119_app;
GRANT UPDATE (decision, decided_by, decided_at, decided_version, reason)
    ON closing_proposal TO dispatch119_app;

-- The rule itself. Handing over to 112 or to the psychologists waits for nobody; nor does a case
-- whose calls all go on in another one. `decided_version` ties a confirmation to this closing.
CREATE FUNCTION guard_closing() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.resolution IN ('transferred_112', 'transferred_psychologists') OR NOT EXISTS (
        SELECT FROM closing_policy p WHERE p.county = NEW.county AND p.four_eyes
            AND (NEW.resolution <> 'misdial' OR p.misdials_too)) THEN
        RETURN NEW;
    END IF;
    IF NEW.resolution = 'other' AND NOT EXISTS (
        SELECT FROM call c WHERE c.incident_id = NEW.id AND NOT c.is_misdial) THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT FROM closing_proposal p WHERE p.incident_id = NEW.id AND p.decision = 'confirmed'
            AND p.decided_version = OLD.version AND p.resolution = NEW.resolution
            AND p.decided_by = NEW.closed_by AND p.decided_by <> p.proposed_by) THEN
        RAISE EXCEPTION 'the county wants a second person to close a case'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'closing_four_eyes';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER incident_closing BEFORE UPDATE OF state ON incident
    FOR EACH ROW WHEN (NEW.state = 'closed' AND OLD.state <> 'closed')
    EXECUTE FUNCTION guard_closing();

-- A case that ended another way, or went to another county, waits for nobody here any more.
CREATE FUNCTION lapse_closing_proposal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE closing_proposal
    SET decision = 'lapsed', decided_by = app_actor(), decided_at = present_moment()
    WHERE incident_id = NEW.id AND decision IS NULL;
    UPDATE closing_proposal SET county = NEW.county
    WHERE incident_id = NEW.id AND county <> NEW.county;
    RETURN NULL;
END
$$;
CREATE TRIGGER incident_closing_lapses AFTER UPDATE OF state, county ON incident
    FOR EACH ROW WHEN (OLD.county IS DISTINCT FROM NEW.county
        OR (NEW.state = 'closed' AND OLD.state <> 'closed'))
    EXECUTE FUNCTION lapse_closing_proposal();
REVOKE EXECUTE ON FUNCTION keep_closing_proposal(), guard_closing(), lapse_closing_proposal()
    FROM PUBLIC;
