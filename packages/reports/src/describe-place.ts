import type { Location } from '@deployguard/findings';

/** A location in the form that editors and terminals turn into links: `src/a.ts:3:14`, or the commit when there is no file. */
export function describePlace({ path, line, column, commit }: Location): string {
  if (path === undefined) return commit ? `commit ${commit.id.slice(0, 12)}` : 'repository';
  return [path, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(':');
}
