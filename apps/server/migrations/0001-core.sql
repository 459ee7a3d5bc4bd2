-- The tables of secrets jobs, feedback, audit, webhooks and keys, and the lock between tenants.
-- migrate:up

-- The tenant of the transaction, set with SET LOCAL by the application; null, and so no row at all, when nobody set it.
create function current_tenant() returns uuid language sql stable parallel safe as $$
  select nullif(current_setting('deployguard.tenant_id', true), '')::uuid
$$;

-- What the transaction acts as besides a tenant: 'system' (scheduler, workers, sign-in) or 'backup'; else empty.
create function current_duty() returns text language sql stable parallel safe as $$
  select coalesce(current_setting('deployguard.role', true), '')
$$;

-- Puts the second lock on a table: whoever asks, the owner included, sees and writes rows of the transaction's tenant only.
-- system_rights: what the system may do across tenants, e.g. '{select}' or '{all}'. The owner's backup may read everything.
create procedure protect_tenant_table(target regclass, system_rights text[] default '{}') language plpgsql as $$
declare
  command text;
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy tenant on %s using (tenant_id = current_tenant()) with check (tenant_id = current_tenant())', target);
  execute format('create policy backup on %s for select to current_user using (current_duty() = ''backup'')', target);
  foreach command in array system_rights loop
    execute format('create policy system_%s on %s for %s %s %s', command, target, command,
      case when command <> 'insert' then 'using (current_duty() = ''system'')' end,
      case when command in ('all', 'insert', 'update') then 'with check (current_duty() = ''system'')' end);
  end loop;
end
$$;

create table tenants (
  tenant_id uuid not null unique,
  id uuid not null check (id = tenant_id),
  -- Until teams exist, a tenant is made on first sight of a user.
  user_id varchar(255) not null unique,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
-- Sign-in finds or makes the tenant of a user; the scheduler goes through all of them.
call protect_tenant_table('tenants', '{select,insert}');

create table api_keys (
  tenant_id uuid not null default current_tenant() references tenants (tenant_id),
  id uuid not null,
  user_id varchar(255) not null,
  name varchar(100) not null,
  -- What lists show, and what leak scanners look for.
  prefix varchar(20) not null,
  key_hash char(64) not null unique,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  -- The key that took over when this one was rotated.
  replaced_by uuid,
  primary key (tenant_id, id)
);
-- A key tells whose it is, so it is looked up before the tenant is known.
call protect_tenant_table('api_keys', '{select}');

create table sources (
  tenant_id uuid not null default current_tenant() references tenants (tenant_id),
  id uuid not null,
  user_id varchar(255) not null,
  name varchar(255) not null,
  format text not null default 'bundle' check (format in ('bundle')),
  storage_key text not null,
  bytes bigint not null check (bytes >= 0),
  sha256 char(64) not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (tenant_id, id)
);
create index sources_expiring on sources (tenant_id, expires_at);
call protect_tenant_table('sources');

create table jobs (
  tenant_id uuid not null default current_tenant() references tenants (tenant_id),
  id uuid not null,
  user_id varchar(255) not null,
  source_platform varchar(50) not null,
  -- Without credentials. Null when the repository was uploaded.
  source_url varchar(500),
  source_branch varchar(255),
  source_credentials_id varchar(255),
  source_id uuid,
  status text not null default 'pending' check (status in ('pending', 'scanning', 'awaiting_selection', 'cleaning', 'cleaned', 'pushing',
    'completed', 'failed', 'cancelled', 'expired')),
  progress_percent smallint not null default 0 check (progress_percent between 0 and 100),
  current_step varchar(200),
  total_secrets_found integer not null default 0 check (total_secrets_found >= 0),
  -- {"code", "message"}: what the last failed step said.
  last_error jsonb,
  target_platform varchar(50),
  target_url varchar(500),
  target_credentials_id varchar(255),
  force_push boolean not null default false,
  -- Where the results of the last finished attempts lie in the storage.
  source_key text,
  report_key text,
  cleaned_key text,
  proof_key text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  started_at timestamptz,
  completed_at timestamptz,
  expires_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, source_id) references sources (tenant_id, id),
  check (source_url is not null or source_id is not null)
);
create index jobs_newest on jobs (tenant_id, created_at desc, id desc);
create index jobs_expiring on jobs (tenant_id, expires_at) where status <> 'expired';
call protect_tenant_table('jobs');

create table secrets_found (
  tenant_id uuid not null default current_tenant() references tenants (tenant_id),
  id uuid not null,
  job_id uuid not null,
  -- Fingerprint of rule, value and path under the tenant's key: the same in every scan.
  finding_id char(16) not null,
  rule_id varchar(100) not null,
  secret_type varchar(100) not null,
  severity text not null check (severity in ('info', 'low', 'medium', 'high', 'critical')),
  -- Keyed; the value itself is never in the database.
  secret_value_hash char(64) not null,
  secret_value_preview varchar(32) not null,
  -- Null where a secret stands in a message or a name.
  file_path text,
  line_number integer,
  commit_id varchar(64),
  author_name text,
  committed_at timestamptz,
  occurrence_count integer not null default 1 check (occurrence_count >= 1),
  -- Where and why, as the report has it, without values.
  location jsonb,
  selected_for_cleaning boolean not null default false,
  is_false_positive boolean not null default false,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, job_id, finding_id),
  foreign key (tenant_id, job_id) references jobs (tenant_id, id) on delete cascade
);
call protect_tenant_table('secrets_found');

-- Insert-only and chained: each row's hash covers the row and the hash before it.
create table audit_logs (
  tenant_id uuid not null default current_tenant() references tenants (tenant_id),
  id uuid not null,
  seq bigint not null check (seq >= 1),
  job_id uuid,
  user_id varchar(255) not null,
  action varchar(100) not null,
  -- json, not jsonb: the very text is part of the hash.
  details json not null,
  ip varchar(45),
  request_id varchar(100),
  created_at timestamptz not null,
  prev_hash char(64) not null,
  hash char(64) not null,
  primary key (tenant_id, id),
  unique (tenant_id, seq)
);
create index audit_logs_by_job on audit_logs (tenant_id, job_id, seq) where job_id is not null;
call protect_tenant_table('audit_logs');

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit_logs is insert-only' using errcode = 'insufficient_privilege';
end
$$;
create trigger audit_logs_insert_only before update or delete or truncate on audit_logs
  for each statement execute function refuse_audit_change();

-- The end of each tenant's chain. Its row lock puts concurrent appends in order.
create table audit_heads (
  tenant_id uuid not null default current_tenant() references tenants (tenant_id),
  seq bigint not null,
  hash char(64) not null,
  primary key (tenant_id)
);
call protect_tenant_table('audit_heads');

create table feedback_submissions (
  tenant_id uuid not null default current_tenant() references tenants (tenant_id),
  id uuid not null,
  client_id varchar(64) not null,
  total_detected integer not null check (total_detected >= 0),
  confirmed_secrets integer not null check (confirmed_secrets >= 0),
  false_positives integer not null check (false_positives >= 0),
  received_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create index feedback_submissions_newest on feedback_submissions (tenant_id, received_at desc, id desc);
call protect_tenant_table('feedback_submissions');

create table feedback_items (
  tenant_id uuid not null default current_tenant() references tenants (tenant_id),
  id uuid not null,
  submission_id uuid not null,
  value_hash varchar(64) not null,
  value_pattern varchar(255) not null,
  is_true_positive boolean not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, submission_id) references feedback_submissions (tenant_id, id) on delete cascade
);
create index feedback_items_by_submission on feedback_items (tenant_id, submission_id);
create index feedback_items_by_pattern on feedback_items (tenant_id, value_pattern);
call protect_tenant_table('feedback_items');

create table known_false_positive_patterns (
  tenant_id uuid not null default current_tenant() references tenants (tenant_id),
  id uuid not null,
  pattern varchar(255) not null,
  confidence double precision not null check (confidence between 0 and 1),
  sample_count integer not null check (sample_count >= 0),
  reason varchar(500) not null,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, pattern)
);
call protect_tenant_table('known_false_positive_patterns');

create table webhook_endpoints (
  tenant_id uuid not null default current_tenant() references tenants (tenant_id),
  id uuid not null,
  user_id varchar(255) not null,
  url varchar(500) not null,
  description varchar(255),
  event_types text[] not null,
  -- The signing secrets, newest first, sealed with a key of the keyring: several while one is rotated.
  sealed_secrets bytea[] not null,
  disabled_at timestamptz,
  disabled_reason varchar(200),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
call protect_tenant_table('webhook_endpoints');

create table webhook_deliveries (
  tenant_id uuid not null default current_tenant() references tenants (tenant_id),
  id uuid not null,
  endpoint_id uuid not null,
  -- The webhook-id: one per event, the same for every attempt and replay.
  event_id uuid not null,
  event_type varchar(100) not null,
  payload jsonb not null,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'failed')),
  attempt_count integer not null default 0,
  last_attempt_at timestamptz,
  next_attempt_at timestamptz,
  last_status_code smallint,
  last_error varchar(200),
  created_at timestamptz not null default now(),
  delivered_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, endpoint_id, event_id),
  foreign key (tenant_id, endpoint_id) references webhook_endpoints (tenant_id, id) on delete cascade
);
create index webhook_deliveries_newest on webhook_deliveries (tenant_id, endpoint_id, created_at desc, id desc);
call protect_tenant_table('webhook_deliveries');

create table idempotency_keys (
  tenant_id uuid not null default current_tenant() references tenants (tenant_id),
  id uuid not null,
  key varchar(255) not null,
  operation varchar(200) not null,
  request_hash char(64) not null,
  -- Null while the first request with this key is still running.
  response_status smallint,
  response_headers jsonb,
  response_body bytea,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, key)
);
create index idempotency_keys_expiring on idempotency_keys (tenant_id, expires_at);
call protect_tenant_table('idempotency_keys');

-- migrate:down
-- Everything is lost.
drop table idempotency_keys, webhook_deliveries, webhook_endpoints, known_false_positive_patterns, feedback_items, feedback_submissions,
  audit_heads, audit_logs, secrets_found, jobs, sources, api_keys, tenants;
drop function refuse_audit_change;
drop procedure protect_tenant_table;
drop function current_duty, current_tenant;
