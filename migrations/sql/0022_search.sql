-- Words as they are searched: without case and diacritics, also where the database's own locale
-- knows no letters but English ones.
CREATE FUNCTION folded(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT lower(translate(normalize(said, NFC),
        'ĂÂÎȘŞȚŢăâîșşțţÁÀÄÃÅáàäãåÉÈËÊéèëêÍÌÏíìïÓÒÖÔÕŐóòöôõőÚÙÜÛŰúùüûűÇçÑñÝýŽžŠš',
        'AAISSTTaaissttAAAAAaaaaaEEEEeeeeIIIiiiOOOOOOooooooUUUUUuuuuuCcNnYyZzSs'))
$$;

-- Each word as it stands and by its Romanian stem; a long text is searched by its beginning.
CREATE FUNCTION searched_words(said text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT strip(to_tsvector('pg_catalog.simple', plain) || to_tsvector('pg_catalog.romanian', plain))
    FROM (SELECT regexp_replace(public.folded(left(coalesce(said, ''), 20000)),
                                '[^[:alnum:]]+', ' ', 'g')) AS one(plain)
$$;

-- All words of a wish: each by its beginning, or by its stem. NULL where it holds no word.
CREATE FUNCTION word_wish(said text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg('(' || (to_tsquery('pg_catalog.simple', quote_literal(word) || ':*')
        || plainto_tsquery('pg_catalog.romanian', word))::text || ')', ' & ')::tsquery
    FROM regexp_split_to_table(public.folded(left(coalesce(said, ''), 400)), '[^[:alnum:]]+') word
    WHERE word <> ''
$$;

-- What was written about a case, and where it is said to be. Nobody reads it: see the function
-- at the end, which acts as the owner and answers with ids of the asker's own counties.
CREATE TABLE incident_words (
    incident_id uuid PRIMARY KEY REFERENCES incident (id) ON DELETE CASCADE,
    county text NOT NULL,
    words tsvector NOT NULL DEFAULT '',
    places tsvector NOT NULL DEFAULT ''
);
CREATE INDEX incident_words_words ON incident_words USING gin (words);
CREATE INDEX incident_words_places ON incident_words USING gin (places);
ALTER TABLE incident_words ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION add_incident_words(known uuid, more tsvector, more_places tsvector) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO incident_words AS w (incident_id, county, words, places)
    SELECT i.id, i.county, more, more_places FROM incident i
    WHERE i.id = known AND (more <> '' OR more_places <> '')
    ON CONFLICT (incident_id) DO UPDATE
    SET words = strip(w.words || excluded.words), places = strip(w.places || excluded.places)
$$;

-- What a caller said, where the message was words; a message that is none says nothing.
CREATE FUNCTION spoken_words(format text, raw bytea) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE WHEN format = 'spoken' THEN convert_from(raw, 'UTF8') END;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END
$$;

-- The names in an answer: its likely places, its commune, a street or an address that was told.
CREATE FUNCTION place_names(answer jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(name, ' ') FROM (
        SELECT concat_ws(' ', p ->> 'name', p ->> 'uat')
        FROM jsonb_array_elements(CASE WHEN jsonb_typeof(answer -> 'places') = 'array'
                                       THEN answer -> 'places' ELSE '[]' END) p
        UNION ALL SELECT answer #>> '{commune,uat}'
        UNION ALL SELECT e.value FROM jsonb_each_text(
            CASE WHEN jsonb_typeof(answer #> '{report,extras}') = 'object'
                 THEN answer #> '{report,extras}' ELSE '{}' END) e
        WHERE e.key = 'street' OR e.key LIKE 'civic%'
    ) named(name)
$$;

-- All that is known of a case by now: for what is there already, and for a call that moves.
CREATE FUNCTION add_words_of_call(known uuid, of_call uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT add_incident_words(known, searched_words(string_agg(spoken_words(r.format, r.raw), ' ')),
                              searched_words(string_agg(place_names(a.answer), ' ')))
    FROM county_assignment a JOIN location_report r ON r.id = a.report_id
    WHERE a.call_id = of_call
$$;

CREATE FUNCTION keep_event_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM add_incident_words(NEW.incident_id, searched_words(NEW.reason), '');
    RETURN NULL;
END
$$;
CREATE TRIGGER incident_event_words AFTER INSERT ON incident_event
    FOR EACH ROW WHEN (NEW.reason IS NOT NULL) EXECUTE FUNCTION keep_event_words();

CREATE FUNCTION keep_incident_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE incident_words SET county = NEW.county
    WHERE incident_id = NEW.id AND county <> NEW.county;
    PERFORM add_incident_words(
        NEW.id, searched_words(concat_ws(' ', NEW.summary, NEW.resolution_note)), '');
    RETURN NULL;
END
$$;
CREATE TRIGGER incident_words_follow AFTER UPDATE OF county, summary, resolution_note ON incident
    FOR EACH ROW WHEN ((OLD.county, OLD.summary, OLD.resolution_note) IS DISTINCT FROM
        (NEW.county, NEW.summary, NEW.resolution_note)) EXECUTE FUNCTION keep_incident_words();

CREATE FUNCTION keep_answer_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM add_incident_words(c.incident_id, searched_words(spoken_words(r.format, r.raw)),
                               searched_words(place_names(NEW.answer)))
    FROM call c, location_report r
    WHERE c.id = NEW.call_id AND c.incident_id IS NOT NULL AND r.id = NEW.report_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER county_assignment_words AFTER INSERT ON county_assignment
    FOR EACH ROW EXECUTE FUNCTION keep_answer_words();

CREATE FUNCTION keep_call_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM add_words_of_call(NEW.incident_id, NEW.id);
    RETURN NULL;
END
$$;
CREATE TRIGGER call_words_follow AFTER UPDATE OF incident_id ON call
    FOR EACH ROW WHEN (NEW.incident_id IS NOT NULL
        AND NEW.incident_id IS DISTINCT FROM OLD.incident_id) EXECUTE FUNCTION keep_call_words();

SELECT add_incident_words(
    i.id, searched_words(concat_ws(' ', i.summary, i.resolution_note,
        (SELECT string_agg(e.reason, ' ') FROM incident_event e WHERE e.incident_id = i.id))), '')
FROM incident i;
SELECT add_words_of_call(c.incident_id, c.id) FROM call c WHERE c.incident_id IS NOT NULL;

-- Cases of the asker's counties in which all the words stand; `in_places` also where they are.
-- As the owner, because behind a policy no index on words is used.
CREATE FUNCTION find_by_words(wanted text, in_places boolean) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT w.incident_id FROM incident_words w
    WHERE (w.words @@ word_wish(wanted) OR (in_places AND w.places @@ word_wish(wanted)))
        AND w.county = ANY (app_counties())
        AND app_role() IN ('operator', 'dispatcher', 'supervisor')
$$;
REVOKE EXECUTE ON FUNCTION folded(text), searched_words(text), word_wish(text),
    add_incident_words(uuid, tsvector, tsvector), spoken_words(text, bytea), place_names(jsonb),
    add_words_of_call(uuid, uuid), keep_event_words(), keep_incident_words(), keep_answer_words(),
    keep_call_words(), find_by_words(text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION folded(text), searched_words(text), word_wish(text),
    find_by_words(text, boolean) TO dispatch119_app;

-- Pages of a search go by it.
CREATE INDEX incident_opened_at_id ON incident (opened_at DESC, id DESC);
-- An export begins at a moment.
CREATE INDEX audit_entry_at ON audit_entry (at);

-- What an export hands out besides an entry: just the text that its hash was taken of.
CREATE FUNCTION audit_content(e audit_entry) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_array(
        e.n, extract(epoch FROM e.at)::text, e.actor, e.role, e.action, e.object_type,
        e.object_id, e.county, e.detail)::text
$$;
CREATE OR REPLACE FUNCTION audit_hash(e audit_entry) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(coalesce(e.prev, ''::bytea) || convert_to(public.audit_content(e), 'UTF8'))
$$;
REVOKE EXECUTE ON FUNCTION audit_content(audit_entry) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_content(audit_entry) TO dispatch119_app;
