-- The version of a definition that runs on a day: the one published last, unless its period has not begun; then the latest before it. None when
-- the definition was retracted.
create function version_in_force(wanted text, today date) returns text language sql stable parallel safe as $$
    select id from workflow_definitions
    where definition_id = wanted and published_at is not null and archived_at is null and (effective_from is null or effective_from <= today)
        and exists (select from workflow_definitions where definition_id = wanted and is_published)
    order by is_published desc, effective_from desc nulls last, version desc limit 1
$$;
