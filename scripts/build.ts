// Compiles what is published: npm run build. Bundles the command line and the modules that its threads load into apps/cli/dist,
// with the scanner's kernel and the anchors of its rules beside them.
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { defaultDecodeDepth } from '../packages/secrets/src/detect/detector.ts';
import { encodeAnchors } from '../packages/secrets/src/detect/prepared-anchors.ts';
import { builtInRules } from '../packages/secrets/src/rules/registry.ts';

const root = dirname(import.meta.dirname);
const dist = join(root, 'apps', 'cli', 'dist');
const kernel = join(root, 'packages', 'secrets', 'build', 'kernel.wasm');

// Threads load these by their own file names.
const threads = [
  'packages/git/src/pack-writer-worker.ts',
  'packages/secrets/src/history/packs/detector-matcher.ts',
  'packages/secrets/src/history/packs/scan-thread.ts',
  'packages/secrets/src/proof/pack-inspector.ts',
  'packages/secrets/src/proof/search-lane.worker.ts',
  'packages/secrets/src/rewrite/content-spooler.ts',
  'packages/secrets/src/rewrite/value-matcher.ts',
];

if (!existsSync(kernel)) throw new Error('The kernel is not built: run `node scripts/build-kernel.mjs` and read what it says.');
rmSync(dist, { recursive: true, force: true });
await build({
  entryPoints: ['apps/cli/src/main.ts', ...threads].map((path) => ({
    in: join(root, path),
    out: path.slice(path.lastIndexOf('/') + 1, -'.ts'.length),
  })),
  outdir: dist,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  chunkNames: '[name]-[hash]',
  // The service is a package of its own; whoever only scans does not need it.
  external: ['@deployguard/server'],
  // Dependencies written for CommonJS ask for built-in modules by `require`.
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
  logLevel: 'warning',
});
mkdirSync(dist, { recursive: true });
copyFileSync(kernel, join(dist, 'kernel.wasm'));
// Where rules are tried takes longer to work out than a small repository to scan.
writeFileSync(join(dist, 'anchors.bin'), encodeAnchors(builtInRules, defaultDecodeDepth));
