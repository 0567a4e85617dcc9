-- A deleted version leaves every list, but the instances that ran on it can still be looked at and go on.
alter table workflow_definitions add column archived_at timestamptz;

-- Studio's list of instances, newest first. The column never changes, so updates of an instance do not touch the index.
create index workflow_instances_created on workflow_instances (created_at desc);
