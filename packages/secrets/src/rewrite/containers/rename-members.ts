/**
 * New names for members: the same for the same name, wherever it stands, and never that of another member; `undefined` for names that stay.
 * Names of directories, which end in a slash, may fall together.
 */
export function createMemberRenamer(
  names: Iterable<string>,
  redactName: (name: Buffer) => Buffer | undefined,
): (name: Buffer) => Buffer | undefined {
  const renamed = new Map<string, Buffer | undefined>();
  const taken = new Set<string>();
  for (const name of names) if (!redactName(Buffer.from(name, 'latin1'))) taken.add(name);

  return (name) => {
    const key = name.toString('latin1');
    if (!renamed.has(key)) renamed.set(key, findName(name));
    return renamed.get(key);
  };

  function findName(name: Buffer): Buffer | undefined {
    const redacted = redactName(name)?.toString('latin1');
    if (redacted === undefined) return undefined;
    let free = redacted;
    if (!redacted.endsWith('/')) for (let number = 2; taken.has(free); number++) free = `${redacted}-${number}`;
    taken.add(free);
    return Buffer.from(free, 'latin1');
  }
}
