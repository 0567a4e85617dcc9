-- Agreements, the liaison bodies they name, and their forms through their life.
create table agreements (
  iso text primary key,
  partner text not null,
  kind text not null,
  year integer,
  -- signed, in force, denounced…: as the sources say it
  status text not null,
  in_force_on date,
  source_note text
);

create table liaison_bodies (
  agreement_iso text primary key references agreements (iso),
  name text not null,
  country text not null,
  address text not null,
  email text,
  language text not null,
  agreement_fr text not null,
  agreement_partner text,
  -- Our own reasonable filling-in, not a fact from the sources.
  modelled boolean not null,
  updated_at timestamptz not null,
  updated_by text not null
);

create table form_catalogue (
  form_key text primary key,
  code text not null,
  agreement_iso text not null references agreements (iso),
  partner_code text,
  family text not null,
  title_fr text not null,
  title_partner text,
  direction text not null,
  -- draft, negotiation, validated, notified, in-force, replaced
  life text not null,
  in_force_on date
);

create index form_catalogue_by_agreement on form_catalogue (agreement_iso, code);

-- What each release brought, so that an owner's edit is never overwritten.
create table shipped_definitions (
  definition_id text not null,
  hash text not null,
  definition_version_id text not null,
  proposed boolean not null,
  seeded_at timestamptz not null,
  primary key (definition_id, hash)
);
