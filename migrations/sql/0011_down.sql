-- Before, row security bound the owner, and functions told who they were by a setting. Only a
-- superuser may attach such a setting to a function; an owner who is none could not own these
-- tables before, and keeps them unbound.
GRANT EXECUTE ON FUNCTION find_login(text),
    open_session(bytea, uuid, text, interval),
    revoke_session(bytea),
    revoke_sessions_of(uuid, bytea),
    change_own_password(text),
    own_sessions(),
    end_own_session(uuid),
    aid_teams(),
    find_call_of(text, timestamptz),
    hold_call(uuid),
    audit_verdict() TO PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM dispatch119_accounts;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM dispatch119_accounts;
REVOKE USAGE ON SCHEMA public FROM dispatch119_accounts;
GRANT SELECT (id, username, role, counties, team_id, active, language, created_at),
    INSERT, UPDATE ON account TO dispatch119_app;

CREATE POLICY team_lending ON team USING ((SELECT app_role()) = 'aid');
CREATE POLICY handover_follows ON handover USING ((SELECT app_role()) = 'aid');
CREATE POLICY draft_follows ON missing_child_draft USING ((SELECT app_role()) = 'aid');
CREATE POLICY account_login ON account USING ((SELECT app_role()) = 'login');
CREATE POLICY call_intake ON call FOR SELECT USING ((SELECT app_role()) = 'intake');
CREATE POLICY incident_intake ON incident USING ((SELECT app_role()) = 'intake');
CREATE POLICY audit_verify ON audit_entry FOR SELECT USING ((SELECT app_role()) = 'verifier');

DO $$
DECLARE
    named record;
BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RETURN;
    END IF;
    FOR named IN SELECT * FROM (VALUES
        ('lend_team()', 'aid'),
        ('return_team()', 'aid'),
        ('follow_incident()', 'aid'),
        ('aid_teams()', 'aid'),
        ('find_call_of(text, timestamptz)', 'intake'),
        ('hold_call(uuid)', 'intake'),
        ('audit_verdict()', 'verifier'),
        ('find_login(text)', 'login'),
        ('open_session(bytea, uuid, text, interval)', 'login'),
        ('find_session(bytea)', 'login'),
        ('note_session_use(bytea)', 'login'),
        ('revoke_session(bytea)', 'login'),
        ('revoke_sessions_of(uuid, bytea)', 'login'),
        ('change_own_password(text)', 'login'),
        ('own_sessions()', 'login'),
        ('end_own_session(uuid)', 'login')) known (called, acts_as)
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET "app.role" TO %L', named.called, named.acts_as);
    END LOOP;
    FOR named IN SELECT unnest(ARRAY[
        'team', 'team_position_latest', 'team_position', 'assignment', 'incident',
        'incident_counter', 'incident_event', 'call', 'location_report', 'county_assignment',
        'account', 'audit_entry', 'handover', 'handover_event', 'missing_child_draft',
        'road_closure']) AS bound
    LOOP
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', named.bound);
    END LOOP;
END
$$;
