-- What every start and resume pays for. The command « verify » looks for what these two keys would have refused; the engine writes both sides
-- in one transaction and never deletes a version.
-- The first one locked the definition's row in every start: one row that all starts of a process met on.
alter table workflow_instances drop constraint workflow_instances_definition_version_id_fkey;
alter table bookmarks drop constraint bookmarks_workflow_instance_id_fkey;

-- Room on the page for the next state of an instance: such an update touches no index.
alter table workflow_instances set (fillfactor = 75);

-- A million instances may wait for one event, each under its own correlation id.
drop index bookmarks_hash;
create index bookmarks_stimulus on bookmarks (hash, correlation_id) where hash is not null;

-- Rows of these two live shortly: clean up by their number, not by their share of a table that may be large.
alter table bookmarks set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 2000);
alter table outbox set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 2000);
