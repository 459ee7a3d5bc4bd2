import type { AnswerOf, Application, Deployment, Release, ReleaseEvidence as EvidenceAnswer, operations } from '@deployguard/contracts';
import type { Artifact, Attestation } from '@deployguard/delivery';
import type { Config } from '../../platform/config/index.ts';
import type { Keyring } from '../../platform/keyring/index.ts';
import type { ApplicationView } from './application-queries.ts';
import { countProcesses } from './count-processes.ts';
import type { ListedDeployment } from './deployment-queries.ts';
import type { ReleaseEvidence } from './release-evidence.ts';
import type { ListedRelease, ReleaseRow } from './release-queries.ts';
import type { ReleaseSpec } from './release-spec.ts';
import { isCrashing } from './see-instances.ts';

export function toDeployment(row: ListedDeployment): Deployment {
  return {
    id: row.id,
    application_id: row.application_id,
    application: row.application,
    number: row.number,
    status: row.status,
    step: row.step,
    current_step: row.current_step,
    progress_percent: percentOf(row),
    is_current: row.is_current,
    repo_url: row.repo_url,
    source_id: row.source_id,
    from_release_id: row.from_release_id,
    branch: row.branch,
    git_sha: row.git_sha,
    release_id: row.release_id,
    external_url: row.external_url,
    external_ip: row.external_ip,
    cloud_provider: row.cloud_provider,
    region: row.region,
    last_error: row.last_error as Deployment['last_error'],
    metadata: row.metadata as Deployment['metadata'],
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    deployed_at: row.deployed_at?.toISOString() ?? null,
  };
}

function percentOf({ status, percent }: ListedDeployment): number {
  return ['EXPOSED', 'STOPPED', 'ROLLED_BACK', 'DESTROYED'].includes(status) ? 100 : percent;
}

export function toApplication(row: ApplicationView, config: Config, instances: Application['instance_states']): Application {
  return {
    id: row.id,
    name: row.name,
    target: row.target,
    url: addressOf(row.label, config),
    domains: [...row.domains],
    state: stateOf(row, instances),
    instances: row.instances,
    processes: countProcesses(row),
    instance_states: instances,
    current_release_id: row.current_release_id,
    current_deployment_id: row.current_deployment_id,
    is_changing: row.is_changing,
    is_being_destroyed: row.destroy_requested_at !== null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

function stateOf(row: ApplicationView, instances: Application['instance_states']): Application['state'] {
  if (row.current_release_id === null) return 'empty';
  if (row.is_stopped) return 'stopped';
  return isCrashing(instances) ? 'crashing' : 'running';
}

/** Where users find an application. */
export function addressOf(label: string, { deployments }: Config): string {
  const isSecure = deployments.tlsCertificates.length > 0;
  const [scheme, port, usual] = isSecure ? ['https', deployments.tlsPort, 443] : ['http', deployments.routerPort, 80];
  return `${scheme}://${hostOf(label, deployments.domain)}${port === usual ? '' : `:${port}`}`;
}

export function hostOf(label: string, domain: string): string {
  return `${label}.${domain}`;
}

export function toRelease(row: ListedRelease, currentId: string | null): Release {
  const { digest } = row.artifact as { readonly digest: string };
  return {
    id: row.id,
    deployment_id: row.deployment_id,
    number: row.number,
    git_sha: row.git_sha,
    digest,
    is_current: row.id === currentId,
    is_pinned: row.is_pinned,
    was_good: row.was_good,
    is_available: row.removed_at === null,
    variables: [...(row.spec as ReleaseSpec).variables],
    changed_variables: [...((row.spec as ReleaseSpec).changedVariables ?? [])],
    components: (row.evidence as ReleaseEvidence | null)?.components ?? null,
    scan: row.evidence === null ? null : toScan(row.evidence as ReleaseEvidence),
    created_at: row.created_at.toISOString(),
  };
}

function toScan({ scan }: ReleaseEvidence): EvidenceAnswer['scan'] {
  return {
    status: scan.status,
    scanner: 'scanner' in scan ? scan.scanner : null,
    reason: 'reason' in scan ? scan.reason : null,
    counts: 'counts' in scan ? { ...scan.counts } : null,
  };
}

/** All that anybody needs to check a release for themselves. */
export function toEvidence(
  { id, evidence: kept }: ReleaseRow,
  { digest }: Artifact,
  { payloadType, payload, signatures }: Attestation,
  { publicKey, fingerprint }: Pick<Keyring, 'publicKey' | 'fingerprint'>,
): EvidenceAnswer {
  const evidence = kept as ReleaseEvidence;
  return {
    release_id: id,
    name: evidence.name,
    digest,
    public_key: publicKey.export({ type: 'spki', format: 'pem' }) as string,
    fingerprint: `SHA256:${Buffer.from(fingerprint, 'hex').toString('base64')}`,
    image_signature: evidence.imageSignature ?? null,
    attestation: { payloadType, payload, signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig })) },
    scan: toScan(evidence),
    vulnerabilities:
      evidence.scan.status === 'done'
        ? evidence.scan.vulnerabilities.map((each) => ({ ...each, fixed_versions: [...each.fixed_versions] }))
        : [],
  };
}

type Ops = typeof operations;
type BuildItem = AnswerOf<Ops['listDeploymentBuilds']>['items'][number];
type InfrastructureItem = AnswerOf<Ops['listDeploymentInfrastructure']>['items'][number];

export function toBuild(row: {
  readonly id: string;
  readonly deployment_id: string;
  readonly image_tag: string | null;
  readonly build_logs: string;
  readonly started_at: Date;
  readonly completed_at: Date | null;
  readonly success: boolean | null;
}): BuildItem {
  const { id, deployment_id, image_tag, build_logs, success } = row;
  return {
    id,
    deployment_id,
    image_tag,
    build_logs,
    started_at: row.started_at.toISOString(),
    completed_at: row.completed_at?.toISOString() ?? null,
    success,
  };
}

export function toInfrastructure(row: {
  readonly id: string;
  readonly deployment_id: string;
  readonly pulumi_stack_name: string | null;
  readonly resources: unknown;
  readonly state_backend_url: string | null;
  readonly created_at: Date;
}): InfrastructureItem {
  const { id, deployment_id, pulumi_stack_name, state_backend_url } = row;
  return {
    id,
    deployment_id,
    pulumi_stack_name,
    resources: row.resources as InfrastructureItem['resources'],
    state_backend_url,
    created_at: row.created_at.toISOString(),
  };
}
