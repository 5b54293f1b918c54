DROP TRIGGER account_guard ON account;
DROP FUNCTION guard_account;
