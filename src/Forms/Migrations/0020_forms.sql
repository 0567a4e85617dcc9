-- Forms by version, what people answered, and what they have not finished writing.

create table form_definitions (
    key text not null,
    version integer not null check (version > 0),
    state text not null check (state in ('draft', 'published')),
    schema json not null,
    sample json,
    -- Set when the text came with a release: an owner's edit never carries it.
    shipped_hash text,
    created_at timestamptz not null,
    created_by text not null,
    published_at timestamptz,
    published_by text,
    primary key (key, version),
    check ((state = 'published') = (published_at is not null))
);

-- Personal data: nothing but the case's people and the documents made for it read this table.
create table form_answers (
    id text primary key,
    form_key text not null,
    form_version integer not null,
    case_id text,
    task_id text,
    data json not null,
    created_by text not null,
    created_at timestamptz not null,
    foreign key (form_key, form_version) references form_definitions (key, version)
);

create index form_answers_case on form_answers (case_id, created_at);

create table form_drafts (
    task_id text primary key,
    form_key text not null,
    form_version integer not null,
    data json not null,
    revision bigint not null,
    saved_by text not null,
    saved_by_name text not null,
    saved_at timestamptz not null
);
