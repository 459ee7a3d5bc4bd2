// Writes a repository with a realistic history: node bench/generate-history.ts OUTPUT [commits] [seed]
//
// Files are lines of code-like text that grow and change a few lines a commit; directories, merges, branches and tags are as in a long-lived
// project. The same arguments give the same repository. 110 000 commits are about 620 000 objects and 2.2 GB of blobs.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createSampler } from '../packages/secrets/src/rules/sampler.ts';

export interface GenerateOptions {
  readonly output: string;
  readonly commits: number;
  readonly seed: number;
}

const words =
  'account active address after array async await before body branch buffer build cache call channel check child class client close code collection column command commit config connect const content context count create current data date default delete depth detail done driver each element empty enable entry error event export false field file filter find first flag format from function get group handle header hidden host http id import index init input insert instance item join key label last left length level limit line link list load local lock log loop map match max merge message method min mode model module name next node null number object offset open option order output owner page parent parse part path pattern pool port prefix process promise query queue range read record ref remove render replace request reset resolve response result return right role root route row rule run save scan schema scope script search select send server session set size sort source stack start state static status step store stream string sub sum sync table tag target task test text this throw time title total tree true type undefined unit update upload user value version view wait walk width worker write'.split(
    ' ',
  );

/** Writes the repository, bare and packed, at `output`. */
export async function generateHistory({ output, commits, seed }: GenerateOptions): Promise<void> {
  mkdirSync(output, { recursive: true });
  run(output, ['init', '--quiet', '--bare', '--initial-branch=main', '.']);
  const importer = spawn('git', ['fast-import', '--quiet', '--depth=30', '--max-pack-size=8g'], {
    cwd: output,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const random = createRandom(seed);
  const sampler = createSampler(`history ${seed}`);
  const files: { path: string; lines: string[] }[] = [];
  const write = async (text: string): Promise<void> => {
    if (!importer.stdin.write(text)) await once(importer.stdin, 'drain');
  };

  for (let mark = 1; mark <= commits; mark++) {
    const changes: string[] = [];
    const changed = new Set<number>();
    if (files.length < 20 || random() < 0.08) changed.add(addFile(files, random));
    for (let count = Math.min(files.length, 1 + Math.floor(random() * random() * 4)); changed.size < count;)
      changed.add(Math.floor(random() ** 1.5 * files.length));
    for (const index of changed) {
      const file = files[index]!;
      changeLines(file.lines, random);
      if (random() < 0.0005)
        file.lines.splice(
          Math.floor(random() * file.lines.length),
          0,
          `  accessKeyId: '${['AK', 'IA'].join('')}${sampler.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}',`,
        );
      const content = `${file.lines.join('\n')}\n`;
      changes.push(`M 100644 inline ${file.path}\ndata ${content.length}\n${content}`);
    }
    const message = `Change ${sentence(random, 5)}\n\n${sentence(random, 12)}\n`;
    const isMerge = mark > 40 && mark % 40 === 0;
    const date = 1_200_000_000 + mark * 4000;
    const author = `Author ${Math.floor(random() * 400)} <author${Math.floor(random() * 400)}@example.com> ${date} +0000`;
    const parents = mark === 1 ? '' : `from :${mark - 1}\n${isMerge ? `merge :${mark - 20}\n` : ''}`;
    await write(
      `commit refs/heads/main\nmark :${mark}\nauthor ${author}\ncommitter ${author}\ndata ${message.length}\n${message}${parents}${changes.join('')}\n`,
    );
    if (mark % 500 === 0) await write(`tag v${mark / 500}\nfrom :${mark}\ntagger ${author}\ndata 8\nRelease\n\n`);
    if (mark % 1000 === 0) await write(`reset refs/heads/release-${mark / 1000}\nfrom :${mark}\n\n`);
  }
  importer.stdin.end();
  await once(importer, 'close');
  run(output, ['repack', '-a', '-d', '-f', '--quiet', '--window=10', '--depth=50', '--no-write-bitmap-index']);
  writeFileSync(join(output, 'done'), '');
}

function addFile(files: { path: string; lines: string[] }[], random: () => number): number {
  // A dozen folders at the top, wide below: a tree holds some ten to thirty entries, as in most projects.
  const depth = random() < 0.01 ? 0 : 2 + Math.floor(random() * 3);
  const directories = Array.from({ length: depth }, (_, level) => `${words[Math.floor(random() * (level === 0 ? 12 : 14))]!}/`).join('');
  const lines = Array.from({ length: 20 + Math.floor(random() * random() * random() * 2500) }, () => codeLine(random));
  files.push({ path: `${directories}${sentence(random, 2).replace(' ', '-')}-${files.length}.js`, lines });
  return files.length - 1;
}

function changeLines(lines: string[], random: () => number): void {
  const at = Math.floor(random() * lines.length);
  const removed = Math.floor(random() * 4);
  lines.splice(at, removed, ...Array.from({ length: removed + Math.floor(random() * 4) }, () => codeLine(random)));
}

function codeLine(random: () => number): string {
  const indent = '  '.repeat(Math.floor(random() * 4));
  const [a, b, c, d] = sentence(random, 4).split(' ');
  const shapes = [
    `const ${a} = ${b}.${c}(${d}, ${Math.floor(random() * 1000)});`,
    `if (${a}.${b} !== ${c}) return ${d};`,
    `// ${a} ${b} ${c} ${d}`,
    `${a}: '${b}-${c}',`,
    `export function ${a}${b}(${c}, ${d}) {`,
    `}`,
    `await ${a}.${b}({ ${c}: ${d} });`,
    `expect(${a}).toBe('${b} ${c}');`,
    `import { ${a} } from './${b}/${c}';`,
  ];
  return indent + shapes[Math.floor(random() * shapes.length)]!;
}

function sentence(random: () => number, count: number): string {
  return Array.from({ length: count }, () => words[Math.floor(random() * words.length)]!).join(' ');
}

/** Mulberry32. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function run(cwd: string, args: readonly string[]): void {
  const { status } = spawnSync('git', args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`git ${args.join(' ')} failed`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [output, commits = '110000', seed = '1'] = process.argv.slice(2);
  if (!output) {
    console.error('Usage: node bench/generate-history.ts OUTPUT [commits] [seed]');
    process.exit(2);
  }
  await generateHistory({ output, commits: Number(commits), seed: Number(seed) });
}
