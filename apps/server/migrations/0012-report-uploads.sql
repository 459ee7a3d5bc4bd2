-- Reports that are uploaded in parts.
-- migrate:up

create table report_uploads (
  tenant_id uuid not null default current_tenant() references tenants (tenant_id),
  id uuid not null,
  user_id varchar(255) not null,
  file_name varchar(512) not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  -- The import that reads it; nothing is added any more.
  import_id uuid,
  primary key (tenant_id, id)
);
create index report_uploads_expiry on report_uploads (tenant_id, expires_at);
call protect_tenant_table('report_uploads');

create table report_upload_parts (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  upload_id uuid not null,
  number integer not null check (number between 1 and 10000),
  -- Where it lies in the storage, sealed. Each time that it is sent it lies elsewhere.
  storage_key varchar(1024) not null,
  bytes bigint not null check (bytes >= 0),
  sha256 char(64) not null,
  primary key (tenant_id, id),
  unique (tenant_id, upload_id, number),
  foreign key (tenant_id, upload_id) references report_uploads (tenant_id, id) on delete cascade
);
call protect_tenant_table('report_upload_parts');

-- migrate:down
drop table report_upload_parts, report_uploads;
