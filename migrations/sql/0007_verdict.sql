-- The verdict on the whole chain for whoever may read a part of it: it tells whether and
-- where the chain breaks and how long it is, and nothing of any entry. The policy is
-- dropped by 0011, from which on the function acts as an owner whom nothing binds.
CREATE POLICY audit_verify ON audit_entry FOR SELECT USING ((SELECT app_role()) = 'verifier');
CREATE FUNCTION audit_verdict() RETURNS TABLE (entries bigint, broken_at bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last audit_entry;
BEGIN
    SELECT count(*) INTO entries FROM audit_entry;
    broken_at := audit_break();
    IF broken_at IS NULL THEN
        SELECT * INTO last FROM audit_entry ORDER BY n DESC LIMIT 1;
        -- The last link was kept aside, so a cut tail shows.
        SELECT coalesce(last.n, 0) + 1 INTO broken_at FROM audit_head h
        WHERE h.n IS DISTINCT FROM coalesce(last.n, 0) OR h.hash IS DISTINCT FROM last.hash;
    END IF;
    RETURN NEXT;
END
$$;
