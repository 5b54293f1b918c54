-- A closure belongs to the counties in which its roads lie.
ALTER TABLE road_closure ADD COLUMN counties text[];

-- The counties into which a drawing or a spot reaches. `jurisdiction` has the exact borders.
CREATE FUNCTION counties_drawn(drawn geometry, tapped geometry) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(j.code ORDER BY j.code), '{}') FROM jurisdiction j
    WHERE (j.area && drawn AND ST_Intersects(j.area, drawn))
       OR (j.area && tapped AND ST_Intersects(j.area, tapped))
$$;

-- Rows of before: the drawing tells. Of bare ways only the writer's county is known.
ALTER TABLE road_closure NO FORCE ROW LEVEL SECURITY;
ALTER TABLE road_closure DISABLE TRIGGER road_closure_change;
UPDATE road_closure c SET counties = CASE
    WHEN cardinality(d.drawn) = 0 OR c.county = ANY (d.drawn) OR c.way_ids <> '{}'
        THEN array_prepend(c.county, array_remove(d.drawn, c.county))
    ELSE d.drawn END
FROM (SELECT id, counties_drawn(area, spot) AS drawn FROM road_closure) d WHERE d.id = c.id;
ALTER TABLE road_closure ENABLE TRIGGER road_closure_change;
ALTER TABLE road_closure FORCE ROW LEVEL SECURITY;
ALTER TABLE road_closure ALTER COLUMN counties SET NOT NULL,
    ADD CONSTRAINT closure_lies_somewhere CHECK (counties <> '{}');

-- A backstop for a forgotten condition: the application measures 500 m on the roads
-- themselves, this function knows the drawing alone and gives a little more slack:
-- 0.008 degrees are 600 m from east to west and 900 m from south to north.
CREATE FUNCTION guard_closure_ground() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    drawn geometry := coalesce(NEW.area, NEW.spot);
    near geometry;
    own geometry;
BEGIN
    -- Whoever is reached is concerned, whatever the writer says.
    NEW.counties := NEW.counties || ARRAY(
        SELECT unnest(counties_drawn(NEW.area, NEW.spot)) EXCEPT SELECT unnest(NEW.counties)
        ORDER BY 1);
    IF drawn IS NULL OR app_is_national() THEN
        RETURN NEW;
    END IF;
    near := ST_Expand(ST_Envelope(drawn), 0.02);
    SELECT ST_Buffer(ST_Union(ST_Intersection(j.area, near)), 0.008) INTO own
    FROM jurisdiction j WHERE j.code = ANY (app_counties()) AND j.area && near;
    IF EXISTS (
        SELECT FROM jurisdiction j
        WHERE j.code <> ALL (app_counties()) AND j.area && drawn AND ST_Intersects(j.area, drawn)
          AND (own IS NULL OR NOT ST_Covers(own, ST_Intersection(j.area, drawn)))) THEN
        RAISE EXCEPTION 'road_closure on ground of other counties'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER road_closure_ground BEFORE INSERT ON road_closure
    FOR EACH ROW EXECUTE FUNCTION guard_closure_ground();

DROP POLICY closure_make ON road_closure;
CREATE POLICY closure_make ON road_closure FOR INSERT WITH CHECK (
    (SELECT app_role()) IN ('dispatcher', 'supervisor')
    AND recorded_by = (SELECT app_actor())
    AND county = ANY ((SELECT app_counties())::text[])
    AND county = ANY (counties));
-- Whoever is affected ends it, and the county that recorded it.
DROP POLICY closure_end ON road_closure;
CREATE POLICY closure_end ON road_closure FOR UPDATE USING (
    (SELECT app_role()) IN ('dispatcher', 'supervisor')
    AND (county = ANY ((SELECT app_counties())::text[])
         OR counties && (SELECT app_counties())::text[]));
