ALTER TABLE session DROP CONSTRAINT session_ends_in_time;
ALTER TABLE road_closure DROP CONSTRAINT closure_times_are_sensible;
ALTER TABLE team_position DROP CONSTRAINT position_times_are_sensible;
ALTER TABLE team_position_latest DROP CONSTRAINT position_times_are_sensible;
DROP FUNCTION is_sensible;
