-- What became of alterations that were submitted for all instances of a filter: the plan and one job for each instance, as Elsa tells them.
create table alteration_plans (
    id         text primary key,
    created_at timestamptz not null,
    content    json        not null
);
