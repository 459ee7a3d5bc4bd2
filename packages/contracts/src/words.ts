// Words that contracts and command lines share. On their own, so that a command that only offers them as choices loads no schemas.

/** Where repositories are kept. */
export const platforms = ['github', 'gitlab', 'bitbucket', 'gitea', 'azure', 'generic'] as const;

/**
 * `pending → scanning → awaiting_selection → cleaning → cleaned → pushing → completed`; a scan that finds nothing completes the job; `failed`,
 * `cancelled` and `expired` end it. A failed clean or push returns the job to the state before, with `last_error`.
 */
export const jobStatuses = [
  'pending',
  'scanning',
  'awaiting_selection',
  'cleaning',
  'cleaned',
  'pushing',
  'completed',
  'failed',
  'cancelled',
  'expired',
] as const;
export type JobStatus = (typeof jobStatuses)[number];

/** The sort of a secret. Which one exactly, its rule says. */
export const secretTypes = ['api_key', 'password', 'token', 'private_key', 'connection_string', 'secret'] as const;
export type SecretType = (typeof secretTypes)[number];

/** Worst first. */
export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;

export const reportFormats = ['json', 'sarif', 'csv', 'html'] as const;

export const archiveFormats = ['zip', 'bundle'] as const;

export const taskStates = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'dead'] as const;

/**
 * `QUEUED → ANALYZING → BUILDING → PROVISIONING → DEPLOYING → HEALTHY → EXPOSED`. Until users are led to it, it may end as `FAILED` or
 * `CANCELLED`; afterwards `ROLLING_BACK → ROLLED_BACK` or `ROLLBACK_FAILED`. `EXPOSED ⇄ STOPPED`: by request, or because a newer one took
 * over. `DESTROYING → DESTROYED`.
 */
export const deploymentStatuses = [
  'QUEUED',
  'ANALYZING',
  'BUILDING',
  'PROVISIONING',
  'DEPLOYING',
  'HEALTHY',
  'EXPOSED',
  'FAILED',
  'CANCELLED',
  'ROLLING_BACK',
  'ROLLED_BACK',
  'ROLLBACK_FAILED',
  'STOPPED',
  'DESTROYING',
  'DESTROYED',
] as const;
export type DeploymentStatus = (typeof deploymentStatuses)[number];

/** Where applications run. */
export const targetKinds = ['process', 'container'] as const;
export type TargetKind = (typeof targetKinds)[number];

/** Of the original scanner service: `queued → processing → completed | failed`; `cancelled` by request. */
export const importStatuses = ['pending', 'queued', 'processing', 'completed', 'failed', 'cancelled'] as const;
export type ImportStatus = (typeof importStatuses)[number];

/** What an upload does to what is known of its assessment: `new` and `merge` close what the report does not hold any more. */
export const importTypes = ['new', 'merge', 'delta'] as const;
export type ImportType = (typeof importTypes)[number];

/** What Phoenix calls what findings are about. */
export const phoenixAssetTypes = ['INFRA', 'WEB', 'CLOUD', 'CONTAINER', 'REPOSITORY', 'CODE', 'BUILD'] as const;

/** Worst first; `unknown` where neither the scanner nor a score says anything. */
export const findingSeverities = ['critical', 'high', 'medium', 'low', 'info', 'unknown'] as const;

export const findingKinds = ['secret', 'vulnerability', 'weakness', 'misconfiguration', 'license', 'quality'] as const;

export const findingDecisions = ['false-positive', 'accepted', 'fixed'] as const;

/** In which findings can be written. */
export const findingFormats = ['csv', 'cyclonedx', 'defectdojo', 'gitlab', 'html', 'json', 'jsonl', 'junit', 'ocsf', 'sarif'] as const;

export const webhookEvents = [
  'deployment.cancelled',
  'deployment.destroyed',
  'deployment.exposed',
  'deployment.failed',
  'deployment.rollback_failed',
  'deployment.rolled_back',
  'deployment.stopped',
  'import.cancelled',
  'import.completed',
  'import.failed',
  'job.awaiting_selection',
  'job.cancelled',
  'job.cleaned',
  'job.completed',
  'job.expired',
  'job.failed',
] as const;

/** What a credential may do. An operation asks for exactly one of them. */
export const scopes = [
  'api-keys:read',
  'api-keys:write',
  'audit:read',
  'deployments:read',
  'deployments:write',
  'feedback:read',
  'feedback:write',
  'findings:read',
  'findings:write',
  'imports:read',
  'imports:write',
  'jobs:read',
  'jobs:write',
  'sources:write',
  'tasks:read',
  'tasks:write',
  'webhooks:read',
  'webhooks:write',
] as const;
export type Scope = (typeof scopes)[number];
