-- What starts workflows. Rows are written in the transaction that publishes or retracts a version. A timer is a row with its next due time;
-- the start of its instance moves it on in the same transaction.
create table workflow_triggers (
    id                    text primary key,
    definition_id         text        not null,
    definition_version_id text        not null references workflow_definitions (id) on delete cascade,
    activity_id           text        not null,
    name                  text        not null,
    hash                  text        not null,
    payload               json,
    active_from           timestamptz,
    active_until          timestamptz,
    next_due              timestamptz,
    recurrence            text
);
create index workflow_triggers_hash on workflow_triggers (hash);
create index workflow_triggers_due on workflow_triggers (next_due) where next_due is not null;
create index workflow_triggers_definition on workflow_triggers (definition_id);

create table paused_definitions (
    definition_id text primary key,
    paused_at     timestamptz not null
);

create index workflow_instances_parent on workflow_instances (parent_instance_id) where parent_instance_id is not null;

-- Instances of definitions that allow one at a time, so that a start need not look through all that have finished. Finished ones are
-- removed by the next start.
create table workflow_activations (
    workflow_instance_id text primary key references workflow_instances (id) on delete cascade,
    definition_id        text not null
);
create index workflow_activations_definition on workflow_activations (definition_id);
