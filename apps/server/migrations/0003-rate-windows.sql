-- Counts of requests that all replicas share.
-- migrate:up

-- Unlogged: after a crash of the database everybody begins a new window, and nothing else is lost.
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
