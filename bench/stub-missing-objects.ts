// Makes a complete repository of a copy that lacks blobs: node bench/stub-missing-objects.ts SOURCE OUTPUT
//
// Public snapshots sometimes lack a few large blobs. Scanning and rewriting refuse such copies, rightly. This puts a stub in the place of each
// missing blob and rewrites the trees, commits and tags above it, so that benchmarks run on a whole history: ids of rewritten commits
// differ from the original's, everything else is the same. The source is not changed.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { deflateSync } from 'node:zlib';

const [source, output] = process.argv.slice(2);
if (!source || !output) {
  console.error('Usage: node bench/stub-missing-objects.ts SOURCE OUTPUT');
  process.exit(2);
}

type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';
const packTypes = { commit: 1, tree: 2, blob: 3, tag: 4 } as const;

const environment = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_NO_REPLACE_OBJECTS: '1' };
const git = (args: string[], input?: string): string =>
  execFileSync('git', args, { cwd: output, env: environment, input, maxBuffer: 2 ** 30, encoding: 'latin1' });

execFileSync('cp', ['-r', source, output]);
git(['init', '--quiet', '--bare', '.']);

const missing = new Set(
  git(['rev-list', '--objects', '--all', '--missing=print'])
    .split('\n')
    .filter((line) => line.startsWith('?'))
    .map((line) => line.slice(1)),
);
console.error(`${missing.size} objects are missing`);

const mapped = new Map<string, string>();
const written: { type: ObjectType; content: Buffer }[] = [];
for (const oid of missing) map(oid, 'blob', Buffer.from(`stub for the missing object ${oid}\n`));

// Trees: children come in no order, so that parents are visited once all of their children are decided.
const trees = new Map<string, Buffer>();
const parents = new Map<string, string[]>();
for await (const { oid, content } of readObjects('tree')) {
  trees.set(oid, content);
  for (const { oid: child } of treeEntries(content)) {
    const known = parents.get(child);
    if (known) known.push(oid);
    else parents.set(child, [oid]);
  }
}
const affected = new Set<string>();
for (const waiting = [...missing]; waiting.length > 0;) {
  for (const parent of parents.get(waiting.pop()!) ?? []) {
    if (!affected.has(parent)) {
      affected.add(parent);
      waiting.push(parent);
    }
  }
}
parents.clear();
for (const oid of affected) rewriteTree(oid);
console.error(`${affected.size} trees are rewritten`);

const order = git(['rev-list', '--topo-order', '--reverse', '--all']).split('\n').filter(Boolean);
const commits = new Map<string, Buffer>();
for await (const { oid, content } of readObjects('commit')) commits.set(oid, content);
for (const oid of order) rewriteText(oid, 'commit', commits.get(oid)!);
console.error(`${order.filter((oid) => mapped.has(oid)).length} of ${order.length} commits are rewritten`);
for await (const { oid, content } of readObjects('tag')) rewriteText(oid, 'tag', content);

await writePack();
const updates = git(['for-each-ref', '--format=%(objectname) %(refname)'])
  .split('\n')
  .filter(Boolean)
  .map((line) => line.split(' '))
  .filter(([oid]) => mapped.has(oid!))
  .map(([oid, name]) => `update ${name} ${mapped.get(oid!)} ${oid}\n`);
git(['update-ref', '--stdin'], updates.join(''));
git(['pack-refs', '--all']);
// A pack that is marked as a promise of the original's server would be kept whole, old objects included.
for (const name of readdirSync(`${output}/objects/pack`)) if (name.endsWith('.promisor')) rmSync(`${output}/objects/pack/${name}`);
git(['repack', '-a', '-d', '--quiet', '--no-write-bitmap-index']);
console.error('done');

function map(oid: string, type: ObjectType, content: Buffer): string {
  const id = createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');
  if (id !== oid && !mapped.has(oid)) {
    mapped.set(oid, id);
    written.push({ type, content });
  }
  return id;
}

function rewriteTree(oid: string): string {
  const known = mapped.get(oid);
  if (known || !affected.has(oid)) return known ?? oid;
  const content = Buffer.from(trees.get(oid)!);
  for (const { oid: child, at } of treeEntries(content)) {
    const id = affected.has(child) ? rewriteTree(child) : mapped.get(child);
    if (id) Buffer.from(id, 'hex').copy(content, at);
  }
  return map(oid, 'tree', content);
}

function rewriteText(oid: string, type: ObjectType, content: Buffer): void {
  const end = content.indexOf('\n\n');
  const header = content.toString('latin1', 0, end);
  const changed = header.replace(/^(tree|parent|object) ([0-9a-f]{40})$/gm, (line, key: string, id: string) =>
    mapped.has(id) ? `${key} ${mapped.get(id)}` : line,
  );
  if (changed === header) return;
  const unsigned = changed.replace(/^gpgsig[^\n]*(?:\n [^\n]*)*\n?/m, '').replace(/\n$/, '');
  map(oid, type, Buffer.concat([Buffer.from(unsigned, 'latin1'), content.subarray(end)]));
}

function* treeEntries(content: Buffer): Generator<{ oid: string; at: number }> {
  for (let at = 0; at < content.length;) {
    const nul = content.indexOf(0, at);
    yield { oid: content.toString('hex', nul + 1, nul + 21), at: nul + 1 };
    at = nul + 21;
  }
}

async function* readObjects(wanted: ObjectType): AsyncGenerator<{ oid: string; content: Buffer }> {
  const list = git(['cat-file', '--batch-all-objects', '--batch-check=%(objecttype) %(objectname)', '--unordered'])
    .split('\n')
    .filter((line) => line.startsWith(`${wanted} `))
    .map((line) => `${line.slice(wanted.length + 1)}\n`);
  const child = spawn('git', ['cat-file', '--batch', '--buffer'], { cwd: output!, env: environment, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(list.join(''));
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    let at = 0;
    while (true) {
      const end = rest.indexOf(10, at);
      if (end === -1) break;
      const [oid, , size] = rest.toString('latin1', at, end).split(' ');
      const next = end + 1 + Number(size) + 1;
      if (next > rest.length) break;
      yield { oid: oid!, content: Buffer.from(rest.subarray(end + 1, next - 1)) };
      at = next;
    }
    rest = rest.subarray(at);
  }
}

async function writePack(): Promise<void> {
  const index = spawn('git', ['index-pack', '--stdin'], { cwd: output!, env: environment, stdio: ['pipe', 'ignore', 'inherit'] });
  const hash = createHash('sha1');
  const write = async (bytes: Buffer): Promise<void> => {
    hash.update(bytes);
    if (!index.stdin.write(bytes)) await new Promise((resolve) => index.stdin.once('drain', resolve));
  };
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  header.writeUInt32BE(written.length, 8);
  await write(header);
  for (const { type, content } of written) {
    const head = [(packTypes[type] << 4) | (content.length & 15)];
    for (let size = Math.floor(content.length / 16); size > 0; size = Math.floor(size / 128)) {
      head[head.length - 1]! |= 0x80;
      head.push(size & 0x7f);
    }
    await write(Buffer.concat([Buffer.from(head), deflateSync(content)]));
  }
  index.stdin.end(hash.digest());
  await new Promise<void>((resolve, reject) =>
    index.once('close', (code) => (code === 0 ? resolve() : reject(new Error('git index-pack failed')))),
  );
}
