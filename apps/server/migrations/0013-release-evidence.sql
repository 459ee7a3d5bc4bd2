-- What is known of a release beyond how it runs: what it is made of, who vouches for it, and what a scanner said.
-- migrate:up

-- {"name", "components", "imageSignature", "scan"}; null in releases of older versions.
alter table releases add column evidence jsonb;
-- The signed bill of materials (DSSE, JSON), packed with gzip.
alter table releases add column attestation bytea;

-- migrate:down
alter table releases drop column attestation, drop column evidence;
