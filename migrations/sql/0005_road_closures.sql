-- One closure or slow-down: an area or line, OpenStreetMap ways, or a spot that means the
-- nearest piece of road. Piece numbers are not kept: they change with every import.
CREATE TABLE road_closure (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    county text NOT NULL,
    area geometry(Geometry, 4326),
    way_ids bigint[] NOT NULL DEFAULT '{}',
    spot geometry(Point, 4326),
    factor double precision CHECK (factor > 0 AND factor < 1),
    reason text NOT NULL CHECK (reason <> ''),
    valid_from timestamptz NOT NULL,
    valid_until timestamptz,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT present_moment(),
    meant jsonb NOT NULL DEFAULT '{}',
    ended_at timestamptz,
    ended_by text,
    end_reason text,
    CONSTRAINT closure_ends_after_it_begins CHECK (valid_until > valid_from),
    CONSTRAINT closure_means_roads CHECK (
        area IS NOT NULL OR spot IS NOT NULL OR way_ids <> '{}'),
    CONSTRAINT closure_ended_by_somebody CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX road_closure_recorded_at ON road_closure (recorded_at);

-- Taking it back is the only change there is, and it happens once.
CREATE FUNCTION keep_road_closure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL
       OR to_jsonb(NEW) - '{ended_at,ended_by,end_reason}'::text[]
          IS DISTINCT FROM to_jsonb(OLD) - '{ended_at,ended_by,end_reason}'::text[] THEN
        RAISE EXCEPTION 'road_closure is append-only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER road_closure_change BEFORE UPDATE ON road_closure
    FOR EACH ROW EXECUTE FUNCTION keep_road_closure();
CREATE TRIGGER road_closure_keep BEFORE DELETE ON road_closure
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER road_closure_keep_all BEFORE TRUNCATE ON road_closure
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE road_closure ENABLE ROW LEVEL SECURITY;
ALTER TABLE road_closure FORCE ROW LEVEL SECURITY;
CREATE POLICY closure_read ON road_closure FOR SELECT USING ((SELECT app_actor()) <> '');
CREATE POLICY closure_make ON road_closure FOR INSERT WITH CHECK (
    (SELECT app_role()) IN ('dispatcher', 'supervisor')
    AND recorded_by = (SELECT app_actor())
    AND county = ANY ((SELECT app_counties())::text[]));
CREATE POLICY closure_end ON road_closure FOR UPDATE USING (
    (SELECT app_role()) IN ('dispatcher', 'supervisor')
    AND county = ANY ((SELECT app_counties())::text[]));

-- Which speeds an ETA was computed with.
ALTER TABLE assignment ADD COLUMN eta_profile text;

GRANT SELECT, INSERT ON road_closure TO dispatch119_app;
GRANT UPDATE (ended_at, ended_by, end_reason) ON road_closure TO dispatch119_app;
