-- The role is the whole cluster's and stays; PostGIS may be shared and stays as well.
DROP FUNCTION aid_teams, audit_tail, audit_break, change_own_password, revoke_sessions_of,
    revoke_session, find_session, open_session, find_login;
DROP TABLE audit_head, session, account, county_assignment, location_report, call,
    assignment, incident_event, incident_counter, incident,
    team_position, team_position_latest, team, locality, jurisdiction;
DROP TABLE audit_entry CASCADE;
DROP FUNCTION audit_chain, lend_team, return_team, refuse_change,
    present_moment, app_is_national, app_team, app_role, app_actor, app_counties;
REVOKE USAGE ON SCHEMA public FROM dispatch119_app;
