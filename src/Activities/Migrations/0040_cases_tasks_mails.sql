-- Cases: one row each, exactly one root instance; child instances share correlation_id = cases.id.
create table cases (
  id text primary key,
  reference text not null unique,
  process_key text not null,
  definition_version_id text not null,
  workflow_instance_id text not null unique,
  title text not null,
  -- open, waiting, closed, cancelled
  state text not null,
  -- What is going on now, in French, as the flow says it.
  status text,
  test boolean not null,
  agreement_iso text,
  form_key text,
  -- Summary of the person the case is about: case data for lists, never workflow state.
  last_name text,
  first_names text,
  birth_date date,
  opened_by text not null,
  opened_by_name text not null,
  opened_at timestamptz not null,
  received_on date not null,
  closed_at timestamptz
);

create index cases_by_process on cases (process_key, state, opened_at desc);
create index cases_by_opening on cases (opened_at desc);

-- One counter per process prefix, test or real, and year of Europe/Paris.
create table case_counters (
  prefix text not null,
  year integer not null,
  last integer not null,
  primary key (prefix, year)
);

-- Requests on a case that a caller may repeat: same operation, same request, same answer.
create table case_operations (
  case_id text not null,
  operation_id text not null,
  request_hash text not null,
  answer json not null,
  at timestamptz not null,
  primary key (case_id, operation_id)
);

create table user_tasks (
  id text primary key,
  case_id text,
  workflow_definition_id text not null,
  workflow_instance_id text not null,
  activity_id text not null,
  activity_instance_id text not null,
  bookmark_id text not null unique,
  title text not null,
  summary text,
  reference text,
  instructions text,
  legal_basis text,
  task_data json,
  -- Unassigned, Available, Assigned, Completed, TimedOut, Cancelled: transitional statuses are never stored.
  status text not null,
  assignee text,
  candidate_users text[] not null,
  candidate_groups text[] not null,
  excluded_users text[] not null,
  -- Activity ids of the same instance: whoever completed one of distinct_from is excluded, only who completed same_as is admitted.
  distinct_from text[] not null,
  same_as text[] not null,
  show_answers_of text,
  priority integer not null,
  due_at timestamptz,
  form_key text,
  form_version integer,
  actions json not null,
  cancellable boolean not null,
  revision integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  claimed_at timestamptz,
  completed_at timestamptz,
  completed_by text,
  completed_by_name text,
  action_key text,
  answer_id text,
  reason text
);

create index user_tasks_by_instance on user_tasks (workflow_instance_id, activity_id);
create index user_tasks_by_case on user_tasks (case_id, created_at);
create index user_tasks_by_assignee on user_tasks (assignee, due_at) where completed_at is null;
create index user_tasks_open on user_tasks using gin (candidate_groups) where completed_at is null;
create index user_tasks_closed on user_tasks (completed_by, completed_at desc) where completed_at is not null;

-- Append-only, safe metadata only.
create table user_task_events (
  task_id text not null references user_tasks (id),
  position bigint generated always as identity,
  at timestamptz not null,
  kind text not null,
  actor_id text not null,
  actor_name text not null,
  revision integer not null,
  facts json,
  primary key (task_id, position)
);

create trigger user_task_events_append_only before update or delete or truncate on user_task_events
  for each statement execute function refuse_change();

create table user_task_operations (
  task_id text not null references user_tasks (id),
  operation_id text not null,
  request_hash text not null,
  status text not null,
  revision integer not null,
  at timestamptz not null,
  primary key (task_id, operation_id)
);

create table mails (
  id text primary key,
  message_id text not null unique,
  case_id text,
  workflow_instance_id text,
  template text not null,
  -- partner code (agreement) or an address given by the flow
  partner text,
  reminder_number integer,
  documents text[] not null,
  -- queued, sending, sent, blocked, refused
  state text not null,
  reason text,
  to_address text,
  to_name text,
  from_address text,
  subject text,
  body text,
  language text,
  transport text,
  specimen boolean not null,
  created_at timestamptz not null,
  sent_at timestamptz
);

create index mails_by_case on mails (case_id, created_at);
create index mails_by_creation on mails (created_at desc);

-- Begun in a commit of its own before the transport is spoken to; an attempt without an end may have reached the recipient.
create table mail_attempts (
  mail_id text not null references mails (id),
  attempt integer not null,
  begun_at timestamptz not null,
  ended_at timestamptz,
  outcome text,
  primary key (mail_id, attempt)
);
