-- What is typed about a call while it lasts. No reference to `call`: its row may not be there yet.
CREATE TABLE call_draft (
    call_id uuid PRIMARY KEY,
    version integer NOT NULL CHECK (version > 0),
    form jsonb NOT NULL CHECK (octet_length(form::text) <= 65536),
    saved_at timestamptz NOT NULL DEFAULT present_moment(),
    saved_by text NOT NULL
);

-- Whether a call is closed: as its row says, or, where no location ever made one, its rings.
CREATE FUNCTION call_is_over(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM call c WHERE c.id = wanted)
        THEN EXISTS (SELECT FROM call c WHERE c.id = wanted
                     AND (c.disposition IS NOT NULL OR c.is_misdial))
        ELSE NOT EXISTS (SELECT FROM ringing_call r WHERE r.call_id = wanted
                         AND r.ended_at IS NULL) END
$$;
CREATE FUNCTION forget_call_draft() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    over uuid := CASE TG_TABLE_NAME WHEN 'call' THEN to_jsonb(NEW) ->> 'id'
        ELSE to_jsonb(NEW) ->> 'call_id' END;
BEGIN
    DELETE FROM call_draft d WHERE d.call_id = over AND call_is_over(over);
    RETURN NULL;
END
$$;
CREATE TRIGGER call_draft_dies AFTER UPDATE OF disposition, is_misdial ON call
    FOR EACH ROW WHEN (NEW.disposition IS NOT NULL OR NEW.is_misdial)
    EXECUTE FUNCTION forget_call_draft();
CREATE TRIGGER ringing_draft_dies AFTER UPDATE OF ended_at ON ringing_call
    FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL) EXECUTE FUNCTION forget_call_draft();
REVOKE EXECUTE ON FUNCTION call_is_over(uuid), forget_call_draft() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION call_is_over(uuid) TO dispatch119_app;

-- Whoever may see the call, and the centre at which it still rings; not teams.
ALTER TABLE call_draft ENABLE ROW LEVEL SECURITY;
CREATE POLICY draft_of_call ON call_draft USING (
    (SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor')
    AND (reads_call(call_id) OR EXISTS (
        SELECT FROM ringing_call r WHERE r.call_id = call_draft.call_id AND r.ended_at IS NULL)))
    WITH CHECK (
    (SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor')
    AND saved_by = (SELECT app_actor()) AND NOT call_is_over(call_id)
    AND (reads_call(call_id) OR EXISTS (
        SELECT FROM ringing_call r WHERE r.call_id = call_draft.call_id AND r.ended_at IS NULL)));
GRANT SELECT, INSERT ON call_draft TO dispatch119_app;
GRANT UPDATE (version, form, saved_at, saved_by) ON call_draft TO dispatch119_app;
