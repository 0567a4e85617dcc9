-- What a case is counted by: never personal data.
create table case_facts (
    case_id text not null references cases (id),
    name text not null,
    value text not null,
    recorded_at timestamptz not null,
    primary key (case_id, name)
);

-- What the text of a mail says beside the case and its documents.
alter table mails add column data jsonb;
