import type { PushedRef } from '@deployguard/git';
import { displayName } from '@deployguard/git';
import type { Proof, ProvenRewrite } from '../proof/proof.ts';
import type { RefChange } from '../rewrite/rewrite-result.ts';
import type { SecretFinding } from '../secret-finding.ts';
import { listCloneSteps } from './clone-steps.ts';
import { findHost } from './host.ts';
import type { Host } from './host.ts';
import { listHostSteps } from './host-steps.ts';
import { buildPreReceiveHook } from './pre-receive-hook.ts';
import { listRotations } from './rotations.ts';
import type { SecretRotation } from './rotations.ts';
import { buildSupportRequest } from './support-request.ts';

/** What is left to do after a cleaning, in the order in which to do it. Holds no values. */
export interface Aftercare {
  readonly host: Host;
  readonly rotations: readonly SecretRotation[];
  readonly hostSteps: readonly AftercareStep[];
  readonly cloneSteps: readonly AftercareStep[];
  /** A message to the host's support; absent where there is none to write to. */
  readonly supportRequest?: string;
  /** Shell script for the server's `hooks/pre-receive`; absent when no commit changed. */
  readonly preReceiveHook?: string;
  readonly facts: AftercareFacts;
}

export interface AftercareStep {
  readonly text: string;
  /** Lines to run in a shell. */
  readonly commands?: readonly string[];
}

/** What the steps are about. */
export interface AftercareFacts {
  readonly rewrite: ProvenRewrite;
  /** Numbers of the pull or merge requests whose refs lead to rewritten history. */
  readonly affectedRequests: readonly number[];
  /** Refs that the push did not replace, with the reason. */
  readonly notPushed: readonly { readonly name: string; readonly reason: string }[];
  readonly lfsObjects: readonly string[];
  readonly notCleanable: Proof['limitations']['notCleanable'];
  /** Files to upload to GitLab. */
  readonly commitMapParts: readonly string[];
}

export interface AftercareOptions {
  /** The repository's address; tells the host. */
  readonly url?: string;
  /** The proof of the cleaned repository, made with `facts`. */
  readonly proof: Proof;
  readonly refs: readonly RefChange[];
  readonly findings: readonly Pick<SecretFinding, 'ruleId' | 'title' | 'provider' | 'preview' | 'guidance' | 'references' | 'isInHead'>[];
  /** What the push reported, when there was one. */
  readonly pushed?: readonly PushedRef[];
  readonly commitMapParts?: readonly string[];
}

/** Gathers what people must still do: rotate, clear the host, repair clones, keep the old history out. */
export function buildAftercare(options: AftercareOptions): Aftercare {
  const { proof } = options;
  if (!proof.rewrite) throw new TypeError('The proof is about a repository that was not rewritten.');
  const host = findHost(options.url);
  const facts: AftercareFacts = {
    rewrite: proof.rewrite,
    affectedRequests: listAffectedRequests(options.refs),
    notPushed: (options.pushed ?? [])
      .filter(({ status }) => !['created', 'updated', 'deleted', 'unchanged'].includes(status))
      .map(({ name, status, reason }) => ({ name: displayName(name), reason: reason ?? status })),
    lfsObjects: proof.limitations.lfsObjects,
    notCleanable: proof.limitations.notCleanable,
    commitMapParts: options.commitMapParts ?? [],
  };
  const supportRequest = buildSupportRequest(host, facts);
  const oldCommits = facts.rewrite.firstChangedCommits.map(({ commit }) => commit);
  return {
    host,
    rotations: listRotations(options.findings),
    hostSteps: listHostSteps(host, facts),
    cloneSteps: listCloneSteps(facts.rewrite.changedRefs),
    ...(supportRequest !== undefined && { supportRequest }),
    ...(oldCommits.length > 0 && { preReceiveHook: buildPreReceiveHook(oldCommits) }),
    facts,
  };
}

function listAffectedRequests(refs: readonly RefChange[]): number[] {
  const numbers = refs
    .filter((ref) => ref.newTarget !== ref.oldTarget)
    .flatMap(({ oldName }) => /^refs\/(?:pull|pull-requests|merge-requests)\/(\d+)\//.exec(oldName)?.[1] ?? [])
    .map(Number);
  return [...new Set(numbers)].sort((a, b) => a - b);
}
