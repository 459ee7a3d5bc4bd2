/** Where a repository is hosted, as far as the steps after a cleaning differ. */
export interface Host {
  readonly kind: 'github' | 'gitlab' | 'bitbucket' | 'gitea' | 'other';
  /** The page of the repository, without credentials and `.git`; absent when its URL is not known. */
  readonly webUrl?: string;
  /** `owner/name`. */
  readonly path?: string;
}

const kinds: readonly (readonly [pattern: RegExp, kind: Host['kind']])[] = [
  [/(?:^|\.)github\./, 'github'],
  [/(?:^|\.)gitlab\./, 'gitlab'],
  [/(?:^|\.)bitbucket\./, 'bitbucket'],
  [/(?:^|\.)(?:gitea|forgejo|codeberg)\./, 'gitea'],
];

/** Tells the host by its name: `github.com`, `gitlab.example.com`. Reads `https://`, `ssh://` and `user@host:path`. */
export function findHost(url: string | undefined): Host {
  const [, name = '', rest = ''] =
    /^(?:https|ssh):\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/(.+)$/.exec(url ?? '') ?? /^[^@/:]+@([^/:]+):(.+)$/.exec(url ?? '') ?? [];
  if (name === '') return { kind: 'other' };
  const path = rest.replace(/^\/+|(?<!\/)\/+$/g, '').replace(/\.git$/, '');
  const [, kind = 'other'] = kinds.find(([pattern]) => pattern.test(name.toLowerCase())) ?? [];
  return { kind, webUrl: `https://${name.toLowerCase()}/${path}`, path };
}
