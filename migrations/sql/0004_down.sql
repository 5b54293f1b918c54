DROP TRIGGER incident_takes_along ON incident;
DROP TABLE handover_event, handover, missing_child_draft;
DROP FUNCTION guard_handover, guard_draft, follow_incident;
