import assert from 'node:assert/strict';
import test from 'node:test';
import { aPackage, aTree } from '../../test/a-tree.ts';
import { analyzeTree } from './analyze-tree.ts';
import type { Analysis } from './analysis.ts';

type Field = 'framework' | 'version' | 'buildCommand' | 'startCommand' | 'port' | 'releaseCommand' | 'staticOutput';

/** What must be answered, and what a note must say; `undefined` must not be answered. */
type Expected = Readonly<Partial<Record<Field, string | number | undefined>>> & { readonly note?: RegExp };

async function expectOf(files: Readonly<Record<string, string>>, { note, ...expected }: Expected): Promise<Analysis> {
  const analysis = await analyzeTree(aTree(files));

  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((field) => [field, analysis[field as Field]?.value])), expected);
  if (note !== undefined) assert.match(analysis.notes.map(({ message }) => message).join('\n'), note);
  return analysis;
}

const svelte = (adapter: string, settings = 'adapter()'): Record<string, string> => ({
  'package.json': aPackage({ scripts: { build: 'vite build' }, devDependencies: { '@sveltejs/kit': '2', [adapter]: '5', vite: '7' } }),
  'svelte.config.js': `import adapter from '${adapter}';\nexport default { kit: { adapter: ${settings} } };\n`,
});

test('SvelteKit has a server for Node with the adapter for it alone', async () => {
  await expectOf(svelte('@sveltejs/adapter-auto'), { startCommand: undefined, port: undefined, note: /@sveltejs\/adapter-node only/ });
  await expectOf(svelte('@sveltejs/adapter-vercel'), { startCommand: undefined, staticOutput: undefined });
  await expectOf(svelte('@sveltejs/adapter-node', "adapter({ out: './dist' })"), { startCommand: 'node dist', port: 3000 });
  const both = svelte('@sveltejs/adapter-vercel');
  both['package.json'] = aPackage({
    devDependencies: { '@sveltejs/kit': '2', '@sveltejs/adapter-static': '3', '@sveltejs/adapter-vercel': '5', vite: '7' },
  });
  await expectOf(both, { startCommand: undefined, staticOutput: undefined });
});

test('Astro has a server for Node with its own adapter, as one that stands alone', async () => {
  const astro = (adapter: string, options = ''): Record<string, string> => ({
    'package.json': aPackage({ scripts: { build: 'astro build' }, dependencies: { astro: '5', [adapter]: '9' } }),
    'astro.config.mjs': `import adapter from '${adapter}';\nexport default defineConfig({ output: 'server', adapter: adapter(${options}) });\n`,
  });

  await expectOf(astro('@astrojs/node', "{ mode: 'standalone' }"), { startCommand: 'node ./dist/server/entry.mjs', port: 4321 });
  await expectOf(astro('@astrojs/node', "{ mode: 'middleware' }"), { startCommand: undefined, note: /@astrojs\/node in the mode/ });
  await expectOf(astro('@astrojs/vercel'), { startCommand: undefined, staticOutput: undefined, note: /@astrojs\/node/ });
});

test('Remix and React Router are served by a package of theirs, when it is there, or by a file of the application', async () => {
  const remix = { '@remix-run/node': '2', '@remix-run/serve': '2' };
  const built = { scripts: { build: 'remix build' } };

  await expectOf({ 'package.json': aPackage({ ...built, dependencies: remix }) }, { startCommand: 'npx remix-serve ./build/index.js' });
  await expectOf(
    { 'package.json': aPackage({ ...built, dependencies: { '@remix-run/react': '2' } }) },
    { startCommand: undefined, note: /@remix-run\/serve/ },
  );
  await expectOf(
    { 'package.json': aPackage({ ...built, dependencies: { '@remix-run/node': '2', express: '4' } }), 'server.js': 'app.listen(3000)' },
    { startCommand: 'node server.js' },
  );
  await expectOf(
    {
      'package.json': aPackage({
        scripts: { start: 'vite dev', build: 'react-router build' },
        devDependencies: { '@react-router/dev': '7' },
      }),
    },
    { startCommand: undefined, note: /@react-router\/serve/ },
  );
});

test('what Nitro builds for the platforms of others is no program for Node', async () => {
  const nuxt = (build: string, settings: string): Record<string, string> => ({
    'package.json': aPackage({ scripts: { build }, dependencies: { nuxt: '4' } }),
    'nuxt.config.ts': settings,
  });

  await expectOf(nuxt('nuxt build', "export default { nitro: { preset: 'node-server' } };"), {
    startCommand: 'node .output/server/index.mjs',
  });
  await expectOf(nuxt('nuxt build', "export default { nitro: { preset: 'vercel-edge' } };"), {
    startCommand: undefined,
    note: /preset "vercel-edge"/,
  });
  await expectOf(nuxt('nuxt build --preset=cloudflare_pages', ''), { startCommand: undefined });
  await expectOf(nuxt('nuxt build', "export default { pwaAssets: { preset: 'minimal-2023' } };"), {
    startCommand: 'node .output/server/index.mjs',
  });
});

test('a start of what the compiler makes of a file is one of its output', async () => {
  const adonis = {
    'package.json': aPackage({
      scripts: { start: 'node bin/server.js', build: 'node ace build' },
      dependencies: { '@adonisjs/core': '6' },
      devDependencies: { '@adonisjs/assembler': '7' },
    }),
    'tsconfig.json': '{ "extends": "@adonisjs/tsconfig/tsconfig.app.json", "compilerOptions": { "rootDir": "./", "outDir": "./build" } }',
    'bin/server.ts': '',
  };
  const plain = {
    'package.json': aPackage({ scripts: { build: 'rm -rf built && npx tsc' }, dependencies: { express: '5', typescript: '5' } }),
    'tsconfig.json': '{ /* of the server */ "compilerOptions": { "outDir": "./built" }, "include": ["./src/**/*"] }',
    'src/server.ts': 'server.listen(port)',
    'src/routes/users.ts': '',
    'vite.config.ts': '',
  };

  await expectOf(adonis, { startCommand: 'node build/bin/server.js' });
  await expectOf({ ...adonis, 'bin/server.js': '' }, { startCommand: 'npm run start' });
  await expectOf(plain, { startCommand: 'node built/server.js' });
  await expectOf(
    { ...plain, 'tsconfig.json': '{ "compilerOptions": { "outDir": "built" } }' },
    { startCommand: 'node built/src/server.js' },
  );
  await expectOf({ ...plain, 'tsconfig.json': '{ "compilerOptions": {} }' }, { startCommand: 'node src/server.ts' });
});
