DROP TABLE closure_request;
DROP FUNCTION guard_closure_request;
DROP FUNCTION keep_closure_request;
