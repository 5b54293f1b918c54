DROP POLICY closure_end ON road_closure;
CREATE POLICY closure_end ON road_closure FOR UPDATE USING (
    (SELECT app_role()) IN ('dispatcher', 'supervisor')
    AND county = ANY ((SELECT app_counties())::text[]));
DROP POLICY closure_make ON road_closure;
CREATE POLICY closure_make ON road_closure FOR INSERT WITH CHECK (
    (SELECT app_role()) IN ('dispatcher', 'supervisor')
    AND recorded_by = (SELECT app_actor())
    AND county = ANY ((SELECT app_counties())::text[]));
DROP TRIGGER road_closure_ground ON road_closure;
DROP FUNCTION guard_closure_ground;
DROP FUNCTION counties_drawn;
ALTER TABLE road_closure DROP COLUMN counties;
