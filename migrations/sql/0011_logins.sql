DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dispatch119_accounts') THEN
        CREATE ROLE dispatch119_accounts LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;  -- two databases migrated at once
END
$$;

-- Nobody works as the owner, so forcing row security on it guarded nothing, and kept an owner
-- who is no superuser from backing up its own tables.
DO $$
DECLARE
    forced regclass;
    named regprocedure;
BEGIN
    FOR forced IN
        SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
            AND c.relforcerowsecurity
    LOOP
        EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', forced);
    END LOOP;
    -- Of databases that were made before this step; their owner is a superuser.
    FOR named IN
        SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
            AND EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'app.role=%')
    LOOP
        EXECUTE format('ALTER FUNCTION %s RESET "app.role"', named);
    END LOOP;
    -- Who owned the tables used to step down to the application's role.
    IF pg_has_role(current_user, 'dispatch119_app', 'MEMBER') AND EXISTS (
        SELECT FROM pg_auth_members m WHERE m.roleid = 'dispatch119_app'::regrole
            AND m.member = current_user::regrole AND m.grantor = current_user::regrole) THEN
        EXECUTE format('REVOKE dispatch119_app FROM %I', current_user);
    END IF;
END
$$;

-- Whoever may write SQL may set `app.role`: these let them be anybody.
DROP POLICY team_lending ON team;
DROP POLICY handover_follows ON handover;
DROP POLICY draft_follows ON missing_child_draft;
DROP POLICY account_login ON account;
DROP POLICY call_intake ON call;
DROP POLICY incident_intake ON incident;
DROP POLICY audit_verify ON audit_entry;

-- County work: no account, no hash, no session but the one whose token it was given.
REVOKE ALL ON account FROM dispatch119_app;
REVOKE EXECUTE ON FUNCTION find_login(text), open_session(bytea, uuid, text, interval),
    revoke_session(bytea), revoke_sessions_of(uuid, bytea), change_own_password(text),
    own_sessions(), end_own_session(uuid) FROM PUBLIC;

-- Accounts: no case, no caller, no place.
GRANT USAGE ON SCHEMA public TO dispatch119_accounts;
GRANT SELECT (id, username, role, counties, team_id, active, language, created_at),
    INSERT, UPDATE ON account TO dispatch119_accounts;
GRANT SELECT (id, county) ON team TO dispatch119_accounts;
GRANT INSERT ON audit_entry TO dispatch119_accounts;
GRANT EXECUTE ON FUNCTION find_login(text), open_session(bytea, uuid, text, interval),
    revoke_session(bytea), revoke_sessions_of(uuid, bytea), change_own_password(text),
    own_sessions(), end_own_session(uuid) TO dispatch119_accounts;
-- The functions of cases act as the owner as well, and are for county work alone.
REVOKE EXECUTE ON FUNCTION aid_teams(), find_call_of(text, timestamptz), hold_call(uuid),
    audit_verdict() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION aid_teams(), find_call_of(text, timestamptz), hold_call(uuid),
    audit_verdict() TO dispatch119_app;
