DROP FUNCTION signed_in_by_county;
CREATE OR REPLACE FUNCTION audit_hash(e audit_entry) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(coalesce(e.prev, ''::bytea) || convert_to(jsonb_build_array(
        e.n, extract(epoch FROM e.at)::text, e.actor, e.role, e.action, e.object_type,
        e.object_id, e.county, e.detail)::text, 'UTF8'))
$$;
DROP FUNCTION audit_content;
DROP INDEX audit_entry_at;
DROP INDEX incident_opened_at_id;
DROP FUNCTION find_by_words;
DROP TRIGGER call_words_follow ON call;
DROP TRIGGER county_assignment_words ON county_assignment;
DROP TRIGGER incident_words_follow ON incident;
DROP TRIGGER incident_event_words ON incident_event;
DROP FUNCTION keep_call_words, keep_answer_words, keep_incident_words, keep_event_words,
    add_words_of_call, place_names, spoken_words, add_incident_words;
DROP TABLE incident_words;
DROP FUNCTION word_wish, searched_words, folded;
DROP TRIGGER incident_closing_lapses ON incident;
DROP TRIGGER incident_closing ON incident;
DROP FUNCTION lapse_closing_proposal, guard_closing;
DROP TABLE closing_proposal, closing_policy;
DROP FUNCTION keep_closing_proposal;
