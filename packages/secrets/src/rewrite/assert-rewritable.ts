import type { Repository, RepositoryObstacle } from '@deployguard/git';
import { RewriteError } from './rewrite-error.ts';

/**
 * With these, the repository is not all of its history, or not what it says it is. `kept-packs`, `precious-objects` and `replace-refs` are
 * no trouble for a result that is written anew.
 */
const refusedObstacles: readonly RepositoryObstacle['kind'][] = [
  'shallow',
  'partial',
  'grafts',
  'alternates',
  'invalid-refs',
  'broken-head',
];

/** Throws RewriteError `SOURCE_NOT_COMPLETE` with all reasons why a rewrite of the repository could leave something behind. */
export function assertRewritable(source: Repository): void {
  const refused = source.obstacles.filter((obstacle) => refusedObstacles.includes(obstacle.kind));
  if (refused.length === 0) return;
  throw new RewriteError('SOURCE_NOT_COMPLETE', `The repository cannot be rewritten. ${refused.map(({ message }) => message).join(' ')}`);
}
