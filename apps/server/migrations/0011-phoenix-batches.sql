-- What an upload has sent to Phoenix.
-- migrate:up

alter table assessments
  -- The import that sends findings of it to Phoenix now: there is one at a time.
  add phoenix_import_id uuid;

-- An import that was cut off goes on where it stopped.
create table import_batches (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  import_id uuid not null,
  -- 1, 2, and 2.1 and 2.2 for the halves of 2.
  batch varchar(100) not null,
  -- Of what is in it.
  digest char(64) not null,
  state text not null check (state in ('sending', 'imported', 'refused', 'halved')),
  import_type text not null check (import_type in ('new', 'merge', 'delta')),
  assets integer not null,
  findings integer not null,
  bytes bigint not null,
  sent_at timestamptz not null,
  -- Phoenix's own id of the import.
  request_id varchar(300),
  primary key (tenant_id, id),
  unique (tenant_id, import_id, batch),
  foreign key (tenant_id, import_id) references imports (tenant_id, id) on delete cascade
);
call protect_tenant_table('import_batches');

-- migrate:down
drop table import_batches;
alter table assessments drop phoenix_import_id;
