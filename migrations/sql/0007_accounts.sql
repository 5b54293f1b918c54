-- Whoever is a team sees its incident, so the team must be of the account's own counties;
-- those must be the administrator's (policy `account_make`). A team that the writer does not
-- see is none. Runs as the writer, under row security.
CREATE FUNCTION guard_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(NEW.counties) = 0 THEN
        RAISE EXCEPTION 'an account has at least one county' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.active AND NEW.team_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM team t WHERE t.id = NEW.team_id AND t.county = ANY (NEW.counties)) THEN
        RAISE EXCEPTION 'the team is of another county'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_team_of_own_county';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER account_guard BEFORE INSERT OR UPDATE OF role, counties, team_id, active ON account
    FOR EACH ROW EXECUTE FUNCTION guard_account();

-- Accounts of before whose team is of a foreign county are locked out.
ALTER TABLE account NO FORCE ROW LEVEL SECURITY;
ALTER TABLE team NO FORCE ROW LEVEL SECURITY;
WITH locked AS (
    UPDATE account a SET active = false FROM team t
    WHERE t.id = a.team_id AND t.county <> ALL (a.counties) RETURNING a.id)
UPDATE session s SET revoked_at = now() FROM locked
WHERE s.account_id = locked.id AND s.revoked_at IS NULL;
ALTER TABLE team FORCE ROW LEVEL SECURITY;
ALTER TABLE account FORCE ROW LEVEL SECURITY;
