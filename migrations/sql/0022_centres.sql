-- How many people of each centre have a page open: numbers alone, for who supervises them. A
-- national account sits in no centre, and a program is nobody.
CREATE FUNCTION signed_in_by_county(within interval) RETURNS TABLE (county text, people bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.county, count(DISTINCT a.id)
    FROM session s JOIN account a ON a.id = s.account_id
    CROSS JOIN LATERAL unnest(a.counties) AS c(county)
    WHERE s.kind = 'cookie' AND s.revoked_at IS NULL AND s.expires_at > now()
        AND s.last_used_at > now() - within AND a.active
        AND a.role IN ('operator', 'dispatcher') AND cardinality(a.counties) < 47
        AND app_role() = 'supervisor' AND c.county = ANY (app_counties())
    GROUP BY c.county
$$;
REVOKE EXECUTE ON FUNCTION signed_in_by_county(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION signed_in_by_county(interval) TO dispatch119_app;
