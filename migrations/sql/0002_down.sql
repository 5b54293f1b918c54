DO $$
DECLARE
    predicate regprocedure;
BEGIN
    FOR predicate IN
        SELECT p.oid FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'
        JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'postgis'
        WHERE p.proname IN ('geometry_overlaps', 'geometry_within', 'geometry_contains',
            'geometry_distance_centroid', 'st_dwithin', '_st_dwithin', 'st_expand',
            'st_intersects', 'st_within', 'st_contains', 'st_covers', 'st_coveredby')
    LOOP
        EXECUTE format('ALTER FUNCTION %s NOT LEAKPROOF', predicate);
    END LOOP;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE WARNING 'not a superuser: PostGIS predicates stay as they are';
END
$$;
