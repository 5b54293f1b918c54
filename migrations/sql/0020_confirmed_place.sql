-- Where an incident is, as a person has confirmed it; all four together or none.
ALTER TABLE incident
    ADD COLUMN confirmed_place geometry(Point, 4326),
    ADD COLUMN confirmed_address text CHECK (length(confirmed_address) BETWEEN 1 AND 300),
    ADD COLUMN confirmed_at timestamptz,
    ADD COLUMN confirmed_by text,
    ADD CONSTRAINT confirmed_by_somebody CHECK (
        (confirmed_place IS NULL) = (confirmed_at IS NULL)
        AND (confirmed_place IS NULL) = (confirmed_by IS NULL)
        AND (confirmed_place IS NOT NULL OR confirmed_address IS NULL));

-- Nobody confirms in the name of another, and a team does not move its own destination.
CREATE FUNCTION keep_confirmed_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF app_role() = 'team' OR (NEW.confirmed_by IS NOT NULL AND NEW.confirmed_by <> app_actor())
    THEN
        RAISE EXCEPTION 'a place is confirmed by who says so'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION keep_confirmed_place() FROM PUBLIC;
CREATE TRIGGER incident_confirmed_place
    BEFORE UPDATE OF confirmed_place, confirmed_address, confirmed_at, confirmed_by ON incident
    FOR EACH ROW WHEN (
        (OLD.confirmed_at, OLD.confirmed_by, OLD.confirmed_address)
            IS DISTINCT FROM (NEW.confirmed_at, NEW.confirmed_by, NEW.confirmed_address)
        -- As bytes: a restored backup finds no operator for geometries while it makes triggers.
        OR OLD.confirmed_place::bytea IS DISTINCT FROM NEW.confirmed_place::bytea)
    EXECUTE FUNCTION keep_confirmed_place();
