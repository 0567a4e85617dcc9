-- One posting to one institution with many forms. Real documents and specimens never share an envelope.
create table envelopes (
  id text primary key,
  agreement_iso text not null references agreements (iso),
  test boolean not null,
  opened_at timestamptz not null,
  -- Closed, it takes nothing more: what it holds is what the covering note lists.
  closed_at timestamptz
);

create unique index envelopes_open on envelopes (agreement_iso, test) where closed_at is null;

-- One row per document that waits in an envelope, with the place in the flow that goes on when it has left.
create table envelope_items (
  document_id text primary key,
  envelope_id text not null references envelopes (id),
  case_id text not null,
  workflow_instance_id text not null,
  bookmark_id text not null,
  added_at timestamptz not null
);

create index envelope_items_by_envelope on envelope_items (envelope_id, added_at);

-- The key is what keeps two agents who click at once from sending an envelope twice.
create table envelope_sendings (
  envelope_id text constraint envelope_sent_once primary key references envelopes (id),
  case_id text not null,
  at timestamptz not null
);
