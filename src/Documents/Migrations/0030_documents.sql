-- Documents and their numbers. The counter of a series is incremented in the transaction that creates the document: a number that is not
-- committed was never given, so there is no gap.

create table document_series (
    series      text    not null,
    year        integer not null,
    last_number integer not null,
    primary key (series, year)
);

create table documents (
    id                   text primary key,
    number               text        not null unique,
    series               text        not null,
    year                 integer     not null,
    counter              integer     not null,
    state                text        not null check (state in ('pending', 'valid', 'specimen', 'cancelled', 'replaced')),
    specimen             boolean     not null,
    case_id              text,
    title                text        not null,
    template             text        not null,
    form_key             text,
    form_code            text,
    provisional_code     boolean     not null,
    answer_id            text,
    language             text        not null,
    verification_code    text        not null unique,
    previous_document_id text references documents (id),
    replaced_by          text references documents (id),
    file_id              text,
    sha256               text,
    cancelled_reason     text,
    requested_by         text        not null,
    created_at           timestamptz not null,
    rendered_at          timestamptz,
    unique (series, year, counter)
);
create index documents_case on documents (case_id);
create index documents_sha256 on documents (sha256) where sha256 is not null;
create index documents_created on documents (created_at desc);
