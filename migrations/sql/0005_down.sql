ALTER TABLE assignment DROP COLUMN eta_profile;
DROP TABLE road_closure;
DROP FUNCTION keep_road_closure;
