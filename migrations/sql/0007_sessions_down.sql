DROP FUNCTION own_sessions, end_own_session, note_session_use;
DROP FUNCTION revoke_sessions_of(uuid, bytea);
CREATE FUNCTION revoke_sessions_of(account uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$ UPDATE session SET revoked_at = now() WHERE account_id = account AND revoked_at IS NULL $$;
DROP FUNCTION find_session(bytea);
CREATE FUNCTION find_session(token bytea)
RETURNS TABLE (id uuid, username text, role text, counties text[], team_id uuid,
               active boolean, language text, kind text, created_at timestamptz,
               expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT a.id, a.username, a.role, a.counties, a.team_id, a.active, a.language,
          s.kind, s.created_at, s.expires_at
   FROM session s JOIN account a ON a.id = s.account_id
   WHERE s.token_sha256 = token AND s.revoked_at IS NULL AND s.expires_at > now() AND a.active $$;
ALTER TABLE session DROP COLUMN id, DROP COLUMN last_used_at;
