import Type from 'typebox';
import type { Static } from 'typebox';
import { count, entity, line, nullable, oneOf, timestamp, uuid } from './schema.ts';
import { jobStatuses, platforms, secretTypes, severities } from './words.ts';

const platform = oneOf(platforms);
const repositoryUrl = Type.String({
  maxLength: 500,
  pattern: '^(?:https|ssh)://[^\\s\\u0000-\\u001f\\u007f]+$',
  description: 'Where the repository is, by https, or by ssh with credentials that are a key. Credentials do not belong into it.',
});
const branchName = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^[^-\\s\\u0000-\\u001f\\u007f][^\\s\\u0000-\\u001f\\u007f]*$',
  description:
    'This branch (or tag) alone is cloned, scanned, cleaned and pushed. Default: everything that the repository shows. Not for an upload, which holds what it holds.',
});
const credentialsId = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,254}$',
  description: 'Name of a credential in the auth service.',
});
const percent = Type.Integer({ minimum: 0, maximum: 100 });

const LastError = entity('LastError', { code: Type.String(), message: Type.String() });

export const Job = entity('Job', {
  id: uuid,
  status: oneOf(jobStatuses),
  progress_percent: percent,
  current_step: nullable(Type.String()),
  source_platform: platform,
  source_url: nullable(Type.String()),
  source_id: nullable(uuid),
  source_branch: nullable(Type.String()),
  total_secrets_found: count,
  last_error: nullable(LastError),
  target_url: nullable(Type.String()),
  created_at: timestamp,
  updated_at: timestamp,
  expires_at: timestamp,
});
export type Job = Static<typeof Job>;

export const JobAccepted = entity('JobAccepted', { id: uuid, status: oneOf(jobStatuses), progress_percent: percent });
export type JobAccepted = Static<typeof JobAccepted>;

export const JobSecret = entity('JobSecret', {
  id: uuid,
  secret_type: oneOf(secretTypes),
  secret_value_preview: Type.String({ description: 'First and last three characters, or less where that would give something away.' }),
  rule_id: Type.String(),
  title: Type.String(),
  severity: oneOf(severities),
  file_path: nullable(Type.String({ description: 'Null when it stands in no file, such as in a commit message.' })),
  line: nullable(Type.Integer({ minimum: 1 })),
  commit_id: nullable(Type.String({ description: 'The commit in which it was first seen.' })),
  occurrences: count,
  selected_for_cleaning: Type.Boolean(),
  is_false_positive: Type.Boolean(),
});
export type JobSecret = Static<typeof JobSecret>;

export const JobDetails = entity('JobDetails', {
  job: Job,
  secrets: Type.Array(JobSecret, { description: 'The first 1,000; the rest under `/secrets`.' }),
});
export type JobDetails = Static<typeof JobDetails>;

export const CreateJob = entity(
  'CreateJob',
  {
    source_platform: platform,
    source_url: Type.Optional(repositoryUrl),
    source_id: Type.Optional(Type.String({ format: 'uuid', description: 'An uploaded repository, instead of `source_url`.' })),
    source_branch: Type.Optional(branchName),
    source_credentials_id: Type.Optional(credentialsId),
  },
  {
    description: 'Exactly one of `source_url` and `source_id` says what to scan.',
    examples: [
      {
        source_platform: 'bitbucket',
        source_url: 'https://bitbucket.example.com/scm/proj/repo.git',
        source_branch: 'main',
        source_credentials_id: 'cred-abc-123',
      },
    ],
  },
);
export type CreateJob = Static<typeof CreateJob>;

const secretIds = Type.Array(uuid, { maxItems: 10_000, uniqueItems: true });

export const SecretFilter = entity(
  'SecretFilter',
  {
    min_severity: Type.Optional(oneOf(severities)),
    secret_types: Type.Optional(Type.Array(oneOf(secretTypes), { minItems: 1, uniqueItems: true })),
    rule_ids: Type.Optional(Type.Array(line(100), { minItems: 1, maxItems: 1000, uniqueItems: true })),
    except_ids: Type.Optional(secretIds),
  },
  { description: 'All that the job found and nobody marked as a false positive, as far as each of these lets them through.' },
);
export type SecretFilter = Static<typeof SecretFilter>;

export const SelectSecrets = entity(
  'SelectSecrets',
  { secret_ids: Type.Optional(secretIds), filter: Type.Optional(SecretFilter), mark_false_positives: Type.Optional(secretIds) },
  {
    description:
      'Exactly these are cleaned afterwards; what was selected before and is not named is no longer selected. Exactly one of `secret_ids` and `filter` says which, however many they are: `{"filter": {}}` is all.',
    examples: [
      { secret_ids: ['0193aa00-0000-7000-8000-000000000001'], mark_false_positives: [] },
      { filter: { min_severity: 'high' }, mark_false_positives: ['0193aa00-0000-7000-8000-000000000002'] },
    ],
  },
);
export type SelectSecrets = Static<typeof SelectSecrets>;

export const SecretsSelected = entity('SecretsSelected', { job: Job, selected: count, false_positives: count });
export type SecretsSelected = Static<typeof SecretsSelected>;

export const PushJob = entity(
  'PushJob',
  {
    target_platform: platform,
    target_url: repositoryUrl,
    target_credentials_id: Type.Optional(credentialsId),
    force_push: Type.Optional(Type.Boolean({ default: false, description: 'Overwrites what the target has.' })),
  },
  {
    examples: [
      {
        target_platform: 'github',
        target_url: 'https://github.example.com/org/new-repo.git',
        target_credentials_id: 'cred-xyz-789',
        force_push: true,
      },
    ],
  },
);
export type PushJob = Static<typeof PushJob>;

/** The signed statement that nothing selected remains. */
export const JobProof = Type.Record(Type.String(), Type.Unknown(), { title: 'JobProof' });

export const ProofKey = entity('ProofKey', {
  algorithm: oneOf(['Ed25519']),
  public_key: Type.String({ description: 'SubjectPublicKeyInfo in PEM, as `deployguard prove --public-key` takes it.' }),
  fingerprint: Type.String({ pattern: '^SHA256:[A-Za-z0-9+/]{43}=$', description: 'The `keyid` of the signatures; what people compare.' }),
});
export type ProofKey = Static<typeof ProofKey>;

/** One line of a log or one step of progress. `sequence` counts from 1 in each job, without gaps. */
export const JobEvent = entity('JobEvent', {
  sequence: Type.Integer({ minimum: 1 }),
  kind: Type.String({ description: '`log`, `progress`, `state`, …' }),
  data: Type.Unknown(),
  created_at: timestamp,
});

export const jobFilters = {
  status: Type.Optional(oneOf(jobStatuses)),
  source_platform: Type.Optional(platform),
};

export const secretFilters = {
  secret_type: Type.Optional(line(64)),
  rule_id: Type.Optional(line(100)),
  file_path: Type.Optional(line(500)),
  selected: Type.Optional(Type.Boolean()),
  false_positive: Type.Optional(Type.Boolean()),
};
