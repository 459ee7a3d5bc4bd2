-- Applications, and how each gets from a commit to a reachable address.
-- migrate:up

create table applications (
  tenant_id uuid not null default current_tenant() references tenants (tenant_id),
  id uuid not null,
  user_id varchar(255) not null,
  name varchar(40) not null check (name ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$'),
  -- The first label of its address, and its name where it runs: no two of any tenants have the same.
  label varchar(63) not null unique check (label ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$'),
  target text not null check (target in ('process', 'container')),
  -- How many instances run side by side when it is asked for by hand; null: as its configuration says.
  instances smallint check (instances between 1 and 100),
  is_stopped boolean not null default false,
  -- What users get; null before the first release and after the last.
  current_release_id uuid,
  -- The task that changes it now: there is one at a time, and what was asked for first comes first.
  active_task_id uuid,
  destroy_requested_at timestamptz,
  last_deployment_number integer not null default 0,
  last_release_number integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);
call protect_tenant_table('applications');

-- Settings that an application is started with. Write-only: nobody is shown a value again.
create table application_env (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  application_id uuid not null,
  name varchar(128) not null check (name ~ '^[A-Za-z_][A-Za-z0-9_]*$'),
  -- Sealed with a key of the keyring.
  sealed_value bytea not null,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, application_id, name),
  foreign key (tenant_id, application_id) references applications (tenant_id, id) on delete cascade
);
call protect_tenant_table('application_env');

create table domains (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  application_id uuid not null,
  -- A request names a host and no tenant.
  name varchar(253) not null unique,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, application_id) references applications (tenant_id, id) on delete cascade
);
create index domains_by_application on domains (tenant_id, application_id);
call protect_tenant_table('domains');

create table deployments (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  application_id uuid not null,
  user_id varchar(255) not null,
  -- Counts from 1 in each application: the order in which they are done.
  number integer not null,
  -- Without credentials. Null when the repository was uploaded.
  repo_url varchar(500),
  credentials_id varchar(255),
  source_id uuid,
  branch varchar(255),
  git_sha varchar(64),
  status text not null default 'QUEUED' check (status in ('QUEUED', 'ANALYZING', 'BUILDING', 'PROVISIONING', 'DEPLOYING', 'HEALTHY', 'EXPOSED',
    'FAILED', 'CANCELLED', 'ROLLING_BACK', 'ROLLED_BACK', 'ROLLBACK_FAILED', 'STOPPED', 'DESTROYING', 'DESTROYED')),
  -- Inside of DEPLOYING and HEALTHY: the last one that was begun, to go on with after a crash.
  step varchar(20),
  current_step varchar(200),
  -- {"code", "message", "fault", "logs"}: why it came to nothing, and what the application said last.
  last_error jsonb,
  -- As it was asked for: what the repository's own configuration does not decide.
  config jsonb not null default '{}',
  -- Findings that were accepted for it: [{"finding_id", "reason"}].
  waivers jsonb not null default '[]',
  release_id uuid,
  external_url varchar(500),
  external_ip varchar(45),
  cloud_provider varchar(50),
  region varchar(50),
  -- What was found out about the repository, and what the gate said.
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deployed_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, application_id, number),
  foreign key (tenant_id, application_id) references applications (tenant_id, id) on delete cascade,
  foreign key (tenant_id, source_id) references sources (tenant_id, id),
  check (repo_url is not null or source_id is not null)
);
create index deployments_newest on deployments (tenant_id, id desc);
create index deployments_by_source on deployments (tenant_id, source_id) where source_id is not null;
call protect_tenant_table('deployments');

-- What a deployment ran: what was built, its configuration and its secrets, so that all three come back together.
create table releases (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  application_id uuid not null,
  deployment_id uuid not null,
  number integer not null,
  git_sha varchar(64) not null,
  artifact jsonb not null,
  -- Commands, port, limits, health check, smoke tests: without secrets.
  spec jsonb not null,
  -- Names and values, sealed.
  sealed_env bytea not null,
  is_pinned boolean not null default false,
  -- It was switched to, and stayed good while it was observed.
  was_good boolean not null default false,
  -- Since when nothing of it is there any more.
  removed_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, application_id, number),
  foreign key (tenant_id, application_id) references applications (tenant_id, id) on delete cascade,
  foreign key (tenant_id, deployment_id) references deployments (tenant_id, id) on delete cascade
);
create index releases_by_deployment on releases (tenant_id, deployment_id);
call protect_tenant_table('releases');

create table builds (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  deployment_id uuid not null,
  image_tag varchar(300),
  -- The end of what was said.
  build_logs text not null default '',
  started_at timestamptz not null default now(),
  completed_at timestamptz,
  success boolean,
  primary key (tenant_id, id),
  foreign key (tenant_id, deployment_id) references deployments (tenant_id, id) on delete cascade
);
create index builds_by_deployment on builds (tenant_id, deployment_id);
call protect_tenant_table('builds');

create table infrastructure (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  deployment_id uuid not null,
  pulumi_stack_name varchar(255),
  -- [{"kind", "name", …}]: what was made for the deployment.
  resources jsonb not null default '[]',
  state_backend_url varchar(500),
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, deployment_id),
  foreign key (tenant_id, deployment_id) references deployments (tenant_id, id) on delete cascade
);
call protect_tenant_table('infrastructure');

-- migrate:down
-- Which application runs where is no longer known: destroy the applications before.
drop table infrastructure, builds, releases, deployments, domains, application_env, applications;
