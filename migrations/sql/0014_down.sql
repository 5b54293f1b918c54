DROP FUNCTION forget_idempotency_keys;
DROP TABLE idempotency_key;
