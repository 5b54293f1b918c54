DROP INDEX location_report_stored;
ALTER TABLE location_report
    DROP COLUMN stated_format, DROP COLUMN stated_caller, DROP COLUMN stated_call,
    DROP COLUMN taken_up_at;
ALTER TABLE session DROP CONSTRAINT session_ends_in_time;
ALTER TABLE road_closure DROP CONSTRAINT closure_times_are_sensible;
ALTER TABLE team_position DROP CONSTRAINT position_times_are_sensible;
ALTER TABLE team_position_latest DROP CONSTRAINT position_times_are_sensible;
DROP FUNCTION is_sensible;
