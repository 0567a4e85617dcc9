-- The journal as bursts write it: one row per burst with all its lines, instead of one row and one index entry per line. What is read often is
-- one instance's journal, in order; both tables serve that, and writing was most of a burst's cost.
create table workflow_journal_pages (
    workflow_instance_id text        not null,
    first_sequence       integer     not null,
    lines                integer     not null,
    at                   timestamptz not null,
    -- {"r":[[event, activity, number, parent, message, inputs, payload]…],"a":[[id, type, version, name, node id]…]}
    content              json        not null,
    primary key (workflow_instance_id, first_sequence)
);

insert into workflow_journal_pages (workflow_instance_id, first_sequence, lines, at, content)
select workflow_instance_id, min(sequence), count(*), at, json_build_object(
    'r', json_agg(json_build_array(
        event_name, place - 1, activity_number, parent_number, message, activity_state, payload) order by sequence),
    'a', json_agg(json_build_array(activity_id, activity_type, activity_version, activity_name, node_id) order by sequence))
from (select j.*, row_number() over (partition by workflow_instance_id, at order by sequence) as place from workflow_journal j) as line
group by workflow_instance_id, at;

drop table workflow_journal;

-- For people and checks: one row per line again.
create view workflow_journal as
select p.workflow_instance_id,
       p.first_sequence + line.place::integer - 1 as sequence,
       p.at,
       line.value ->> 0 as event_name,
       activity.value ->> 0 as activity_id,
       (line.value ->> 2)::integer as activity_number,
       (line.value ->> 3)::integer as parent_number,
       activity.value ->> 1 as activity_type,
       (activity.value ->> 2)::integer as activity_version,
       activity.value ->> 3 as activity_name,
       activity.value ->> 4 as node_id,
       line.value ->> 4 as message,
       (line.value ->> 5)::json as activity_state,
       (line.value ->> 6)::json as payload
from workflow_journal_pages p
cross join lateral json_array_elements(p.content -> 'r') with ordinality as line (value, place)
cross join lateral (select p.content -> 'a' -> (line.value ->> 1)::integer as value) as activity;
