-- Idempotency keys are kept as hashes: clients put order numbers and names into them.
-- migrate:up

-- Nothing was ever written to it.
alter table idempotency_keys drop response_headers;

-- The same as in claim.ts. With the tenant in it, so that nobody sees that two tenants use the same key.
create function hash_idempotency_key(tenant_id uuid, key text) returns text language sql immutable parallel safe as $$
  select 'sha256:' || encode(sha256(convert_to(tenant_id::text || ' ' || key, 'UTF8')), 'hex')
$$;

-- An older version, which runs beside this one during an upgrade, writes keys as they came. It does not find them again then, and takes the
-- first request for one that still runs: it answers 409 and when to come back, and does nothing twice.
create function hash_new_idempotency_key() returns trigger language plpgsql as $$
begin
  if new.key !~ '^sha256:[0-9a-f]{64}$' then
    new.key := hash_idempotency_key(new.tenant_id, new.key);
  end if;
  return new;
end
$$;
create trigger idempotency_keys_hashed before insert on idempotency_keys for each row execute function hash_new_idempotency_key();

-- Of all tenants: the lock between them binds the owner, too, while it is forced.
alter table idempotency_keys no force row level security;
update idempotency_keys set key = hash_idempotency_key(tenant_id, key);
alter table idempotency_keys force row level security;

-- migrate:down
-- Keys that were used are forgotten: a hash cannot be taken back.
alter table idempotency_keys no force row level security;
delete from idempotency_keys;
alter table idempotency_keys force row level security;
drop trigger idempotency_keys_hashed on idempotency_keys;
drop function hash_new_idempotency_key, hash_idempotency_key;
alter table idempotency_keys add response_headers jsonb;
