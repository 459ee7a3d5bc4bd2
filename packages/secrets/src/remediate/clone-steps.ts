import type { ChangedRef } from '../proof/proof.ts';
import type { AftercareStep } from './aftercare.ts';

const maxBranches = 20;

/** How a person repairs a clone from before. An old clone that pushes would bring everything back. */
export function listCloneSteps(changedRefs: readonly ChangedRef[]): AftercareStep[] {
  const branches = changedRefs.flatMap(({ oldName, newName, oldTarget }) => {
    const [, name] = /^refs\/heads\/(.+)$/.exec(newName ?? '') ?? [];
    return name !== undefined && oldName === newName ? [{ name, oldTarget }] : [];
  });
  return [
    { text: 'Without work of your own: delete the clone and clone again. This is the only way that leaves nothing behind.' },
    {
      text: 'With work of your own: fetch the new history first. Do not pull and do not merge, which would join both histories.',
      commands: ['git fetch --prune --force --tags origin "+refs/heads/*:refs/remotes/origin/*"'],
    },
    ...(branches.length === 0
      ? []
      : [
          {
            text:
              'Then move each branch that has work of yours; the id is where the branch stood at the cleaning' +
              (branches.length > maxBranches ? ` (${branches.length - maxBranches} more branches in the ref map):` : ':'),
            commands: branches
              .slice(0, maxBranches)
              .map(({ name, oldTarget }) => `git rebase --onto ${quote(`origin/${name}`)} ${oldTarget} ${quote(name)}`),
          },
        ]),
    {
      text: 'Throw away branches without work of yours, and everything that still keeps the old history alive:',
      commands: [
        'git checkout --detach',
        'git for-each-ref --format="%(refname)" refs/stash refs/original refs/replace | xargs -r -n 1 git update-ref -d',
        'git reflog expire --expire=now --expire-unreachable=now --all',
        'git gc --prune=now',
      ],
    },
    ...(branches.length === 0
      ? []
      : [
          {
            text: 'Check: this must fail with "Not a valid object name".',
            commands: [`git cat-file -e ${branches[0]!.oldTarget}`],
          },
        ]),
  ];
}

/** For a shell: names may hold `$`, `;` and quotes. */
function quote(text: string): string {
  return /^[\w./@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
