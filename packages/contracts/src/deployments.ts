import Type from 'typebox';
import type { Static } from 'typebox';
import { applicationName } from './applications.ts';
import { DeploymentConfig } from './deployment-config.ts';
import { entity, jsonObject, line, nullable, oneOf, timestamp, uuid } from './schema.ts';
import { ReleaseScan } from './release-evidence.ts';
import { deploymentStatuses } from './words.ts';

const repositoryUrl = Type.String({
  maxLength: 500,
  pattern: '^(?:https|ssh)://[^\\s\\u0000-\\u001f\\u007f]+$',
  description: 'Where the repository is, by https, or by ssh with credentials that are a key. Credentials do not belong into it.',
});
const branchName = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^[^-\\s\\u0000-\\u001f\\u007f][^\\s\\u0000-\\u001f\\u007f]*$',
  description: 'Default: the branch that the repository itself names.',
});
const credentialsId = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,254}$',
  description: 'Name of a credential in the auth service.',
});

const DeploymentError = entity('DeploymentError', {
  code: Type.String(),
  message: Type.String(),
  fault: Type.Optional(oneOf(['application', 'platform', 'engine', 'user'], { description: 'Who can do something about it.' })),
  logs: Type.Optional(Type.Array(Type.String(), { description: 'What the build or the application said last.' })),
});

export const Deployment = entity('Deployment', {
  id: uuid,
  application_id: uuid,
  application: Type.String({ description: 'Its name.' }),
  number: Type.Integer({ minimum: 1, description: 'Counts in each application: deployments are done in this order.' }),
  status: oneOf(deploymentStatuses),
  step: nullable(
    Type.String({
      description: 'Inside of PROVISIONING, DEPLOYING and HEALTHY: prepare, release, start, healthy, smoke, switch, observe, retire.',
    }),
  ),
  current_step: nullable(Type.String()),
  progress_percent: Type.Integer({ minimum: 0, maximum: 100 }),
  is_current: Type.Boolean({ description: 'Its release is the one that users get.' }),
  repo_url: nullable(Type.String()),
  source_id: nullable(uuid),
  from_release_id: nullable(uuid),
  branch: nullable(Type.String()),
  git_sha: nullable(Type.String()),
  release_id: nullable(uuid),
  external_url: nullable(Type.String()),
  external_ip: nullable(Type.String()),
  cloud_provider: nullable(Type.String()),
  region: nullable(Type.String()),
  last_error: nullable(DeploymentError),
  metadata: Type.Record(Type.String(), Type.Unknown(), {
    description:
      'What was found out about the repository. In lists only how it was judged: without `analysis`, `gate.findings` and `gate.left_out`.',
  }),
  created_at: timestamp,
  updated_at: timestamp,
  deployed_at: nullable(timestamp),
});
export type Deployment = Static<typeof Deployment>;

const Waiver = entity('SecretWaiver', {
  finding_id: Type.String({ pattern: '^[0-9a-f]{16}$' }),
  reason: line(500),
});

export const CreateDeployment = entity(
  'CreateDeployment',
  {
    application: Type.Optional(applicationName),
    repo_url: Type.Optional(repositoryUrl),
    source_id: Type.Optional(Type.String({ format: 'uuid', description: 'An uploaded repository, instead of `repo_url`.' })),
    from_release_id: Type.Optional(
      Type.String({
        format: 'uuid',
        description:
          'A release that is kept, instead of a repository: what was built for it is started anew, as a new release with the variables that are set now. Nothing is fetched, judged or built.',
      }),
    ),
    credentials_id: Type.Optional(credentialsId),
    branch: Type.Optional(branchName),
    commit: Type.Optional(Type.String({ pattern: '^[0-9a-f]{40}([0-9a-f]{24})?$', description: 'Default: the newest of the branch.' })),
    config: Type.Optional(DeploymentConfig),
    waivers: Type.Optional(
      Type.Array(Waiver, { maxItems: 100, description: 'Secrets in the history that are accepted, and why. The audit log keeps them.' }),
    ),
  },
  {
    description:
      'Exactly one of `repo_url`, `source_id` and `from_release_id` says what to deploy. The application is made when there is none of the name; without a name, it is that of the repository or release.',
    examples: [{ application: 'shop', repo_url: 'https://git.example.com/shop.git', branch: 'main' }],
  },
);
export type CreateDeployment = Static<typeof CreateDeployment>;

export const RollBackDeployment = entity(
  'RollBackDeployment',
  {
    release_id: Type.Optional(Type.String({ format: 'uuid', description: 'Default: the last one before it that was good.' })),
  },
  { examples: [{}] },
);

export const Release = entity('Release', {
  id: uuid,
  deployment_id: uuid,
  number: Type.Integer({ minimum: 1 }),
  git_sha: Type.String(),
  digest: Type.String({ description: 'Of what was built: the same content has the same.' }),
  is_current: Type.Boolean(),
  is_pinned: Type.Boolean(),
  was_good: Type.Boolean({ description: 'It was exposed, and stayed well while it was observed.' }),
  is_available: Type.Boolean({ description: 'It can be rolled back to.' }),
  variables: Type.Array(Type.String(), { description: 'Names of the variables that it is started with.' }),
  changed_variables: Type.Array(Type.String(), {
    description: 'Names of the variables that were added, changed or taken away since the release that users had before.',
  }),
  components: nullable(
    Type.Integer({ minimum: 0, description: 'How many packages its bill of materials names; null in those of older versions.' }),
  ),
  scan: nullable(ReleaseScan),
  created_at: timestamp,
});
export type Release = Static<typeof Release>;

export const UpdateRelease = entity(
  'UpdateRelease',
  { is_pinned: Type.Boolean({ description: 'A release that is pinned is kept, however many are deployed after it.' }) },
  { examples: [{ is_pinned: true }] },
);

export const Build = entity('Build', {
  id: uuid,
  deployment_id: uuid,
  image_tag: nullable(Type.String()),
  build_logs: Type.String({ description: 'The end of what was said.' }),
  started_at: timestamp,
  completed_at: nullable(timestamp),
  success: nullable(Type.Boolean()),
});
export type Build = Static<typeof Build>;

export const Infrastructure = entity('Infrastructure', {
  id: uuid,
  deployment_id: uuid,
  pulumi_stack_name: nullable(Type.String()),
  resources: Type.Array(jsonObject),
  state_backend_url: nullable(Type.String()),
  created_at: timestamp,
});
export type Infrastructure = Static<typeof Infrastructure>;

/** One line of a log or one step. `sequence` counts from 1 in each deployment, without gaps. */
export const DeploymentEvent = entity('DeploymentEvent', {
  sequence: Type.Integer({ minimum: 1 }),
  kind: Type.String({ description: '`log`, `progress`, `state`.' }),
  data: Type.Unknown(),
  created_at: timestamp,
});
