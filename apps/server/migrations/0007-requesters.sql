-- Tasks know who asked for them, and since when what they need is away.
-- migrate:up

alter table tasks
  -- As in audit_logs. Null: the service itself asked, or an older version did.
  add user_id varchar(255),
  add ip varchar(45),
  add request_id varchar(100),
  -- Since when every attempt found a service of the platform away; null after one that did not.
  add outage_since timestamptz;

-- migrate:down
-- Tasks that wait forget who asked for them.
alter table tasks drop user_id, drop ip, drop request_id, drop outage_since;
