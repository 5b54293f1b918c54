-- Row-level security. SECURITY DEFINER functions act as the tables' owner; FORCE binds that
-- one too until 0011, which gives county work a login that the owner's rights are out of reach of.
-- `(SELECT f())` is evaluated once per statement, a bare `f()` once per row.

-- team: my county's, those lent to my county, or, for a team's phone, itself
ALTER TABLE team ENABLE ROW LEVEL SECURITY;
ALTER TABLE team FORCE ROW LEVEL SECURITY;
CREATE POLICY team_of_county ON team USING (
    (SELECT app_role()) <> 'team' AND (
        county = ANY ((SELECT app_counties())::text[])
        OR lent_to = ANY ((SELECT app_counties())::text[])));
CREATE POLICY team_itself_read ON team FOR SELECT USING (
    (SELECT app_role()) = 'team' AND id = (SELECT app_team()));
CREATE POLICY team_itself_change ON team FOR UPDATE USING (
    (SELECT app_role()) = 'team' AND id = (SELECT app_team()));
CREATE POLICY team_lending ON team USING ((SELECT app_role()) = 'aid');

ALTER TABLE team_position_latest ENABLE ROW LEVEL SECURITY;
ALTER TABLE team_position_latest FORCE ROW LEVEL SECURITY;
CREATE POLICY position_of_team ON team_position_latest USING (
    EXISTS (SELECT FROM team t WHERE t.id = team_id));

ALTER TABLE team_position ENABLE ROW LEVEL SECURITY;
ALTER TABLE team_position FORCE ROW LEVEL SECURITY;
CREATE POLICY history_of_team ON team_position USING (
    EXISTS (SELECT FROM team t WHERE t.id = team_id));
-- Named directly, a partition shows nothing to the application. Not forced: the owner
-- moves and drops partitions.
ALTER TABLE team_position_default ENABLE ROW LEVEL SECURITY;

-- assignment: the incident's county, the team's county, the team. References no other
-- protected table, so that the others may refer to it.
ALTER TABLE assignment ENABLE ROW LEVEL SECURITY;
ALTER TABLE assignment FORCE ROW LEVEL SECURITY;
CREATE POLICY assignment_read ON assignment FOR SELECT USING (
    ((SELECT app_role()) <> 'team' AND (
        county = ANY ((SELECT app_counties())::text[])
        OR team_county = ANY ((SELECT app_counties())::text[])))
    OR ((SELECT app_role()) = 'team' AND team_id = (SELECT app_team())));
CREATE POLICY assignment_make ON assignment FOR INSERT WITH CHECK (
    (SELECT app_role()) <> 'team' AND county = ANY ((SELECT app_counties())::text[]));
CREATE POLICY assignment_change ON assignment FOR UPDATE USING (
    ((SELECT app_role()) <> 'team' AND county = ANY ((SELECT app_counties())::text[]))
    OR ((SELECT app_role()) = 'team' AND team_id = (SELECT app_team())));

-- incident: the owning county; a team only while it is assigned
ALTER TABLE incident ENABLE ROW LEVEL SECURITY;
ALTER TABLE incident FORCE ROW LEVEL SECURITY;
CREATE POLICY incident_of_county ON incident USING (
    (SELECT app_role()) <> 'team' AND county = ANY ((SELECT app_counties())::text[]));
CREATE POLICY incident_of_team_read ON incident FOR SELECT USING (
    (SELECT app_role()) = 'team' AND EXISTS (
        SELECT FROM assignment a WHERE a.incident_id = incident.id
        AND a.team_id = (SELECT app_team()) AND a.released_at IS NULL));
CREATE POLICY incident_of_team_change ON incident FOR UPDATE USING (
    (SELECT app_role()) = 'team' AND EXISTS (
        SELECT FROM assignment a WHERE a.incident_id = incident.id
        AND a.team_id = (SELECT app_team()) AND a.released_at IS NULL));

ALTER TABLE incident_counter ENABLE ROW LEVEL SECURITY;
ALTER TABLE incident_counter FORCE ROW LEVEL SECURITY;
CREATE POLICY counter_of_county ON incident_counter USING (
    (SELECT app_role()) <> 'team' AND county = ANY ((SELECT app_counties())::text[]));

ALTER TABLE incident_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE incident_event FORCE ROW LEVEL SECURITY;
CREATE POLICY event_read ON incident_event FOR SELECT USING (
    EXISTS (SELECT FROM incident i WHERE i.id = incident_id));
CREATE POLICY event_append ON incident_event FOR INSERT WITH CHECK (
    actor = (SELECT app_actor()) AND EXISTS (SELECT FROM incident i WHERE i.id = incident_id));

-- call: the county that owns it, the county that has its incident now, and, while nobody
-- owns it, the one who took it. Not teams: they need the place, not the number.
ALTER TABLE call ENABLE ROW LEVEL SECURITY;
ALTER TABLE call FORCE ROW LEVEL SECURITY;
CREATE POLICY call_of_county ON call USING (
    (SELECT app_role()) <> 'team' AND (
        county = ANY ((SELECT app_counties())::text[])
        OR (county IS NULL AND (taken_by = (SELECT app_actor()) OR (SELECT app_is_national())))
        OR EXISTS (SELECT FROM incident i WHERE i.id = incident_id)));

ALTER TABLE location_report ENABLE ROW LEVEL SECURITY;
ALTER TABLE location_report FORCE ROW LEVEL SECURITY;
CREATE POLICY report_of_county ON location_report USING (
    (SELECT app_role()) <> 'team' AND (
        county = ANY ((SELECT app_counties())::text[])
        OR (county IS NULL AND (sender = (SELECT app_actor()) OR (SELECT app_is_national())))
        OR EXISTS (SELECT FROM call c WHERE c.id = call_id)));

ALTER TABLE county_assignment ENABLE ROW LEVEL SECURITY;
ALTER TABLE county_assignment FORCE ROW LEVEL SECURITY;
CREATE POLICY answer_of_call ON county_assignment USING (
    EXISTS (SELECT FROM call c WHERE c.id = call_id));

-- account: oneself; administrators and supervisors see those within their counties
ALTER TABLE account ENABLE ROW LEVEL SECURITY;
ALTER TABLE account FORCE ROW LEVEL SECURITY;
CREATE POLICY account_read ON account FOR SELECT USING (
    (username = (SELECT app_actor()) AND (SELECT app_actor()) <> '')
    OR ((SELECT app_role()) IN ('administrator', 'supervisor')
        AND counties <@ (SELECT app_counties())::text[]));
CREATE POLICY account_make ON account FOR INSERT WITH CHECK (
    (SELECT app_role()) = 'administrator' AND counties <@ (SELECT app_counties())::text[]);
CREATE POLICY account_change ON account FOR UPDATE USING (
    (SELECT app_role()) = 'administrator' AND counties <@ (SELECT app_counties())::text[]);
CREATE POLICY account_login ON account USING ((SELECT app_role()) = 'login');
-- No grants: reached only through the functions above.
ALTER TABLE session ENABLE ROW LEVEL SECURITY;

ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_read ON audit_entry FOR SELECT USING (
    (SELECT app_role()) <> 'team' AND (
        county = ANY ((SELECT app_counties())::text[])
        OR (county IS NULL AND (SELECT app_is_national()))));
CREATE POLICY audit_append ON audit_entry FOR INSERT WITH CHECK (
    actor = (SELECT app_actor()) AND role = (SELECT app_role()) AND actor <> '');

-- Mutual aid: the free teams of the neighbours of the caller's counties, and no more
-- about them than a recommendation needs.
CREATE FUNCTION aid_teams()
RETURNS TABLE (id uuid, callsign text, county text, status text, staffing integer,
               capabilities text[], languages text[], on_shift boolean, base geometry,
               version integer, geom geometry, fix_at timestamptz, received_at timestamptz,
               accuracy_m double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT t.id, t.callsign, t.county, t.status, t.staffing, t.capabilities, t.languages,
           t.on_shift, t.base, t.version, p.geom, p.fix_at, p.received_at, p.accuracy_m
    FROM team t LEFT JOIN team_position_latest p ON p.team_id = t.id
    WHERE t.status = 'available' AND t.on_shift AND t.county IN (
        SELECT unnest(j.neighbours) FROM jurisdiction j WHERE j.code = ANY (app_counties()))
$$;
