-- Translations: the market (lots, providers, ranks, ceilings, prices), requests, orders, costs and months.
create table translation_lots (
  number integer primary key,
  label text not null,
  -- version: into French; theme: from French
  direction text not null check (direction in ('version', 'theme')),
  languages text[] not null,
  ceiling_words integer not null,
  -- Words of all orders that are neither declined, lapsed nor cancelled; moved in the transaction that moves the order.
  ordered_words integer not null default 0,
  unsuccessful boolean not null,
  -- Our own reasonable filling-in, not a published fact.
  modelled boolean not null,
  check (ordered_words between 0 and ceiling_words)
);

create table translation_providers (
  code text primary key,
  name text not null,
  email text,
  address text not null,
  country text not null,
  siret text not null,
  modelled boolean not null
);

create table translation_offers (
  lot integer not null references translation_lots (number),
  provider text not null references translation_providers (code),
  rank integer not null,
  modelled boolean not null,
  primary key (lot, provider),
  unique (lot, rank)
);

-- Cents for a page of 300 words; the price of an order is the one in force on its date.
create table translation_prices (
  language text not null,
  direction text not null,
  valid_from date not null,
  cents integer not null check (cents > 0),
  modelled boolean not null,
  primary key (language, direction, valid_from)
);

create table translation_inhouse (
  language text primary key,
  tray_limit integer not null,
  modelled boolean not null
);

create table translation_requests (
  case_id text primary key references cases (id),
  -- A test case takes no place in a tray, no words of a ceiling, and costs nothing.
  test boolean not null default false,
  requested_at timestamptz not null,
  kind text not null check (kind in ('traduction', 'certification')),
  direction text not null,
  language text not null,
  requester text not null,
  document_file text not null,
  -- SHA-256 of the document: its fingerprint.
  fingerprint text not null,
  words integer,
  duplicate_of text,
  -- inhouse, provider; null until decided
  route text,
  -- The decision that put it in the in-house tray, so that a repeated one does not put it there twice.
  route_key text,
  translation_file text,
  delivered_at timestamptz,
  ended_at timestamptz
);

create index translation_requests_by_fingerprint on translation_requests (fingerprint, language, direction);
create index translation_requests_tray on translation_requests (language) where route = 'inhouse' and ended_at is null and not test;

create table translation_orders (
  id text primary key,
  case_id text not null references translation_requests (case_id),
  lot integer not null references translation_lots (number),
  provider text not null references translation_providers (code),
  rank integer not null,
  words integer not null check (words > 0),
  page_cents integer not null,
  amount_cents integer not null,
  -- proposed, accepted, delivered, declined, lapsed, cancelled
  state text not null,
  ordered_at timestamptz not null,
  changed_at timestamptz not null,
  test boolean not null default false,
  -- The effect that placed it: a repeated one finds it instead of placing another.
  effect_key text not null unique
);

create index translation_orders_by_case on translation_orders (case_id);
create index translation_orders_by_lot on translation_orders (lot);

create table translation_months (
  month text primary key check (month ~ '^\d{4}-\d{2}$'),
  closed_at timestamptz not null,
  closed_by text not null,
  costs integer not null,
  total_cents bigint not null
);

-- Append-only: what a month held when it was closed stays so.
create table translation_costs (
  id text primary key,
  case_id text not null,
  order_id text,
  language text not null,
  direction text not null,
  month text not null,
  cents integer not null,
  -- Null for the cost of a delivery; why, for a correction.
  reason text,
  recorded_at timestamptz not null,
  recorded_by text not null
);

create unique index translation_costs_once on translation_costs (order_id) where reason is null;
create index translation_costs_by_month on translation_costs (month, language);
create trigger translation_costs_append_only before update or delete or truncate on translation_costs
  for each statement execute function refuse_change();
create trigger translation_months_append_only before update or delete or truncate on translation_months
  for each statement execute function refuse_change();

-- A case that is cancelled leaves nothing held: its words go back to the lot, its place in the tray is free.
create function translation_case_cancelled() returns trigger language plpgsql as $$
  begin
    update translation_lots l set ordered_words = l.ordered_words - o.words
      from (select lot, sum(words)::int as words from translation_orders where case_id = new.id and state in ('proposed', 'accepted') and not test group by lot) o
      where l.number = o.lot;
    update translation_orders set state = 'cancelled', changed_at = new.closed_at where case_id = new.id and state in ('proposed', 'accepted');
    update translation_requests set ended_at = new.closed_at where case_id = new.id and ended_at is null;
    return null;
  end
  $$;
create trigger translation_case_cancelled after update of state on cases
  for each row when (new.process_key = 'traduction' and new.state = 'cancelled' and old.state <> 'cancelled') execute function translation_case_cancelled();

-- The month itself while it is open, else the first open one after the last closed. Closing and recording exclude each other until commit.
create function translation_open_month(of_month text) returns text language plpgsql as $$
  begin
    perform pg_advisory_xact_lock_shared(1886350957);
    return (select case when exists (select from translation_months where month >= of_month)
      then to_char((max(month) || '-01')::date + interval '1 month', 'YYYY-MM') else of_month end from translation_months);
  end
  $$;
