-- One package for 112 and where its delivery stands. `county` is the incident's, kept by a
-- trigger, so that the policies here refer to no other protected table. `content` is what the
-- package says without times and versions: the same content asked for again is the same row.
CREATE TABLE handover (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    incident_id uuid NOT NULL REFERENCES incident (id),
    county text NOT NULL,
    receiver text NOT NULL,
    key text NOT NULL UNIQUE CHECK (key ~ '^[0-9a-f]{64}$'),
    content text NOT NULL CHECK (content ~ '^[0-9a-f]{64}$'),
    incident_version integer NOT NULL,
    wish jsonb NOT NULL,
    eido bytea NOT NULL,
    page bytea,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN
        ('pending', 'sending', 'sent', 'acknowledged', 'rejected', 'given_up')),
    attempt integer NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    next_at timestamptz,
    reference text CHECK (length(reference) <= 100),
    retry_of uuid UNIQUE REFERENCES handover (id),
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT present_moment(),
    settled_at timestamptz,
    settled_by text,
    settled_reference text CHECK (length(settled_reference) <= 100),
    CONSTRAINT final_has_nothing_due CHECK (
        (state IN ('acknowledged', 'rejected', 'given_up')) = (next_at IS NULL)),
    CONSTRAINT settled_only_when_failed CHECK (
        settled_at IS NULL OR (state IN ('rejected', 'given_up') AND settled_by IS NOT NULL))
);
CREATE INDEX handover_incident_id ON handover (incident_id);
CREATE INDEX handover_next_at ON handover (next_at) WHERE next_at IS NOT NULL;
-- Two who press the button at once get one hand-over; a retry is another one on purpose.
CREATE UNIQUE INDEX handover_same_content ON handover (incident_id, content)
    WHERE retry_of IS NULL;

-- What was packed never changes, a delivery that is over never moves, a person's word about
-- a failed one is taken once.
CREATE FUNCTION guard_handover() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.incident_id, NEW.receiver, NEW.key, NEW.content, NEW.incident_version,
        NEW.wish, NEW.eido, NEW.page, NEW.retry_of, NEW.created_by, NEW.created_at)
        IS DISTINCT FROM
       (OLD.id, OLD.incident_id, OLD.receiver, OLD.key, OLD.content, OLD.incident_version,
        OLD.wish, OLD.eido, OLD.page, OLD.retry_of, OLD.created_by, OLD.created_at) THEN
        RAISE EXCEPTION 'a packed hand-over does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('acknowledged', 'rejected', 'given_up') AND
        (NEW.state, NEW.attempt, NEW.next_at, NEW.reference)
        IS DISTINCT FROM (OLD.state, OLD.attempt, OLD.next_at, OLD.reference) THEN
        RAISE EXCEPTION 'a delivery that is over does not change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.settled_at IS NOT NULL AND
        (NEW.settled_at, NEW.settled_by, NEW.settled_reference)
        IS DISTINCT FROM (OLD.settled_at, OLD.settled_by, OLD.settled_reference) THEN
        RAISE EXCEPTION 'a settled hand-over does not change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.attempt < OLD.attempt THEN
        RAISE EXCEPTION 'attempts only grow' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER handover_guard BEFORE UPDATE ON handover
    FOR EACH ROW EXECUTE FUNCTION guard_handover();
CREATE TRIGGER handover_keep BEFORE DELETE ON handover
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER handover_keep_all BEFORE TRUNCATE ON handover
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE handover_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    handover_id uuid NOT NULL REFERENCES handover (id),
    at timestamptz NOT NULL DEFAULT present_moment(),
    event text NOT NULL,
    attempt integer NOT NULL,
    detail text NOT NULL DEFAULT '' CHECK (length(detail) <= 200),
    actor text NOT NULL,
    role text NOT NULL
);
CREATE INDEX handover_event_handover_id ON handover_event (handover_id);
CREATE TRIGGER handover_event_keep BEFORE UPDATE OR DELETE ON handover_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER handover_event_keep_all BEFORE TRUNCATE ON handover_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A draft is a draft: there is no other status to give it, and a change is a new version.
CREATE TABLE missing_child_draft (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    incident_id uuid NOT NULL REFERENCES incident (id),
    county text NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    status text NOT NULL DEFAULT 'Draft' CHECK (status = 'Draft'),
    scope text NOT NULL DEFAULT 'Restricted' CHECK (scope = 'Restricted'),
    wish jsonb NOT NULL,
    cap bytea NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT present_moment(),
    UNIQUE (incident_id, version)
);

CREATE FUNCTION guard_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.incident_id, NEW.version, NEW.status, NEW.scope, NEW.wish, NEW.cap,
        NEW.made_by, NEW.made_at)
        IS DISTINCT FROM
       (OLD.id, OLD.incident_id, OLD.version, OLD.status, OLD.scope, OLD.wish, OLD.cap,
        OLD.made_by, OLD.made_at) THEN
        RAISE EXCEPTION 'missing_child_draft is append-only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER missing_child_draft_guard BEFORE UPDATE ON missing_child_draft
    FOR EACH ROW EXECUTE FUNCTION guard_draft();
CREATE TRIGGER missing_child_draft_keep BEFORE DELETE ON missing_child_draft
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER missing_child_draft_keep_all BEFORE TRUNCATE ON missing_child_draft
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- An incident that goes to another county takes its packages and drafts along.
CREATE FUNCTION follow_incident() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE handover SET county = NEW.county WHERE incident_id = NEW.id;
    UPDATE missing_child_draft SET county = NEW.county WHERE incident_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER incident_takes_along AFTER UPDATE OF county ON incident
    FOR EACH ROW WHEN (OLD.county IS DISTINCT FROM NEW.county)
    EXECUTE FUNCTION follow_incident();

GRANT SELECT, INSERT, UPDATE ON handover TO dispatch119_app;
GRANT SELECT, INSERT ON handover_event, missing_child_draft TO dispatch119_app;

-- The county's people, not its teams. `courier` delivers: it sees packages and their log,
-- of every county, and nothing else of any.
ALTER TABLE handover ENABLE ROW LEVEL SECURITY;
ALTER TABLE handover FORCE ROW LEVEL SECURITY;
CREATE POLICY handover_of_county ON handover USING (
    (SELECT app_role()) NOT IN ('team', 'courier')
    AND county = ANY ((SELECT app_counties())::text[]));
CREATE POLICY handover_courier_read ON handover FOR SELECT USING (
    (SELECT app_role()) = 'courier');
CREATE POLICY handover_courier_change ON handover FOR UPDATE USING (
    (SELECT app_role()) = 'courier');
CREATE POLICY handover_follows ON handover USING ((SELECT app_role()) = 'aid');

ALTER TABLE handover_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE handover_event FORCE ROW LEVEL SECURITY;
CREATE POLICY handover_event_read ON handover_event FOR SELECT USING (
    EXISTS (SELECT FROM handover h WHERE h.id = handover_id));
CREATE POLICY handover_event_append ON handover_event FOR INSERT WITH CHECK (
    actor = (SELECT app_actor()) AND role = (SELECT app_role())
    AND EXISTS (SELECT FROM handover h WHERE h.id = handover_id));

ALTER TABLE missing_child_draft ENABLE ROW LEVEL SECURITY;
ALTER TABLE missing_child_draft FORCE ROW LEVEL SECURITY;
CREATE POLICY draft_of_county ON missing_child_draft USING (
    (SELECT app_role()) NOT IN ('team', 'courier')
    AND county = ANY ((SELECT app_counties())::text[]));
CREATE POLICY draft_follows ON missing_child_draft USING ((SELECT app_role()) = 'aid');
