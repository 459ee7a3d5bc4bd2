import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyzeTree, openGitTree } from '@deployguard/delivery';
import { openLocalRepository } from '@deployguard/git';
import { median, printTable } from './print-table.ts';

const files = 50_000;
const filesInFolder = 100;

/** How long it takes to work out how a repository of 50,000 files is built and run, beside git merely listing them. */
export async function benchAnalyzer(rounds: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'deployguard-bench-analyzer-'));
  try {
    const gitDir = join(directory, 'large.git');
    makeRepository(gitDir);
    const [listed, analyzed]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      listed.push(await measure(() => execFileSync('git', ['-C', gitDir, 'ls-tree', '-r', '-z', 'HEAD'], { maxBuffer: 2 ** 28 })));
      await using repository = await openLocalRepository(gitDir, { workDirectory: directory });
      analyzed.push(
        await measure(async () => {
          const { language } = await analyzeTree(await openGitTree(repository));
          if (language?.value !== 'node') throw new Error('The analyzer does not see what it is.');
        }),
      );
    }
    const [floor, own] = [median(listed), median(analyzed)];
    printTable(
      `An analysis of ${files} files, median of ${rounds}`,
      ['', 'ms', ''],
      [
        ['git lists them', floor.toFixed(0), ''],
        ['analysed', own.toFixed(0), `${(own / floor).toFixed(1)} times`],
      ],
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** One commit of a Node project: what is looked at, among much that is not. */
function makeRepository(gitDir: string): void {
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', gitDir]);
  const about = { name: 'large', scripts: { build: 'node build.js', start: 'node src/0/0.js' }, dependencies: { express: '^5.0.0' } };
  const entry = (path: string, content: string): string => `M 100644 inline ${path}\ndata ${Buffer.byteLength(content)}\n${content}\n`;
  const commit = ['commit refs/heads/main', 'committer a <a@example.com> 1700000000 +0000', 'data 5', 'first', ''].join('\n');
  const sources = Array.from({ length: files - 1 }, (_, index) =>
    entry(`src/${Math.floor(index / filesInFolder)}/${index}.js`, `export const value = process.env.SETTING_${index % 50} ?? ${index};\n`),
  );
  execFileSync('git', ['-C', gitDir, 'fast-import', '--quiet'], {
    input: commit + entry('package.json', JSON.stringify(about)) + sources.join(''),
  });
}
