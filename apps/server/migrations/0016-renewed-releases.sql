-- Deployments that build nothing: what was built for a release is started anew, with the variables of now.
-- migrate:up

alter table deployments add column from_release_id uuid;

-- migrate:down
alter table deployments drop column from_release_id;
