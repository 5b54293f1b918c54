-- An assignment is an alert to its team: when it reached the phone, was read, was answered. It is
-- sent when the row is made. NULL `answer_due_at`: bound before there were receipts.
ALTER TABLE assignment
    ADD COLUMN answer_due_at timestamptz,
    ADD COLUMN delivered_at timestamptz,
    ADD COLUMN read_at timestamptz,
    ADD COLUMN answer text CHECK (answer IN ('accepted', 'declined')),
    ADD COLUMN answered_at timestamptz,
    ADD COLUMN answered_by text,
    ADD COLUMN decline_reason text,
    ADD COLUMN unanswered_at timestamptz,
    ADD COLUMN check_in_every_s integer CHECK (check_in_every_s BETWEEN 0 AND 14400),
    ADD COLUMN check_in_off_reason text,
    ADD COLUMN check_in_due_at timestamptz,
    ADD COLUMN checked_in_at timestamptz,
    ADD COLUMN message_at timestamptz,
    ADD COLUMN unread_from_team integer NOT NULL DEFAULT 0 CHECK (unread_from_team >= 0),
    ADD CONSTRAINT alert_answered_by_somebody CHECK (
        (answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by IS NULL)),
    ADD CONSTRAINT alert_declined_with_a_reason CHECK (
        (answer IS NOT DISTINCT FROM 'declined') = (coalesce(decline_reason, '') <> '')),
    ADD CONSTRAINT check_in_off_with_a_reason CHECK (
        (check_in_every_s IS NOT DISTINCT FROM 0) = (coalesce(check_in_off_reason, '') <> ''));
-- What the watch looks for, every few seconds.
CREATE INDEX assignment_answer_due_at ON assignment (answer_due_at)
    WHERE released_at IS NULL AND answer IS NULL AND unanswered_at IS NULL;
CREATE INDEX assignment_check_in_due_at ON assignment (check_in_due_at)
    WHERE released_at IS NULL;

-- A receipt is proof: it is given once, and nobody answers in the name of another.
CREATE FUNCTION keep_receipts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.delivered_at IS NOT NULL AND NEW.delivered_at IS DISTINCT FROM OLD.delivered_at)
       OR (OLD.read_at IS NOT NULL AND NEW.read_at IS DISTINCT FROM OLD.read_at)
       OR (OLD.answer IS NOT NULL
           AND (NEW.answer, NEW.answered_at, NEW.answered_by, NEW.decline_reason)
           IS DISTINCT FROM (OLD.answer, OLD.answered_at, OLD.answered_by, OLD.decline_reason))
       OR (OLD.unanswered_at IS NOT NULL AND NEW.unanswered_at IS DISTINCT FROM OLD.unanswered_at)
    THEN
        RAISE EXCEPTION 'receipts of an alert stay' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.answered_by IS DISTINCT FROM OLD.answered_by AND NEW.answered_by <> app_actor() THEN
        RAISE EXCEPTION 'an alert is answered by who says so'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER assignment_receipts BEFORE UPDATE ON assignment
    FOR EACH ROW EXECUTE FUNCTION keep_receipts();
REVOKE EXECUTE ON FUNCTION keep_receipts() FROM PUBLIC;

-- What is told of an incident without changing it: receipts, messages, check-ins. It moves no
-- version, so nobody's half-written decision is refused because a phone has shown an alert.
-- Ids of one sequence with incident_event: both together are one timeline. No foreign key, which
-- would wait for whoever holds the incident: an SOS waits for nobody. The policy looks instead.
CREATE TABLE field_event (
    id bigint PRIMARY KEY DEFAULT nextval('incident_event_id_seq'),
    incident_id uuid NOT NULL,
    version integer NOT NULL,
    at timestamptz NOT NULL DEFAULT present_moment(),
    actor text NOT NULL,
    role text NOT NULL,
    kind text NOT NULL,
    reason text,
    payload jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX field_event_incident_id ON field_event (incident_id);
CREATE TRIGGER field_event_keep BEFORE UPDATE OR DELETE ON field_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER field_event_keep_all BEFORE TRUNCATE ON field_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE field_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY field_event_read ON field_event FOR SELECT USING (
    EXISTS (SELECT FROM incident i WHERE i.id = incident_id));
CREATE POLICY field_event_append ON field_event FOR INSERT WITH CHECK (
    actor = (SELECT app_actor()) AND role = (SELECT app_role())
    AND EXISTS (SELECT FROM incident i WHERE i.id = incident_id));
GRANT SELECT, INSERT ON field_event TO dispatch119_app;
GRANT USAGE ON SEQUENCE incident_event_id_seq TO dispatch119_app;

-- What the other teams of an incident are doing. A team's phone sees only itself, so an incident
-- that one of two teams left, or declined, looked as if nobody were on it. Statuses alone, and
-- only of an incident that whoever asks may see.
CREATE FUNCTION other_statuses(wanted uuid, team_left uuid) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT t.status FROM assignment a JOIN team t ON t.id = a.team_id
    WHERE a.incident_id = wanted AND a.released_at IS NULL AND a.team_id <> team_left
        AND EXISTS (SELECT FROM assignment o JOIN incident i ON i.id = o.incident_id
                    WHERE i.id = wanted AND o.team_id = team_left
                    AND CASE WHEN app_role() = 'team' THEN o.team_id = app_team()
                        ELSE i.county = ANY (app_counties()::text[]) END)
$$;
REVOKE EXECUTE ON FUNCTION other_statuses(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION other_statuses(uuid, uuid) TO dispatch119_app;
