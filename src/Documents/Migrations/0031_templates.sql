-- Templates by code and version. The database is the truth; the folder « templates » of a release only seeds it.

create table template_versions (
    code         text        not null,
    version      integer     not null,
    state        text        not null check (state in ('draft', 'published')),
    -- name of each file → its text
    files        json        not null,
    -- SHA-256 over names and texts
    hash         text        not null,
    -- true for what a release brought, false for what an owner wrote
    shipped      boolean     not null,
    created_at   timestamptz not null,
    created_by   text        not null,
    published_at timestamptz,
    published_by text,
    primary key (code, version)
);

-- The version that was published when the document was issued; null for documents issued before templates had versions.
alter table documents add column template_version integer;
-- True when the document withdraws its predecessor instead of correcting it.
alter table documents add column cancels_previous boolean not null default false;
create index documents_previous on documents (previous_document_id) where previous_document_id is not null;

-- Whether a document of this series and form may be a real one on this day; what may not is a specimen. The module that keeps the agreements
-- replaces this function: the answer has to come from the transaction that gives the number.
create function document_may_be_real(series text, form_key text, issued_on date) returns boolean language sql stable
    as 'select true';

-- A database that already has its roles: those who see and write templates from now on.
insert into role_permissions (role, permission)
select distinct role, 'templates.read' from role_permissions where role in ('proprietaire', 'juriste', 'admin')
union
select distinct role, 'templates.write' from role_permissions where role = 'proprietaire'
on conflict do nothing;
