DROP FUNCTION keep_new_call, open_incident, take_turn_of_report;
