import type { AftercareFacts } from './aftercare.ts';
import type { Host } from './host.ts';

/** A filled-in message to the host's support with what it asks for; `undefined` where people have their own server. */
export function buildSupportRequest(host: Host, facts: AftercareFacts): string | undefined {
  if (host.kind !== 'github' && host.kind !== 'bitbucket') return undefined;
  const { rewrite, affectedRequests, lfsObjects } = facts;
  const firsts = [...new Set(rewrite.firstChangedCommits.map(({ commit }) => commit))];
  return [
    `Subject: Removal of sensitive data from ${host.path ?? 'our repository'}`,
    '',
    `We have removed sensitive data from the history of ${host.webUrl ?? 'our repository'} and pushed the rewritten history.`,
    'Rotating alone does not settle the risk. Please remove what still refers to the old history.',
    '',
    `Repository: ${host.path ?? '(owner/name)'}`,
    `Affected pull requests: ${affectedRequests.length}`,
    `Commits rewritten: ${rewrite.changedCommitCount} of ${rewrite.commitCount}`,
    `First changed commits: ${firsts.length === 0 ? 'none' : ''}`,
    ...firsts.slice(0, 100).map((commit) => `  ${commit}`),
    ...(firsts.length > 100 ? [`  and ${firsts.length - 100} more, on request`] : []),
    ...(lfsObjects.length === 0
      ? ['LFS objects orphaned: none']
      : ['LFS objects orphaned:', ...lfsObjects.slice(0, 100).map((oid) => `  ${oid}`)]),
    '',
    'Please:',
    '1. remove or dereference the pull requests that lead to the old commits,',
    '2. clear cached views of them,',
    '3. run garbage collection on the repository and its fork network.',
  ].join('\n');
}
