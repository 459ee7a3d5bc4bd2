import type { Git } from './git.ts';

/** Which of the objects are there. */
export async function findExistingObjects(git: Git, oids: ReadonlySet<string>): Promise<Set<string>> {
  if (oids.size === 0) return new Set();
  const stdin = Buffer.from([...oids].map((oid) => `${oid}\n`).join(''));
  const answers = await git.run(['cat-file', '--batch-check=%(objectname) %(objecttype)', '--buffer'], { stdin });
  const existing = new Set<string>();
  for (const line of answers.toString('latin1').split('\n')) {
    const [oid, type] = line.split(' ');
    if (oid && type !== 'missing') existing.add(oid);
  }
  return existing;
}
