-- The register of budgets: what the reports print, and what the process has brought to the board.
create table budgets (
  id text primary key,
  exercise int not null,
  -- 0: budget initial; 1: first budget rectificatif…
  rank int not null check (rank >= 0),
  stage text not null check (stage in ('preparation', 'adopted', 'executory')),
  -- A try-out takes no place, and nothing is prepared from it.
  test boolean not null,
  case_id text unique,
  figures jsonb not null,
  jobs_ceiling numeric,
  adopted_on date,
  executory_on date,
  changed_at timestamptz not null
);

-- Keeps two people who begin at once from preparing the same budget twice.
create unique index budgets_place on budgets (exercise, rank) where not test;
