-- How soon somebody has to do something, as the form of the last call says; `priority` follows it.
ALTER TABLE incident ADD COLUMN triage text CHECK (triage IN
    ('immediate_danger', 'urgent', 'can_be_planned', 'only_support'));

-- What the form of a call says of its incident. The draft dies with its call; this is the
-- case's, for the team on its way and for whoever opens the case again.
CREATE TABLE incident_told (
    call_id uuid PRIMARY KEY,
    incident_id uuid NOT NULL REFERENCES incident (id),
    form jsonb NOT NULL CHECK (octet_length(form::text) <= 65536),
    told_at timestamptz NOT NULL DEFAULT present_moment(),
    told_by text NOT NULL
);
CREATE INDEX incident_told_incident_id ON incident_told (incident_id);

-- By triggers, so that no way on which a call comes to its incident can forget it: as the owner,
-- because whoever types may not see the case.
CREATE FUNCTION keep_told(wanted uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO incident_told (call_id, incident_id, form, told_at, told_by)
    SELECT d.call_id, c.incident_id, d.form, d.saved_at, d.saved_by
    FROM call_draft d JOIN call c ON c.id = d.call_id
    WHERE d.call_id = wanted AND c.incident_id IS NOT NULL
    ON CONFLICT (call_id) DO UPDATE SET incident_id = EXCLUDED.incident_id, form = EXCLUDED.form,
        told_at = EXCLUDED.told_at, told_by = EXCLUDED.told_by
$$;
CREATE FUNCTION draft_is_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM keep_told(NEW.call_id);
    RETURN NULL;
END
$$;
CREATE FUNCTION call_is_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM keep_told(NEW.id);
    -- Of a call that changes its case after its draft is gone.
    UPDATE incident_told t SET incident_id = NEW.incident_id
    WHERE t.call_id = NEW.id AND t.incident_id <> NEW.incident_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER call_draft_told AFTER INSERT OR UPDATE OF form ON call_draft
    FOR EACH ROW EXECUTE FUNCTION draft_is_told();
CREATE TRIGGER call_told AFTER INSERT OR UPDATE OF incident_id ON call
    FOR EACH ROW WHEN (NEW.incident_id IS NOT NULL) EXECUTE FUNCTION call_is_told();
INSERT INTO incident_told (call_id, incident_id, form, told_at, told_by)
SELECT d.call_id, c.incident_id, d.form, d.saved_at, d.saved_by
FROM call_draft d JOIN call c ON c.id = d.call_id WHERE c.incident_id IS NOT NULL;

-- Which case hears of what is typed about a call, for notices: whoever types may not see it.
CREATE FUNCTION case_of_call(wanted uuid) RETURNS TABLE (incident_id uuid, county text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT i.id, i.county FROM call c JOIN incident i ON i.id = c.incident_id WHERE c.id = wanted
$$;

ALTER TABLE incident_told ENABLE ROW LEVEL SECURITY;
CREATE POLICY told_of_incident ON incident_told FOR SELECT USING (
    (SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor', 'team')
    AND EXISTS (SELECT FROM incident i WHERE i.id = incident_id));
-- No grant to write: the triggers above alone do, as the owner.
GRANT SELECT ON incident_told TO dispatch119_app;
REVOKE EXECUTE ON FUNCTION keep_told(uuid), draft_is_told(), call_is_told(), case_of_call(uuid)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION case_of_call(uuid) TO dispatch119_app;
