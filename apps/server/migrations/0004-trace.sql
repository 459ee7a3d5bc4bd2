-- Which request a task goes back to, for who follows work over processes.
-- migrate:up

-- traceparent of W3C Trace Context: 55 characters.
alter table tasks add trace_parent varchar(55);

-- migrate:down
-- Work that waits is no part of what asked for it any more.
alter table tasks drop trace_parent;
