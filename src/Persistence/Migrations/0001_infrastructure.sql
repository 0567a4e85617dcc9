-- Trails: one append-only, hash-chained record per case, plus one for definitions and one for administration.
-- The head of each chain is kept apart from its entries, so that cutting the end off is noticed too.
create table trails (
  id text primary key,
  length bigint not null,
  head bytea not null,
  opened_at timestamptz not null
);

create table trail_entries (
  trail_id text not null references trails (id),
  position bigint not null,
  at timestamptz not null,
  actor_id text not null,
  actor_name text not null,
  kind text not null,
  sentence text not null,
  -- json and not jsonb: the hash is over the text as it was written.
  facts json,
  hash bytea not null,
  primary key (trail_id, position)
);

-- Every field is preceded by its length in bytes, so that no two different entries have the same body.
create function trail_field(value text) returns text
  language sql immutable parallel safe
  return coalesce(octet_length(value) || ':' || value, '-');

create function trail_genesis(trail_id text) returns bytea
  language sql immutable parallel safe
  return sha256(convert_to('cleiss trail ' || trail_id, 'UTF8'));

create function trail_link(
  previous bytea, trail_id text, place bigint, at timestamptz,
  actor_id text, actor_name text, kind text, sentence text, facts json) returns bytea
  language sql immutable parallel safe
  return sha256(previous || convert_to(
    trail_field(trail_id)
    || trail_field(place::text)
    || trail_field((extract(epoch from at) * 1000000)::bigint::text)
    || trail_field(actor_id)
    || trail_field(actor_name)
    || trail_field(kind)
    || trail_field(sentence)
    || trail_field(facts::text), 'UTF8'));

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name;
end $$;

create trigger trail_entries_append_only before update or delete or truncate on trail_entries
  for each statement execute function refuse_change();

-- People, their roles, and what a role may do.
create table users (
  id text primary key,
  name text not null,
  email text not null,
  password_hash text,
  active boolean not null,
  demo boolean not null,
  created_at timestamptz not null
);

create table user_roles (
  user_id text not null references users (id) on delete cascade,
  role text not null,
  primary key (user_id, role)
);

create index user_roles_by_role on user_roles (role);

create table role_permissions (
  role text not null,
  permission text not null,
  primary key (role, permission)
);

-- Files by content, and each time one was handed in.
create table file_contents (
  sha256 text primary key,
  size bigint not null,
  content bytea not null
);

-- PDFs, pictures and office files are compressed already; trying again only costs time.
alter table file_contents alter column content set storage external;

create table files (
  id text primary key,
  sha256 text not null references file_contents (sha256),
  name text not null,
  media_type text not null,
  size bigint not null,
  uploaded_by text not null,
  uploaded_at timestamptz not null
);

create index files_by_content on files (sha256);

-- How far tests have moved the time of all hosts; no row in production.
create table clock (
  id boolean primary key check (id),
  offset_microseconds bigint not null
);

-- Keys that protect cookies and tokens; every host reads every key.
create table data_protection_keys (
  friendly_name text primary key,
  xml text not null
);
