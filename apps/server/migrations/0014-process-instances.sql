-- Processes of an application that run beside the one that users reach.
-- migrate:up

-- How many of each run when that was chosen by hand: {"worker": 2}; else its configuration says.
alter table applications add column process_instances jsonb not null default '{}';

-- migrate:down
alter table applications drop column process_instances;
