-- Findings that a report does not hold any more are known by their numbers.
-- migrate:up

-- Not of all findings: an index that can find a key as well as the one of keys does is taken for it while PostgreSQL has no figures of the table.
create unique index findings_open_number on findings (tenant_id, assessment_id, number) where is_open;

-- migrate:down
drop index findings_open_number;
