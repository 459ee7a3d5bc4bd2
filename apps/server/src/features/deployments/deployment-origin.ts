import type { BodyOf, operations } from '@deployguard/contracts';
import { parseCloneUrl } from '@deployguard/git';
import type { Insertable } from 'kysely';
import type { Schema, Tx } from '../../platform/database/index.ts';
import { findSourceKey } from '../jobs/index.ts';
import { findDeployment } from './deployment-queries.ts';
import { invalidField } from './invalid-field.ts';
import { nameApplication } from './name-application.ts';
import { findRelease } from './release-queries.ts';

type CreateBody = BodyOf<(typeof operations)['createDeployment']>;

/** What is deployed: the part of the row of a deployment that says where it comes from. */
export interface Origin {
  /** Undefined: the one of this name, which is made when there is none. */
  readonly applicationId?: string;
  readonly columns: Pick<
    Insertable<Schema['deployments']>,
    'repo_url' | 'credentials_id' | 'source_id' | 'branch' | 'git_sha' | 'config' | 'waivers' | 'metadata' | 'from_release_id'
  >;
}

const sources = ['repo_url', 'source_id', 'from_release_id'] as const;

/** What says how a repository is fetched, judged and built. */
const ofRepositories = ['credentials_id', 'branch', 'commit', 'config', 'waivers'] as const;

/** Refuses what no row is needed for. @throws {ApiError} INVALID */
export function assertOneSource(body: CreateBody): void {
  if (sources.filter((name) => body[name] !== undefined).length !== 1)
    throw invalidField('/repo_url', 'or source_id or from_release_id must be given, and only one of them');
  const { repo_url: url, from_release_id: releaseId, credentials_id: credentialsId } = body;
  const unused = releaseId === undefined ? undefined : ofRepositories.find((name) => body[name] !== undefined);
  if (unused !== undefined) throw invalidField(`/${unused}`, 'cannot be given with from_release_id: nothing is fetched or built');
  if (url === undefined) return;
  let parsed: ReturnType<typeof parseCloneUrl>;
  try {
    parsed = parseCloneUrl(url);
  } catch {
    throw invalidField('/repo_url', 'is no address of a repository');
  }
  if (parsed.username !== undefined || parsed.password !== undefined) {
    throw invalidField('/repo_url', 'holds credentials; name some of the auth service instead');
  }
  if (parsed.protocol === 'ssh' && credentialsId === undefined) {
    throw invalidField('/repo_url', 'is one of ssh, which needs credentials: a private key and known hosts. Name some, or use https://');
  }
}

/** The name of the application, where the request says it. */
export function nameOf({ application, repo_url: url }: CreateBody): string | undefined {
  return application ?? (url === undefined ? undefined : nameApplication(url));
}

/** @throws {ApiError} INVALID */
export async function findOrigin(tx: Tx, body: CreateBody): Promise<Origin> {
  if (body.from_release_id !== undefined) return findBuilt(tx, body.from_release_id);
  if (body.source_id !== undefined && (await findSourceKey(tx, body.source_id)) === undefined) {
    throw invalidField('/source_id', 'names no uploaded source');
  }
  return {
    columns: {
      repo_url: body.repo_url ?? null,
      credentials_id: body.credentials_id ?? null,
      source_id: body.source_id ?? null,
      branch: body.branch ?? null,
      git_sha: body.commit ?? null,
      config: JSON.stringify(body.config ?? {}),
      waivers: JSON.stringify(body.waivers ?? []),
    },
  };
}

/** The deployment that built a release tells what is in it, and what was found out about it. */
async function findBuilt(tx: Tx, releaseId: string): Promise<Origin> {
  const release = await findRelease(tx, releaseId);
  if (release === undefined) throw invalidField('/from_release_id', 'names no release');
  if (release.removed_at !== null) throw invalidField('/from_release_id', 'names a release that is not kept any more');
  const built = (await findDeployment(tx, release.deployment_id))!;
  return {
    applicationId: release.application_id,
    columns: {
      from_release_id: releaseId,
      repo_url: built.repo_url,
      credentials_id: built.credentials_id,
      source_id: built.source_id,
      branch: built.branch,
      git_sha: built.git_sha,
      config: JSON.stringify(built.config),
      waivers: JSON.stringify(built.waivers),
      metadata: JSON.stringify(built.metadata),
    },
  };
}
