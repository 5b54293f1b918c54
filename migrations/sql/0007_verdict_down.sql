DROP FUNCTION audit_verdict;
DROP POLICY audit_verify ON audit_entry;
