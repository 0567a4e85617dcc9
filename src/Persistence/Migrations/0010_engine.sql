-- Workflow definitions, instances, bookmarks (timers are bookmarks with a due time), outbox and journal.

create table workflow_definitions (
    id             text primary key,
    definition_id  text        not null,
    version        integer     not null,
    name           text        not null,
    description    text,
    is_latest      boolean     not null,
    is_published   boolean     not null,
    effective_from date,
    published_at   timestamptz,
    created_at     timestamptz not null,
    document       json        not null,
    unique (definition_id, version)
);
create unique index workflow_definitions_latest on workflow_definitions (definition_id) where is_latest;
create unique index workflow_definitions_published on workflow_definitions (definition_id) where is_published;

create table workflow_instances (
    id                    text primary key,
    definition_id         text        not null,
    definition_version_id text        not null references workflow_definitions (id),
    version               integer     not null,
    correlation_id        text,
    name                  text,
    status                text        not null,
    sub_status            text        not null,
    parent_instance_id    text,
    incident_count        integer     not null,
    created_at            timestamptz not null,
    updated_at            timestamptz not null,
    finished_at           timestamptz,
    state                 json        not null
);
create index workflow_instances_correlation on workflow_instances (correlation_id) where correlation_id is not null;
create index workflow_instances_definition on workflow_instances (definition_id, created_at desc);

create table bookmarks (
    id                   text primary key,
    workflow_instance_id text        not null references workflow_instances (id) on delete cascade,
    correlation_id       text,
    name                 text        not null,
    hash                 text,
    activity_id          text        not null,
    activity_number      integer     not null,
    callback             text,
    payload              json,
    created_at           timestamptz not null,
    due_at               timestamptz,
    auto_burn            boolean     not null
);
create index bookmarks_instance on bookmarks (workflow_instance_id);
create index bookmarks_hash on bookmarks (hash) where hash is not null;
create index bookmarks_due on bookmarks (due_at) where due_at is not null;

-- Effects asked for by a burst. A row is deleted when its effect is settled; owner is the number of the host that works on it.
create table outbox (
    id                   text primary key,
    kind                 text        not null,
    idempotency_key      text        not null unique,
    payload              json        not null,
    workflow_instance_id text,
    correlation_id       text,
    bookmark_id          text,
    attempt              integer     not null default 0,
    owner                integer,
    next_at              timestamptz not null,
    created_at           timestamptz not null,
    last_error           text,
    parked_at            timestamptz
);
create index outbox_ready on outbox (next_at) where owner is null and parked_at is null;
create index outbox_owned on outbox (owner) where owner is not null;

-- Every running host takes a number and holds the session advisory lock (7100, number); a number whose lock nobody holds is a dead host.
create sequence host_numbers as integer maxvalue 2000000000 cycle;

-- Settling fails loudly when the row is no longer ours: another host took over, and its result is the one that counts.
create function settle_outbox(effect_id text, effect_owner integer) returns void language plpgsql as $$
begin
    delete from outbox where id = effect_id and owner = effect_owner;
    if not found then
        raise exception 'effect % is no longer owned by host %', effect_id, effect_owner using errcode = 'CL001';
    end if;
end $$;

create table workflow_journal (
    workflow_instance_id text        not null,
    sequence             integer     not null,
    at                   timestamptz not null,
    event_name           text        not null,
    activity_id          text        not null,
    activity_number      integer     not null,
    parent_number        integer,
    activity_type        text        not null,
    activity_version     integer     not null,
    activity_name        text,
    node_id              text        not null,
    message              text,
    activity_state       json,
    payload              json,
    primary key (workflow_instance_id, sequence)
);
