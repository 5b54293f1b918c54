-- What a desk and a team write to each other while the team is bound. Kept with the case.
CREATE TABLE team_message (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    assignment_id uuid NOT NULL REFERENCES assignment (id),
    sent_at timestamptz NOT NULL DEFAULT present_moment(),
    sent_by text NOT NULL,
    from_team boolean NOT NULL,
    body text NOT NULL CHECK (length(body) BETWEEN 1 AND 1000),
    delivered_at timestamptz,
    read_at timestamptz,
    read_by text,
    CONSTRAINT message_read_by_somebody CHECK ((read_at IS NULL) = (read_by IS NULL)),
    CONSTRAINT message_read_was_delivered CHECK (read_at IS NULL OR delivered_at IS NOT NULL)
);
CREATE INDEX team_message_assignment_id ON team_message (assignment_id, sent_at);

CREATE FUNCTION keep_message() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    own text[] := '{delivered_at,read_at,read_by}';
BEGIN
    IF to_jsonb(NEW) - own IS DISTINCT FROM to_jsonb(OLD) - own
       OR (OLD.delivered_at IS NOT NULL AND NEW.delivered_at IS DISTINCT FROM OLD.delivered_at)
       OR (OLD.read_at IS NOT NULL AND NEW.read_at IS DISTINCT FROM OLD.read_at) THEN
        RAISE EXCEPTION 'team_message stays as sent' USING ERRCODE = 'restrict_violation';
    END IF;
    -- Nobody confirms what they sent themselves.
    IF OLD.from_team = ((SELECT app_role()) = 'team') THEN
        RAISE EXCEPTION 'a message is received by the other side'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER team_message_change BEFORE UPDATE ON team_message
    FOR EACH ROW EXECUTE FUNCTION keep_message();
CREATE TRIGGER team_message_keep BEFORE DELETE ON team_message
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER team_message_keep_all BEFORE TRUNCATE ON team_message
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE EXECUTE ON FUNCTION keep_message() FROM PUBLIC;

-- The case's county, and the team while it is bound: what is written is the child's. Not the
-- county that has lent the team.
ALTER TABLE team_message ENABLE ROW LEVEL SECURITY;
CREATE POLICY message_of_case ON team_message FOR SELECT USING (
    EXISTS (SELECT FROM assignment a WHERE a.id = assignment_id AND (
        ((SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor')
         AND a.county = ANY ((SELECT app_counties())::text[]))
        OR ((SELECT app_role()) = 'team' AND a.team_id = (SELECT app_team())
            AND a.released_at IS NULL))));
CREATE POLICY message_send ON team_message FOR INSERT WITH CHECK (
    sent_by = (SELECT app_actor()) AND from_team = ((SELECT app_role()) = 'team')
    AND EXISTS (SELECT FROM assignment a WHERE a.id = assignment_id AND a.released_at IS NULL AND (
        ((SELECT app_role()) IN ('dispatcher', 'supervisor')
         AND a.county = ANY ((SELECT app_counties())::text[]))
        OR ((SELECT app_role()) = 'team' AND a.team_id = (SELECT app_team())))));
CREATE POLICY message_receive ON team_message FOR UPDATE USING (
    EXISTS (SELECT FROM assignment a WHERE a.id = assignment_id AND (
        ((SELECT app_role()) IN ('dispatcher', 'supervisor')
         AND a.county = ANY ((SELECT app_counties())::text[]))
        OR ((SELECT app_role()) = 'team' AND a.team_id = (SELECT app_team())
            AND a.released_at IS NULL))));
GRANT SELECT, INSERT ON team_message TO dispatch119_app;
GRANT UPDATE (delivered_at, read_at, read_by) ON team_message TO dispatch119_app;
