import type { Git, Ref, Repository } from '@deployguard/git';
import type { RewriteResult } from '../rewrite/rewrite-result.ts';
import type { ProofCheck } from './proof.ts';

/** What a cleaned repository is compared with. */
export interface RewriteFacts {
  /** The repository that was cleaned, as it was. */
  readonly source: Repository;
  readonly rewrite: RewriteResult;
}

/** The checks that need the source: that nothing of it was lost, and nothing of what had to go is left. */
export async function checkRewrite(delivered: Repository, facts: RewriteFacts): Promise<ProofCheck[]> {
  return [
    await checkDropped(delivered, facts.rewrite),
    checkRefs(delivered.refs, facts),
    checkHead(delivered, facts),
    await checkCommits(delivered, facts),
  ];
}

/** Each object that had to go must be unknown to git. */
async function checkDropped(delivered: Repository, rewrite: RewriteResult): Promise<ProofCheck> {
  const gone = new Set<string>(rewrite.droppedObjects);
  const kept = new Set<string>();
  for (const { oldOid, newOid } of rewrite.objects.entries()) {
    gone.add(oldOid);
    kept.add(newOid);
  }
  // git answers for the empty tree even where it is not stored.
  for (const oid of [...emptyTrees, ...kept]) gone.delete(oid);
  const present = await listPresent(delivered.git, gone);
  return {
    name: 'dropped-objects-missing',
    passed: present.length === 0,
    details: `${gone.size} old objects must be missing; ${present.length} are there${listSome(present)}`,
  };
}

const emptyTrees = ['4b825dc642cb6eb9a060e54bf8d69288fbee4904', '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321'];

async function listPresent(git: Git, oids: ReadonlySet<string>): Promise<string[]> {
  const output = await git.run(['cat-file', '--batch-check', '--buffer'], {
    stdin: Buffer.from([...oids].map((oid) => `${oid}\n`).join('')),
  });
  const answers = output.toString('latin1').split('\n').slice(0, -1);
  const missing = new Set(answers.filter((answer) => answer.endsWith(' missing')).map((answer) => answer.slice(0, -' missing'.length)));
  return [...oids].filter((oid) => !missing.has(oid));
}

/** Every ref of the source must be there under its id or that id's image, and no other ref may be. */
function checkRefs(deliveredRefs: readonly Ref[], { source, rewrite }: RewriteFacts): ProofCheck {
  const delivered = new Map(deliveredRefs.map((ref) => [ref.name, ref.target]));
  const changes = new Map(rewrite.refs.map((change) => [change.oldName, change]));
  const expectedNames = new Set<string>();
  const problems: string[] = [];
  let kept = 0;
  let mapped = 0;
  for (const ref of source.refs) {
    const change = changes.get(ref.name);
    const image = rewrite.objects.get(ref.target) ?? ref.target;
    if (!change || change.oldTarget !== ref.target) problems.push(`ref at ${ref.target} is not accounted for`);
    else if (change.newName === undefined) problems.push(`ref at ${ref.target} is not in the result`);
    else if (change.newTarget !== image) problems.push(`ref at ${ref.target} leads to an object that is not its image`);
    else if (delivered.get(change.newName) !== image) problems.push(`ref at ${ref.target} does not lead to ${image} in the result`);
    else {
      expectedNames.add(change.newName);
      if (image === ref.target) kept++;
      else mapped++;
    }
  }
  const extra = deliveredRefs.filter((ref) => !expectedNames.has(ref.name)).length;
  if (extra > 0) problems.push(`${extra} refs of the result are not the source's`);
  return {
    name: 'refs-accounted',
    passed: problems.length === 0,
    details: `${source.refs.length} refs of the source: ${kept} keep their id, ${mapped} lead to the rewritten object` + listSome(problems),
  };
}

function checkHead(delivered: Repository, { source, rewrite }: RewriteFacts): ProofCheck {
  const change = rewrite.refs.find((ref) => ref.oldName === source.head);
  const isDetached = source.head !== undefined && !source.head.startsWith('refs/');
  const expected = source.head === undefined ? undefined : isDetached ? (rewrite.objects.get(source.head) ?? source.head) : change?.newName;
  return {
    name: 'head-kept',
    passed: delivered.head === expected || (expected === undefined && delivered.head === undefined),
    details: delivered.head === expected ? 'HEAD is what it was, or its image' : 'HEAD does not lead where it did',
  };
}

/** The commits of the result must be exactly the images of the source's: none lost, none added. */
async function checkCommits(delivered: Repository, { source, rewrite }: RewriteFacts): Promise<ProofCheck> {
  const kept = new Set(rewrite.refs.filter((ref) => ref.newName !== undefined).map((ref) => ref.oldName));
  const images = new Set<string>();
  let sourceCount = 0;
  for await (const oid of listCommits(source, ({ name }) => kept.has(name))) {
    images.add(rewrite.objects.get(oid) ?? oid);
    sourceCount++;
  }
  let deliveredCount = 0;
  let foreign = 0;
  for await (const oid of listCommits(delivered, () => true)) {
    deliveredCount++;
    if (!images.has(oid)) foreign++;
  }
  const merged = sourceCount - images.size;
  return {
    name: 'commits-kept',
    passed: foreign === 0 && deliveredCount === images.size && deliveredCount === rewrite.commitCount,
    details:
      `${sourceCount} commits of the source, ${deliveredCount} of the result` +
      `${merged > 0 ? `, ${merged} became equal to another` : ''}${foreign > 0 ? `, ${foreign} of unknown origin` : ''}`,
  };
}

/** All commits that refs, a detached HEAD and older stash entries lead to. */
async function* listCommits(repository: Repository, isKept: (ref: Ref) => boolean): AsyncGenerator<string> {
  const { git, refs, head, hiddenRoots } = repository;
  const roots = [...refs.filter(isKept), ...hiddenRoots.filter(({ name }) => name.startsWith('refs/stash@'))].map(({ target }) => target);
  if (head !== undefined && !head.startsWith('refs/')) roots.push(head);
  if (roots.length === 0) return;
  const running = git.start(['rev-list', '--stdin'], { stdin: Buffer.from([...new Set(roots)].map((oid) => `${oid}\n`).join('')) });
  let rest = '';
  for await (const chunk of running.stdout as AsyncIterable<Buffer>) {
    const oids = (rest + chunk.toString('latin1')).split('\n');
    rest = oids.pop()!;
    yield* oids;
  }
  const { exitCode } = await running.done;
  // A walk that broke off must not pass for a short history.
  if (exitCode !== 0) yield 'broken';
}

/** The first few, for a person; ids and fixed words only. */
export function listSome(items: readonly string[]): string {
  if (items.length === 0) return '';
  const shown = items.slice(0, 5).join('; ');
  return `: ${shown}${items.length > 5 ? `; and ${items.length - 5} more` : ''}`;
}
