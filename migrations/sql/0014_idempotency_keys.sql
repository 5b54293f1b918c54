-- What an account asked for under a key of its own, and the answer it got: asked again under the
-- same key, it is not done twice. Answers hold what is personal, so they are kept for a day.
CREATE TABLE idempotency_key (
    account text NOT NULL,
    route text NOT NULL,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    body_sha256 bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    status integer,
    content_type text,
    answer bytea,
    PRIMARY KEY (account, route, key),
    CONSTRAINT answered_wholly CHECK ((status IS NULL) = (answer IS NULL))
);
CREATE INDEX idempotency_key_made_at ON idempotency_key (made_at);

ALTER TABLE idempotency_key ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_keys ON idempotency_key
    USING (account = (SELECT app_actor())) WITH CHECK (account = (SELECT app_actor()));
GRANT SELECT, INSERT, DELETE ON idempotency_key TO dispatch119_app;
GRANT UPDATE (status, content_type, answer) ON idempotency_key TO dispatch119_app;

-- Of the owner, whom no policy binds: also the keys of those who never come back.
CREATE FUNCTION forget_idempotency_keys() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$ DELETE FROM idempotency_key WHERE made_at < now() - interval '1 day' $$;
REVOKE EXECUTE ON FUNCTION forget_idempotency_keys() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_idempotency_keys() TO dispatch119_app;
