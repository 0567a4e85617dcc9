-- Versions that other definitions may use as an activity. A column of its own, because Studio asks for its palette after every save and the
-- answer must not read the documents.
alter table workflow_definitions
    add column usable_as_activity boolean generated always as (coalesce((document -> 'options' ->> 'usableAsActivity') = 'true', false)) stored;
create index workflow_definitions_palette on workflow_definitions (id) where usable_as_activity and published_at is not null;
