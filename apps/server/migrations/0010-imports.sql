-- Reports of scanners that were uploaded, and the findings in them.
-- migrate:up

-- What reports are about, one after the other: each tells what became of the findings of those before.
create table assessments (
  tenant_id uuid not null default current_tenant() references tenants (tenant_id),
  id uuid not null,
  name varchar(256) not null,
  last_finding_number integer not null default 0,
  -- The last one that was completed: what it brought is new.
  last_import_id uuid,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);
call protect_tenant_table('assessments');

-- An upload on its way. Names are those of the original scanner service, which calls it a job.
create table imports (
  tenant_id uuid not null default current_tenant() references tenants (tenant_id),
  id uuid not null,
  job_id varchar(64) not null,
  user_id varchar(255) not null,
  status varchar(20) not null default 'queued' check (status in ('pending', 'queued', 'processing', 'completed', 'failed', 'cancelled')),
  created_at timestamptz not null default now(),
  started_at timestamptz,
  completed_at timestamptz,
  filename varchar(512) not null,
  -- Where it lies in the storage, sealed; it goes when the job has ended.
  file_path varchar(1024) not null,
  file_size_bytes bigint not null check (file_size_bytes >= 0),
  scanner_type varchar(64),
  asset_type varchar(32),
  assessment_name varchar(256),
  assessment_id uuid,
  import_type varchar(20) not null check (import_type in ('new', 'merge', 'delta')),
  phoenix_client_id varchar(256),
  -- Sealed with a key of the keyring; it goes when the job has ended.
  sealed_phoenix_secret bytea,
  phoenix_api_url varchar(512),
  processing_options jsonb not null default '{}',
  progress real not null default 0 check (progress between 0 and 100),
  current_step varchar(256),
  assets_imported integer,
  vulnerabilities_imported integer,
  batch_summary jsonb,
  -- What became of the entries of the report and of the findings in it.
  summary jsonb,
  error_code varchar(100),
  error_message text,
  -- Of the original service. Stack traces are for its log: always null.
  error_traceback text check (error_traceback is null),
  task_id uuid,
  worker_name varchar(128),
  primary key (tenant_id, id),
  unique (tenant_id, job_id)
);
create index imports_newest on imports (tenant_id, id desc);
create index imports_ended on imports (tenant_id, completed_at) where completed_at is not null;
call protect_tenant_table('imports');

-- Millions of rows: no foreign key is checked for each of them, and a number stands for a severity.
create table findings (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  assessment_id uuid not null,
  -- Counts from 1 in each assessment.
  number integer not null,
  -- Of format, fingerprint and asset (the first half of SHA-256): the same in every report.
  key bytea not null check (octet_length(key) = 16),
  -- The key of the finding that stands for all that mean the same problem in the report.
  duplicate_of bytea,
  is_open boolean not null default true,
  -- 0 critical, 1 high, 2 medium, 3 low, 4 info, 5 unknown.
  severity smallint not null check (severity between 0 and 5),
  kind text not null,
  tool text not null,
  rule_id text not null,
  title text not null,
  package_name text,
  place text,
  asset text,
  has_fix boolean not null,
  is_known_exploited boolean not null,
  epss real,
  -- The report itself says that it does not count: why.
  suppression text,
  -- The finding as it was reported last, and by what it is seen that it is another one now.
  content json not null,
  content_hash bytea not null,
  first_import_id uuid not null,
  -- That brought it, or brought it back.
  opened_import_id uuid not null,
  first_seen_at timestamptz not null default now(),
  closed_at timestamptz,
  decision text check (decision in ('false-positive', 'accepted', 'fixed')),
  decision_owner varchar(200),
  decision_reason varchar(2000),
  -- A day, such as 2026-12-31; it holds the whole of it.
  decision_until char(10) check (decision_until ~ '^\d{4}-\d\d-\d\d$'),
  decided_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, assessment_id, key)
);
call protect_tenant_table('findings');

-- Findings that do not count for a time, whatever a gate's policy says: all that is named must fit.
create table waivers (
  tenant_id uuid not null default current_tenant() references tenants (tenant_id),
  id uuid not null,
  user_id varchar(255) not null,
  -- A fingerprint, or its beginning.
  finding varchar(64),
  -- The id of a rule or vulnerability.
  rule varchar(300),
  package varchar(2048),
  -- A path, or a pattern such as test/**.
  path varchar(2048),
  owner varchar(200) not null,
  reason varchar(2000) not null,
  until char(10) not null check (until ~ '^\d{4}-\d\d-\d\d$'),
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  check (coalesce(finding, rule, package, path) is not null)
);
call protect_tenant_table('waivers');

-- Only the webhook that came with an upload has an import, is posted to in the words of the original service, and is not listed.
alter table webhook_endpoints
  add import_id uuid,
  -- Names and values of headers, sealed.
  add sealed_headers bytea,
  add foreign key (tenant_id, import_id) references imports (tenant_id, id) on delete cascade;
create index webhook_endpoints_by_import on webhook_endpoints (tenant_id, import_id) where import_id is not null;

-- migrate:down
-- Findings, what was decided about them, and uploads are forgotten.
alter table webhook_endpoints no force row level security;
delete from webhook_endpoints where import_id is not null;
alter table webhook_endpoints force row level security;
drop index webhook_endpoints_by_import;
alter table webhook_endpoints drop import_id, drop sealed_headers;
drop table waivers, findings, imports, assessments;
