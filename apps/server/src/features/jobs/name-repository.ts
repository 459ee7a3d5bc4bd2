import type { JobRow } from './queries.ts';

/** What reports and archives call the repository: the end of its address, in characters that every file system takes. */
export function nameRepository({ source_url: url, source_id: sourceId }: Pick<JobRow, 'source_url' | 'source_id'>): string {
  if (url === null) return `source-${sourceId!.slice(-12)}`;
  const last = new URL(url).pathname.split('/').findLast((part) => part !== '') ?? '';
  const name = last
    .replace(/\.git$/i, '')
    .replaceAll(/[^A-Za-z0-9._-]/g, '_')
    .replace(/^\.+/, '')
    .slice(0, 100);
  return name === '' ? 'repository' : name;
}
