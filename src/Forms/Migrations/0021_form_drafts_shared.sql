-- A draft is edited by several people: its revision shows a second editor what happened meanwhile, and a text that one person
-- replaces of another's, or puts aside, is kept.

alter table form_definitions
    add column revision bigint not null default 0,
    add column saved_by_name text;

create table form_draft_copies (
    id bigint generated always as identity primary key,
    key text not null,
    version integer not null,
    schema json not null,
    sample json,
    saved_at timestamptz not null,
    saved_by text not null,
    saved_by_name text
);

create index form_draft_copies_key on form_draft_copies (key, saved_at);
