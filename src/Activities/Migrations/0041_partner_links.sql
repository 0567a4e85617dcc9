-- One-time links through which partners without an account do what a step of a case waits for.
create table partner_links (
  id text primary key,
  -- SHA-256 of the token: what a dump or a backup of this table shows opens nothing.
  token_hash text not null unique,
  -- The token itself, only until its mail has left.
  pending_token text,
  mail_id text not null,
  case_id text not null,
  workflow_instance_id text not null,
  -- Null: the link only hands files out, nobody waits.
  bookmark_id text,
  activity_id text not null,
  partner text,
  title text not null,
  instructions text,
  form_key text,
  form_version integer,
  actions json not null,
  files text[] not null,
  uploads integer not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  closed_at timestamptz,
  -- The action the partner chose; null when the step ended without the partner.
  closed_by_action text,
  answer_id text
);

create index partner_links_by_bookmark on partner_links (bookmark_id) where bookmark_id is not null;
create index partner_links_by_mail on partner_links (mail_id);
create index partner_links_by_case on partner_links (case_id);
