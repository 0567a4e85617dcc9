-- Whether excluded_users keeps away managers, too.
alter table user_tasks add column exclusion_override boolean not null default false;
