import type { AftercareFacts, AftercareStep } from './aftercare.ts';
import type { Host } from './host.ts';

/** What to do at the place where the repository is published: old objects stay there until someone removes them. */
export function listHostSteps(host: Host, facts: AftercareFacts): AftercareStep[] {
  return [...stepsBefore(facts), ...stepsByKind[host.kind](host, facts), ...stepsAfter(host, facts)];
}

const stepsByKind: Readonly<Record<Host['kind'], (host: Host, facts: AftercareFacts) => AftercareStep[]>> = {
  github: listGitHubSteps,
  gitlab: listGitLabSteps,
  bitbucket: listBitbucketSteps,
  gitea: (host) => listServerSteps('Ask an administrator to run this in the repository on the server', host),
  other: (host) => listServerSteps('Run this in the repository on the server, or ask whoever keeps it', host),
};

function stepsBefore({ notPushed }: AftercareFacts): AftercareStep[] {
  return [
    {
      text: 'Merge or close what can be merged or closed before you push: requests that are open at the time show wrong changes afterwards.',
    },
    { text: 'Allow forced pushes on protected branches and tags while you push, and forbid them again.' },
    ...(notPushed.length === 0
      ? []
      : [
          {
            text: `These refs still hold the old history at the host:\n${listShort(notPushed.map(({ name, reason }) => `${name}: ${reason}`))}`,
          },
        ]),
  ];
}

function listGitHubSteps(host: Host, { affectedRequests, lfsObjects }: AftercareFacts): AftercareStep[] {
  return [
    {
      text:
        (affectedRequests.length === 0
          ? 'No pull request holds the old history. '
          : `${describeRequests('pull request', affectedRequests)}; GitHub refuses pushes to them. `) +
        'Send the request below to GitHub Support (https://support.github.com/request): only they remove these refs, cached views and old objects. ' +
        'They do so when rotating is not enough.',
    },
    {
      text: `Ask the owners of forks to delete or clean them; the list is at ${host.webUrl ?? 'the repository'}/forks. A fork serves the old commits under your name too.`,
    },
    { text: 'Delete releases, packages, Actions caches, artifacts and logs that were made from the old history.' },
    ...lfsSteps(lfsObjects, 'Name them in the request to GitHub Support; only they delete LFS objects.'),
  ];
}

function listGitLabSteps(host: Host, { affectedRequests, commitMapParts, lfsObjects }: AftercareFacts): AftercareStep[] {
  const settings = host.webUrl === undefined ? 'the project’s settings' : `${host.webUrl}/-/settings/repository`;
  const files = commitMapParts.length === 0 ? 'the commit map' : commitMapParts.join(', ');
  return [
    {
      text: `Open ${settings}, "Repository maintenance" (or "Repository cleanup"), and upload ${files}, one after the other. This removes what merge requests, pipelines and environments keep of the old history.`,
    },
    { text: 'Wait 30 minutes, then run housekeeping and "Prune unreachable objects" in the project’s general settings, under "Advanced".' },
    ...(affectedRequests.length === 0
      ? []
      : [
          {
            text: `${describeRequests('merge request', affectedRequests)}; look at them afterwards.`,
          },
        ]),
    { text: 'Ask the owners of forks to delete or clean them: forks share objects with the project.' },
    { text: 'Delete job artifacts and logs, packages and images that were made from the old history.' },
    ...lfsSteps(lfsObjects, 'An administrator removes them with "gitlab-rake gitlab:cleanup:orphan_lfs_file_references".'),
  ];
}

function listBitbucketSteps(_host: Host, { affectedRequests, lfsObjects }: AftercareFacts): AftercareStep[] {
  return [
    { text: 'Bitbucket Cloud: send the request below to support (https://support.atlassian.com/contact/); they collect the old objects.' },
    { text: 'Bitbucket Data Center: an administrator runs "git gc --prune=now" in the repository’s directory on the server.' },
    ...(affectedRequests.length === 0
      ? []
      : [
          {
            text: `${describeRequests('pull request', affectedRequests)}: decline or delete them.`,
          },
        ]),
    { text: 'Ask the owners of forks to delete or clean them.' },
    ...lfsSteps(lfsObjects, 'Delete them in the repository’s settings, under "Git LFS".'),
  ];
}

function listServerSteps(who: string, _host: Host): AftercareStep[] {
  return [
    {
      text: `${who}: it forgets the old history.`,
      commands: ['git reflog expire --expire=now --all', 'git repack -a -d', 'git prune --expire=now'],
    },
    { text: 'Remove other copies: mirrors, backups, forks, caches of build machines.' },
  ];
}

function stepsAfter(host: Host, { rewrite }: AftercareFacts): AftercareStep[] {
  const commit = rewrite.firstChangedCommits[0]?.commit;
  return [
    { text: 'Install the hook below where the server takes hooks, so that no old clone brings the history back.' },
    ...(commit === undefined || host.webUrl === undefined
      ? []
      : [{ text: `Check from time to time until it is gone: ${host.webUrl}${host.kind === 'gitlab' ? '/-' : ''}/commit/${commit}` }]),
  ];
}

function lfsSteps(objects: readonly string[], how: string): AftercareStep[] {
  if (objects.length === 0) return [];
  return [{ text: `The history names objects of Git LFS (${objects.length}); nobody looked into them. If one holds a secret: ${how}` }];
}

const maxShown = 30;

function describeRequests(noun: string, numbers: readonly number[]): string {
  const subject = numbers.length === 1 ? `One ${noun} holds` : `${numbers.length} ${noun}s hold`;
  return `${subject} the old history (${listNumbers(numbers)})`;
}

function listNumbers(numbers: readonly number[]): string {
  const shown = numbers.slice(0, maxShown).map((number) => `#${number}`);
  return `${shown.join(', ')}${numbers.length > maxShown ? ` and ${numbers.length - maxShown} more` : ''}`;
}

function listShort(items: readonly string[]): string {
  const more = items.length > maxShown ? [`and ${items.length - maxShown} more`] : [];
  return [...items.slice(0, maxShown), ...more].map((item) => `   - ${item}`).join('\n');
}
