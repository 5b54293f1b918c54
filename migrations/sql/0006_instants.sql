-- Bounds of every time that comes from outside; the same in geodata/instants.py.
CREATE FUNCTION is_sensible(at timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT at >= '2000-01-01T00:00:00Z'::timestamptz AND at < '2100-01-01T00:00:00Z'::timestamptz $$;

-- FORCE would hide the rows from an owner who is no superuser.
ALTER TABLE team_position_latest NO FORCE ROW LEVEL SECURITY;
DELETE FROM team_position_latest WHERE NOT is_sensible(fix_at) OR NOT is_sensible(received_at);
UPDATE team_position_latest SET device_at = NULL WHERE NOT is_sensible(device_at);
ALTER TABLE team_position_latest FORCE ROW LEVEL SECURITY;

ALTER TABLE team_position NO FORCE ROW LEVEL SECURITY;
DELETE FROM team_position WHERE NOT is_sensible(fix_at) OR NOT is_sensible(received_at);
UPDATE team_position SET device_at = NULL WHERE NOT is_sensible(device_at);
ALTER TABLE team_position FORCE ROW LEVEL SECURITY;

-- A closure that began before the bounds begins at the first; one that ends after them, or
-- begins there, is in force until it is taken back, or not before the last day.
ALTER TABLE road_closure NO FORCE ROW LEVEL SECURITY;
ALTER TABLE road_closure DISABLE TRIGGER road_closure_change;
UPDATE road_closure
SET valid_from = least(greatest(valid_from, '2000-01-01T00:00:00Z'), '2099-12-30T00:00:00Z'),
    valid_until = least(greatest(valid_until, '2000-01-02T00:00:00Z'), '2099-12-31T00:00:00Z')
WHERE NOT is_sensible(valid_from) OR NOT is_sensible(valid_until);
ALTER TABLE road_closure ENABLE TRIGGER road_closure_change;
ALTER TABLE road_closure FORCE ROW LEVEL SECURITY;

UPDATE session SET expires_at = '2099-12-31T00:00:00Z' WHERE expires_at >= '2100-01-01T00:00:00Z';
DELETE FROM session WHERE NOT is_sensible(expires_at);

-- A missing time passes: a CHECK is met by NULL.
ALTER TABLE team_position_latest ADD CONSTRAINT position_times_are_sensible
    CHECK (is_sensible(fix_at) AND is_sensible(device_at) AND is_sensible(received_at));
ALTER TABLE team_position ADD CONSTRAINT position_times_are_sensible
    CHECK (is_sensible(fix_at) AND is_sensible(device_at) AND is_sensible(received_at));
ALTER TABLE road_closure ADD CONSTRAINT closure_times_are_sensible
    CHECK (is_sensible(valid_from) AND is_sensible(valid_until));
ALTER TABLE session ADD CONSTRAINT session_ends_in_time CHECK (is_sensible(expires_at));

-- What the sender said about a message, so that whoever reads it later reads it as the door
-- would have; `taken_up_at`: who reads it now, in case that one dies too.
ALTER TABLE location_report
    ADD COLUMN stated_format text,
    ADD COLUMN stated_caller text,
    ADD COLUMN stated_call uuid,
    ADD COLUMN taken_up_at timestamptz;
CREATE INDEX location_report_stored ON location_report (received_at) WHERE status = 'stored';
