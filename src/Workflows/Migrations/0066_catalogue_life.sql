-- The catalogue as its owners keep it: periods that end, successors, and who may move a form along its life.
alter table agreements
  add column ended_on date,
  add column revision integer not null default 1;

alter table form_catalogue
  add column ended_on date,
  add column replaced_by text references form_catalogue (form_key),
  add column revision integer not null default 1;

-- One arrow of a form's life; only neighbours are joined, forward or one step back.
create table form_life_arrows (
  from_life text not null,
  to_life text not null,
  roles text[] not null,
  primary key (from_life, to_life)
);

insert into form_life_arrows (from_life, to_life, roles) values
  ('draft', 'negotiation', '{proprietaire,juriste}'),
  ('negotiation', 'draft', '{proprietaire,juriste}'),
  ('negotiation', 'validated', '{proprietaire}'),
  ('validated', 'negotiation', '{proprietaire}'),
  ('validated', 'notified', '{proprietaire}'),
  ('notified', 'validated', '{proprietaire}'),
  ('notified', 'in-force', '{proprietaire}'),
  ('in-force', 'notified', '{proprietaire}'),
  ('in-force', 'replaced', '{proprietaire}'),
  ('replaced', 'in-force', '{proprietaire}');

-- The last day counts. A denounced agreement binds until its end; without an end it binds no longer.
create or replace function document_may_be_real(series text, form_key text, issued_on date) returns boolean language sql stable
    as $$
    select coalesce((select a.status in ('in force', 'denounced') and (a.in_force_on is null or a.in_force_on <= $3)
             and coalesce(a.ended_on >= $3, a.status = 'in force') from agreements a where a.iso = $1), true)
       and coalesce((select f.life = 'in-force' and (f.in_force_on is null or f.in_force_on <= $3) and (f.ended_on is null or f.ended_on >= $3)
             from form_catalogue f where f.form_key = $2), true)
    $$;
