-- One's own sessions: listed with their last use and ended one by one.
ALTER TABLE session ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    ADD COLUMN last_used_at timestamptz NOT NULL DEFAULT now();
-- Tokens of years: none of before lives longer than a new one.
UPDATE session SET expires_at = now() + interval '90 days'
WHERE kind = 'bearer' AND expires_at > now() + interval '90 days';

DROP FUNCTION find_session(bytea);
CREATE FUNCTION find_session(token bytea)
RETURNS TABLE (id uuid, username text, role text, counties text[], team_id uuid,
               active boolean, language text, kind text, created_at timestamptz,
               expires_at timestamptz, last_used_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT a.id, a.username, a.role, a.counties, a.team_id, a.active, a.language,
          s.kind, s.created_at, s.expires_at, s.last_used_at
   FROM session s JOIN account a ON a.id = s.account_id
   WHERE s.token_sha256 = token AND s.revoked_at IS NULL AND s.expires_at > now() AND a.active $$;

CREATE FUNCTION note_session_use(token bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$ UPDATE session SET last_used_at = now() WHERE token_sha256 = token AND revoked_at IS NULL $$;

DROP FUNCTION revoke_sessions_of(uuid);
CREATE FUNCTION revoke_sessions_of(account uuid, keep bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$ UPDATE session SET revoked_at = now()
   WHERE account_id = account AND revoked_at IS NULL AND token_sha256 IS DISTINCT FROM keep $$;

CREATE FUNCTION own_sessions()
RETURNS TABLE (id uuid, kind text, created_at timestamptz, expires_at timestamptz,
               last_used_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT s.id, s.kind, s.created_at, s.expires_at, s.last_used_at
   FROM session s JOIN account a ON a.id = s.account_id
   WHERE a.username = app_actor() AND s.revoked_at IS NULL AND s.expires_at > now()
   ORDER BY s.created_at DESC, s.id $$;

CREATE FUNCTION end_own_session(wanted uuid) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$ UPDATE session s SET revoked_at = now() FROM account a
   WHERE s.id = wanted AND a.id = s.account_id AND a.username = app_actor()
     AND s.revoked_at IS NULL RETURNING s.id $$;
