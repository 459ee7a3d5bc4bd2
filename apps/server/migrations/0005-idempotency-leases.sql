-- A request that nobody works on any more gives its idempotency key back soon.
-- migrate:up

-- Until when whoever works on the request has the key; null where an older version does, which does not renew it.
alter table idempotency_keys add held_until timestamptz;

-- migrate:down
-- Keys are held as long as an older version holds them.
alter table idempotency_keys drop held_until;
