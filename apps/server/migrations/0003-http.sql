-- What each request asks for before its own work: who has a key, and how often they came.
-- migrate:up

-- The key of this hash, if it is valid. A function, so that a request learns in one round trip whose key it carries: the duty that shows keys
-- across tenants is set for this statement only.
create function find_api_key(hash char(64)) returns table (tenant_id uuid, id uuid, user_id varchar, scopes text[], is_use_noted boolean)
language plpgsql as $$
declare
  duty text := current_duty();
begin
  perform set_config('deployguard.role', 'system', true);
  return query
    select k.tenant_id, k.id, k.user_id, k.scopes, coalesce(k.last_used_at > now() - interval '1 minute', false)
    from api_keys k
    where k.key_hash = hash and k.revoked_at is null and (k.expires_at is null or k.expires_at > now());
  perform set_config('deployguard.role', duty, true);
end
$$;

-- Counts that all replicas share. Unlogged: after a crash of the database everybody begins a new window, and nothing else is lost.
create unlogged table rate_windows (
  tenant_id uuid not null default current_tenant() references tenants (tenant_id),
  bucket varchar(300) not null,
  -- Windows are counted from 1970 on, so that replicas agree without asking.
  window_number bigint not null,
  drawn integer not null check (drawn >= 0),
  primary key (tenant_id, bucket)
);
call protect_tenant_table('rate_windows');

-- migrate:down
-- Counts begin anew.
drop table rate_windows;
drop function find_api_key;
