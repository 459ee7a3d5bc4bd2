const longest = 40;

/** A name for the application of a repository, from its address; undefined when nothing of that can be one. */
export function nameApplication(repositoryUrl: string): string | undefined {
  const [last = ''] = repositoryUrl
    .split(/[?#]/, 1)[0]!
    .replace(/(?<!\/)\/+$/, '')
    .split('/')
    .slice(-1);
  const name = last
    .replace(/\.git$/i, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, longest)
    .replaceAll(/^-+|(?<!-)-+$/g, '');
  return name === '' ? undefined : name;
}
