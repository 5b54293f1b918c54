DROP TABLE incident_presence;
DROP TRIGGER incident_confirmed_place ON incident;
DROP FUNCTION keep_confirmed_place;
ALTER TABLE incident DROP CONSTRAINT confirmed_by_somebody,
    DROP COLUMN confirmed_place, DROP COLUMN confirmed_address,
    DROP COLUMN confirmed_at, DROP COLUMN confirmed_by;
