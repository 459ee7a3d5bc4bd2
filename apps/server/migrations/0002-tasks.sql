-- Background work: tasks, the outbox that announces them, the events that people follow, and what the scheduler remembers.
-- migrate:up

create table tasks (
  tenant_id uuid not null default current_tenant() references tenants (tenant_id),
  id uuid not null,
  kind varchar(100) not null,
  queue varchar(20) not null check (queue in ('deployguard', 'scan', 'clean', 'push', 'import', 'deploy')),
  -- Whose events the task writes: the id of its job, import or deployment.
  subject varchar(100) not null,
  input jsonb not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'dead')),
  -- The fencing number: raised by each claim, and every write of the task's worker names it.
  attempt integer not null default 0,
  -- Attempts that ended with an error, and attempts whose worker vanished since the last such error.
  failures integer not null default 0,
  max_failures integer not null default 3 check (max_failures >= 1),
  lost_leases integer not null default 0,
  run_at timestamptz not null default now(),
  -- When the doorbell was last asked to ring for it.
  rung_at timestamptz,
  -- The embedded doorbell: from when on a worker may take it. Null: not rung, or answered.
  visible_at timestamptz,
  lease_owner varchar(100),
  lease_until timestamptz,
  cancel_requested_at timestamptz,
  progress_percent smallint not null default 0 check (progress_percent between 0 and 100),
  current_step varchar(200),
  -- {"code", "message"}
  last_error jsonb,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  primary key (tenant_id, id),
  check ((state = 'running') = (lease_until is not null))
);
-- A message names no tenant.
create index tasks_by_id on tasks (id);
create index tasks_by_subject on tasks (tenant_id, subject, created_at desc);
create index tasks_newest on tasks (tenant_id, created_at desc, id desc);
create index tasks_visible on tasks (queue, visible_at) where state = 'queued' and visible_at is not null;
-- Due and not announced yet; announced, and perhaps lost.
create index tasks_due on tasks (run_at) where state = 'queued' and rung_at is null;
create index tasks_rung on tasks (queue, rung_at) where state = 'queued' and rung_at is not null;
create index tasks_leased on tasks (lease_until) where state = 'running';
create index tasks_finished on tasks (finished_at) where finished_at is not null;
call protect_tenant_table('tasks', '{all}');

-- Doorbells that are still to ring, one per task (its id is the task's). Written with the task, deleted once the broker has confirmed.
create table outbox (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  kind varchar(100) not null,
  queue varchar(20) not null,
  created_at timestamptz not null default now(),
  -- A relay is at it until then.
  taken_until timestamptz not null default '-infinity',
  primary key (tenant_id, id),
  foreign key (tenant_id, id) references tasks (tenant_id, id) on delete cascade
);
create index outbox_oldest on outbox (taken_until, created_at);
call protect_tenant_table('outbox', '{all}');

-- Who may do what only one may do: the scheduler. Belongs to no tenant.
create table leases (
  tenant_id uuid not null default '00000000-0000-0000-0000-000000000000',
  id varchar(100) not null,
  holder varchar(100) not null,
  -- Raised whenever the holder changes.
  term bigint not null default 1,
  lease_until timestamptz not null,
  primary key (tenant_id, id)
);
call protect_tenant_table('leases', '{all}');

-- When the scheduler's duties are due next. Belongs to no tenant.
create table duties (
  tenant_id uuid not null default '00000000-0000-0000-0000-000000000000',
  id varchar(100) not null,
  next_run_at timestamptz not null,
  last_started_at timestamptz,
  last_succeeded_at timestamptz,
  last_error jsonb,
  primary key (tenant_id, id)
);
call protect_tenant_table('duties', '{all}');

-- The last sequence of each subject. Its row lock puts concurrent appends in order, so that nobody sees 5 before 4.
create table event_heads (
  tenant_id uuid not null default current_tenant() references tenants (tenant_id),
  subject varchar(100) not null,
  last_sequence bigint not null,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, subject)
);
create index event_heads_oldest on event_heads (tenant_id, updated_at);
call protect_tenant_table('event_heads');

create table events (
  tenant_id uuid not null default current_tenant(),
  subject varchar(100) not null,
  sequence bigint not null check (sequence >= 1),
  kind varchar(50) not null,
  data jsonb not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, subject, sequence),
  foreign key (tenant_id, subject) references event_heads (tenant_id, subject) on delete cascade
);
call protect_tenant_table('events');

-- migrate:down
-- Unfinished work and everything that was reported about it is lost.
drop table events, event_heads, duties, leases, outbox, tasks;
