-- Studio sends no token with a save. Each of its pages has a name of its own, and this remembers what the page was last shown of a definition.
create table studio_page_views (
    page_id       text        not null,
    definition_id text        not null,
    revision      text        not null,
    seen_at       timestamptz not null,
    primary key (page_id, definition_id)
);
create index studio_page_views_seen on studio_page_views (seen_at);

-- Who changed a definition last, and what came of it, so that somebody whose save comes too late learns whom to ask.
create table definition_edits (
    definition_id text primary key,
    revision      text        not null,
    editor_id     text        not null,
    editor_name   text        not null,
    edited_at     timestamptz not null
);
