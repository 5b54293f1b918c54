-- Who has which incident on the screen: the last heartbeat of each person. Nothing of it is kept:
-- who looked at what stands in the audit trail.
CREATE UNLOGGED TABLE incident_presence (
    incident_id uuid NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
    actor text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT present_moment(),
    is_writing boolean NOT NULL DEFAULT false,
    PRIMARY KEY (incident_id, actor)
);
CREATE INDEX incident_presence_seen_at ON incident_presence (seen_at);

-- Whoever sees the incident sees who works on it; each tells of themselves alone.
ALTER TABLE incident_presence ENABLE ROW LEVEL SECURITY;
CREATE POLICY presence_read ON incident_presence FOR SELECT USING (
    (SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor')
    AND EXISTS (SELECT FROM incident i WHERE i.id = incident_id));
CREATE POLICY presence_tell ON incident_presence FOR INSERT WITH CHECK (
    (SELECT app_role()) IN ('operator', 'dispatcher', 'supervisor')
    AND actor = (SELECT app_actor())
    AND EXISTS (SELECT FROM incident i WHERE i.id = incident_id));
CREATE POLICY presence_renew ON incident_presence FOR UPDATE
    USING (actor = (SELECT app_actor())) WITH CHECK (actor = (SELECT app_actor()));
-- What is old is swept by whoever comes next, whosever it is.
CREATE POLICY presence_forget ON incident_presence FOR DELETE USING (
    actor = (SELECT app_actor()) OR seen_at < present_moment() - interval '10 minutes');
GRANT SELECT, INSERT, DELETE ON incident_presence TO dispatch119_app;
GRANT UPDATE (seen_at, is_writing) ON incident_presence TO dispatch119_app;
