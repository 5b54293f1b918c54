-- Who may log in, and the trail of what they did and saw.
CREATE TABLE account (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    username text NOT NULL UNIQUE,
    password_hash text NOT NULL,
    role text NOT NULL CHECK (role IN
        ('operator', 'dispatcher', 'team', 'planner', 'supervisor', 'administrator')),
    counties text[] NOT NULL,
    team_id uuid REFERENCES team (id),
    active boolean NOT NULL DEFAULT true,
    language text NOT NULL DEFAULT 'ro' CHECK (language IN ('ro', 'en')),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT team_account_has_team CHECK (role <> 'team' OR team_id IS NOT NULL)
);

-- Only the hash of a token is kept: who reads this table can log in as nobody.
CREATE TABLE session (
    token_sha256 bytea PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account (id),
    kind text NOT NULL CHECK (kind IN ('cookie', 'bearer')),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX session_account_id ON session (account_id);

-- The application never reads a password hash or a session but through these.
CREATE FUNCTION find_login(wanted text)
RETURNS TABLE (id uuid, username text, role text, counties text[], team_id uuid,
               active boolean, language text, password_hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT id, username, role, counties, team_id, active, language, password_hash
   FROM account WHERE username = wanted $$;

CREATE FUNCTION open_session(token bytea, account uuid, kind text, lifetime interval)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$ INSERT INTO session (token_sha256, account_id, kind, expires_at)
   VALUES (token, account, kind, now() + lifetime) $$;

CREATE FUNCTION find_session(token bytea)
RETURNS TABLE (id uuid, username text, role text, counties text[], team_id uuid,
               active boolean, language text, kind text, created_at timestamptz,
               expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT a.id, a.username, a.role, a.counties, a.team_id, a.active, a.language,
          s.kind, s.created_at, s.expires_at
   FROM session s JOIN account a ON a.id = s.account_id
   WHERE s.token_sha256 = token AND s.revoked_at IS NULL AND s.expires_at > now() AND a.active $$;

CREATE FUNCTION revoke_session(token bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$ UPDATE session SET revoked_at = now() WHERE token_sha256 = token AND revoked_at IS NULL $$;

-- A new password ends every session of the account.
CREATE FUNCTION revoke_sessions_of(account uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$ UPDATE session SET revoked_at = now() WHERE account_id = account AND revoked_at IS NULL $$;

CREATE FUNCTION change_own_password(hash text) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$ UPDATE account SET password_hash = hash WHERE username = app_actor() RETURNING id $$;

GRANT SELECT (id, username, role, counties, team_id, active, language, created_at)
    ON account TO dispatch119_app;
GRANT INSERT, UPDATE ON account TO dispatch119_app;

CREATE TABLE audit_entry (
    n bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    role text NOT NULL,
    action text NOT NULL,
    object_type text NOT NULL,
    object_id text,
    county text,
    detail jsonb NOT NULL DEFAULT '{}',
    prev bytea,
    hash bytea NOT NULL
);
CREATE INDEX audit_entry_object ON audit_entry (object_type, object_id);

-- The last link, kept apart: its lock puts entries in one order, and a cut tail shows.
CREATE TABLE audit_head (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    n bigint NOT NULL,
    hash bytea
);
INSERT INTO audit_head (n, hash) VALUES (0, NULL);

-- A JSON array is unambiguous, and seconds since 1970 depend on no session's time zone.
CREATE FUNCTION audit_hash(e audit_entry) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(coalesce(e.prev, ''::bytea) || convert_to(jsonb_build_array(
        e.n, extract(epoch FROM e.at)::text, e.actor, e.role, e.action, e.object_type,
        e.object_id, e.county, e.detail)::text, 'UTF8'))
$$;

CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    SELECT h.n + 1, h.hash INTO NEW.n, NEW.prev FROM audit_head h FOR UPDATE;
    NEW.at := clock_timestamp();
    NEW.hash := audit_hash(NEW);
    UPDATE audit_head SET n = NEW.n, hash = NEW.hash;
    RETURN NEW;
END
$$;
CREATE TRIGGER audit_entry_chain BEFORE INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_chain();
CREATE TRIGGER audit_entry_keep BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_keep_all BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Where the chain breaks first; NULL when it holds. Reads what the caller may see, so
-- only a national scope gets an answer about the whole.
CREATE FUNCTION audit_break() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT min(n) FROM (
        SELECT e.n, e.hash IS DISTINCT FROM audit_hash(e)
            OR e.prev IS DISTINCT FROM lag(e.hash) OVER w
            OR e.n IS DISTINCT FROM coalesce(lag(e.n) OVER w, 0) + 1 AS broken
        FROM audit_entry e WINDOW w AS (ORDER BY e.n)
    ) chain WHERE broken
$$;
CREATE FUNCTION audit_tail() RETURNS TABLE (n bigint, hash bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT n, hash FROM audit_head $$;

GRANT SELECT, INSERT ON audit_entry TO dispatch119_app;
