DROP FUNCTION other_statuses;
DROP TABLE aid_request;
DROP FUNCTION keep_aid_request;
DROP FUNCTION guard_aid_request;
DROP TABLE team_alarm;
DROP FUNCTION guard_alarm;
DROP TABLE team_message;
DROP FUNCTION keep_message;
REVOKE USAGE ON SEQUENCE incident_event_id_seq FROM dispatch119_app;
DROP TABLE field_event;
DROP TRIGGER assignment_receipts ON assignment;
DROP FUNCTION keep_receipts;
ALTER TABLE assignment
    DROP COLUMN answer_due_at,
    DROP COLUMN delivered_at,
    DROP COLUMN read_at,
    DROP COLUMN answer,
    DROP COLUMN answered_at,
    DROP COLUMN answered_by,
    DROP COLUMN decline_reason,
    DROP COLUMN unanswered_at,
    DROP COLUMN check_in_every_s,
    DROP COLUMN check_in_off_reason,
    DROP COLUMN check_in_due_at,
    DROP COLUMN checked_in_at,
    DROP COLUMN message_at,
    DROP COLUMN unread_from_team;
