DROP TRIGGER call_draft_dies ON call;
DROP TABLE call_draft;
DROP FUNCTION ringing_location;
DROP FUNCTION rings_of_call;
DROP FUNCTION find_ring_of_call;
DROP FUNCTION find_call_of_ring;
DROP TABLE ringing_call;
DROP FUNCTION forget_call_draft;
DROP FUNCTION call_is_over;
DROP FUNCTION keep_ringing_call;
UPDATE account SET active = false, role = 'planner' WHERE role = 'telephone';
ALTER TABLE account DROP CONSTRAINT account_role_check;
ALTER TABLE account ADD CONSTRAINT account_role_check CHECK (role IN
    ('operator', 'dispatcher', 'team', 'planner', 'supervisor', 'administrator'));
