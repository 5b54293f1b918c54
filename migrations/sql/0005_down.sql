DROP TABLE road_closure;
DROP FUNCTION keep_road_closure;
