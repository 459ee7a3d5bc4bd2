-- Jobs know the task that is at work for them, API keys what they were made with, webhooks until when older secrets count.
-- migrate:up

-- The task that the job's state is about: another one of the same job gives way while this one is open.
alter table jobs add task_id uuid;

-- The key that this one was made with, or got hold of by rotating it: it is revoked with that one. Null: made without a key.
alter table api_keys add made_by uuid;
create index api_keys_by_maker on api_keys (tenant_id, made_by) where made_by is not null;

-- Until when each of sealed_secrets is signed with, in the same order; null, or none at that place: until it is replaced.
alter table webhook_endpoints add secrets_end_at timestamptz[] not null default '{}';

-- migrate:down
-- Keys are not revoked with their maker any more, and secrets that were replaced are signed with for ever.
alter table webhook_endpoints drop secrets_end_at;
drop index api_keys_by_maker;
alter table api_keys drop made_by;
alter table jobs drop task_id;
