// Compiles the pack kernel (AssemblyScript) to packages/secrets/build/kernel.wasm. Part of the install, so it never fails it: without
// the kernel scans work, through git and slower. Plain JS: it runs under whatever Node the system has.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const secrets = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages', 'secrets');
const sources = join(secrets, 'kernel');
const output = join(secrets, 'build', 'kernel.wasm');

if (existsSync(sources) && !isUpToDate()) {
  try {
    await compile();
  } catch (error) {
    console.error(
      `kernel: not built (${String(error?.message ?? error).split('\n')[0]}); scans will be slower. Run "node scripts/build-kernel.mjs" to try again.`,
    );
  }
}

function isUpToDate() {
  if (!existsSync(output)) return false;
  const built = statSync(output).mtimeMs;
  const inputs = readdirSync(sources).map((name) => join(sources, name));
  return [...inputs, fileURLToPath(import.meta.url)].every((path) => statSync(path).mtimeMs < built);
}

async function compile() {
  const { main } = await import('assemblyscript/asc');
  mkdirSync(dirname(output), { recursive: true });
  // Written beside and renamed: whoever reads meanwhile gets the old one or the new one.
  const partial = `${output}.${process.pid}`;
  try {
    const flags = ['--runtime', 'stub', '--noAssert', '-O3', '--enable', 'simd', '--importMemory', '--zeroFilledMemory'];
    const { error, stderr } = await main([join(sources, 'index.ts'), '--outFile', partial, ...flags]);
    if (error) throw new Error(stderr.toString().trim() || error.message);
    renameSync(partial, output);
  } finally {
    rmSync(partial, { force: true });
  }
}
