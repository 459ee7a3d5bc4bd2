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
  await expectOf(svelte('@sveltejs/adapter-auto'), {
    buildCommand: 'GCP_BUILDPACKS=1 npm run build',
    startCommand: 'node build',
    port: 3000,
  });
  await expectOf(svelte('@sveltejs/adapter-vercel'), { startCommand: undefined, port: undefined, note: /@sveltejs\/adapter-node only/ });
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
  await expectOf(astro('@astrojs/node', "{ mode: 'standalone' }), server: { port: 4500 }, more: adapter("), { port: 4500 });
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

const express = { scripts: { start: 'node server.js' }, dependencies: { express: '5' } };

test('the port is what code takes when PORT is not set', async () => {
  const reads: Readonly<Record<string, number>> = {
    'const port = parseInt(process.env.PORT, 10) || 4001;': 4001,
    'const port = Number(process.env.PORT ?? 4002);': 4002,
    'app.listen(process.env.PORT || process.env.OTHER_PORT || 4003);': 4003,
    'port: process.env.APP_PORT\n  ? parseInt(process.env.APP_PORT, 10)\n  : process.env.PORT\n    ? parseInt(process.env.PORT, 10)\n    : 4004,': 4004,
    "listen(config.get('PORT', 4005));": 4005,
    "port: env.int('PORT', 4006),": 4006,
    'const { PORT = 4007 } = process.env;': 4007,
    'const schema = z.object({ DB_PORT: z.number().default(1), PORT: z.coerce.number().default(4008) });': 4008,
    'cleanEnv(process.env, { PORT: port({ default: 4009 }) });': 4009,
    'const port = [args.port, process.env.PORT, 4010].find(Boolean);': 4010,
    '// const port = process.env.PORT || 9999;\nconst port = process.env.PORT || 4011;': 4011,
    'const port = parseInt(process.env.PORT, 10);': 3000,
    'connect({ port: 5432 }); start({ port: 4012 });': 4012,
  };

  for (const [text, port] of Object.entries(reads)) await expectOf({ 'package.json': aPackage(express), 'server.js': text }, { port });
});

test('what is started says the port, not the settings of tools, scripts or other files', async () => {
  const others = {
    'playwright.config.js': 'const port = process.env.PORT || 4173;',
    'app.config.js': '',
    'installer.js': 'http.createServer(hello).listen(80)',
    'scripts/seed.js': 'process.env.PORT || 9999',
  };

  await expectOf({ ...others, 'package.json': aPackage(express), 'server.js': '' }, { port: 3000 });
  await expectOf(
    {
      ...others,
      'package.json': aPackage(express),
      'server.js': "import './config.js'",
      'config.js': 'export const port = process.env.PORT || 8081;',
    },
    { port: 8081 },
  );
  await expectOf(
    {
      ...others,
      'package.json': aPackage({ scripts: { start: 'npm run serve', serve: 'node dist/main.js' }, dependencies: { fastify: '5' } }),
      'a.js': 'process.env.PORT || 1111',
      'src/main.ts': 'app.listen({ port: 8082 })',
    },
    { port: 8082 },
  );
});

test('a program without an ending is read when Node runs it', async () => {
  const start = { 'package.json': aPackage({ ...express, scripts: { start: 'node ./bin/www' } }), 'app.js': '' };

  await expectOf({ ...start, 'bin/www': "#!/usr/bin/env node\nvar port = normalizePort(process.env.PORT || '4000');\n" }, { port: 4000 });
  await expectOf({ ...start, 'bin/www': '#!/bin/sh\nPORT=4000 node app.js\n' }, { port: 3000 });
  await expectOf(
    {
      'package.json': aPackage({ main: './bin/www', scripts: { start: 'node .' } }),
      'bin/www': '#!/usr/bin/node\nlisten(process.env.PORT || 4000)',
    },
    { port: 4000 },
  );
});

test('an application without a server for it is found below the top, a theme is none', async () => {
  const inFolder = (folder: string, files: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));

  const web = await expectOf(inFolder('web', svelte('@sveltejs/adapter-vercel')), { startCommand: undefined });
  const theme = await expectOf(
    { 'hugo.toml': '', 'content/a.md': '', ...inFolder('themes/plain/src', { 'package.json': aPackage(express), 'server.js': '' }) },
    { startCommand: undefined, framework: 'hugo' },
  );

  assert.deepEqual([web.root.value, theme.root.value], ['web', '']);
});

test('a build does nothing to a database', async () => {
  const next = (build: string, scripts: Readonly<Record<string, string>> = {}): Record<string, string> => ({
    'package.json': aPackage({ scripts: { build, ...scripts }, dependencies: { next: '15' }, devDependencies: { prisma: '6' } }),
  });

  await expectOf(next('prisma generate && prisma migrate deploy && next build'), {
    buildCommand: 'npx prisma generate && npx next build',
    note: /changes a database \(prisma migrate deploy\)/,
  });
  await expectOf(next('run-s db:migrate build:next', { 'db:migrate': 'drizzle-kit migrate', 'build:next': 'next build' }), {
    buildCommand: 'npm run build:next',
  });
  await expectOf(next('tsx lib/db/migrate && next build'), { buildCommand: 'npx next build' });
  await expectOf(next('next build', { postbuild: 'prisma db push' }), { buildCommand: 'npx next build' });
  await expectOf(next('prisma migrate deploy && NODE_ENV=x ./make "a b"'), { buildCommand: 'npm run build', note: /changes a database/ });
  await expectOf(next('prisma db push --accept-data-loss && NODE_ENV=x ./make "a b"'), {
    buildCommand: 'npx next build',
    note: /empties a database/,
  });
  await expectOf(next('npm run reset', { reset: 'prisma migrate reset -f' }), { buildCommand: undefined, note: /empties a database/ });
  await expectOf(next('node scripts/migrate-feed.js && next build'), { buildCommand: 'npm run build' });
  await expectOf(next("run-s build:* 'db:**'", { 'build:next': 'next build', 'db:all:migrate': 'drizzle-kit migrate' }), {
    buildCommand: 'npm run build:next',
  });
  await expectOf(next('run-s $(id) up', { '$(id)': 'next build', up: 'knex migrate:latest' }), { buildCommand: 'npm run build' });
  await expectOf(next('npm run build && npm run build'), { buildCommand: 'npm run build' });
});

test('migrations of a tool among the dependencies are a command before the release', async () => {
  const drizzle = (scripts: Readonly<Record<string, string>>): Record<string, string> => ({
    'package.json': aPackage({ scripts, devDependencies: { 'drizzle-kit': '1' } }),
    'drizzle.config.ts': "export default { out: './db/migrations' };",
    'db/migrations/0000_one.sql': '',
  });
  const knex = { 'package.json': aPackage({ dependencies: { knex: '3' } }), 'knexfile.js': '', 'migrations/1_users.js': '' };
  const prisma = (folder: string, settings: object = {}): Record<string, string> => ({
    'package.json': aPackage({ devDependencies: { prisma: '6' }, ...settings }),
    [`${folder}/schema.prisma`]: '',
    [`${folder}/migrations/1_users/migration.sql`]: '',
  });

  await expectOf(drizzle({ 'db:migrate': 'drizzle-kit migrate' }), { releaseCommand: 'npm run db:migrate' });
  await expectOf(drizzle({ 'db:migrate': 'dotenv -- drizzle-kit migrate' }), { releaseCommand: 'npx drizzle-kit migrate' });
  const { 'db/migrations/0000_one.sql': _, ...empty } = drizzle({ 'db:migrate': 'drizzle-kit migrate' });
  await expectOf(empty, { releaseCommand: undefined });
  await expectOf(knex, { releaseCommand: 'npx knex migrate:latest' });
  await expectOf({ ...knex, 'package.json': aPackage({}) }, { releaseCommand: undefined });
  await expectOf(prisma('prisma'), { releaseCommand: 'npx prisma migrate deploy' });
  await expectOf(prisma('packages/db/prisma'), { releaseCommand: 'npx prisma migrate deploy --schema packages/db/prisma/schema.prisma' });
  await expectOf(prisma('packages/db/prisma', { prisma: { schema: 'packages/db/prisma/schema.prisma' } }), {
    releaseCommand: 'npx prisma migrate deploy',
  });
  await expectOf({ ...prisma('one/prisma'), ...prisma('two/prisma') }, { releaseCommand: undefined });
});

test('what only developers install is no server that the application wants', async () => {
  const { services } = await expectOf(
    { 'package.json': aPackage({ ...express, dependencies: { pg: '8' }, devDependencies: { tedious: '19' } }), 'server.js': '' },
    {},
  );

  assert.deepEqual(
    services.map(({ value }) => value),
    ['postgresql'],
  );
});

test('what PHP ships is built by the script for production', async () => {
  const mix = { development: 'mix', production: 'mix --production', build: 'npm run development' };
  const files = { 'composer.json': '{"require": {"laravel/framework": "^10"}}', artisan: '', 'public/index.php': '' };

  const { assets } = await expectOf({ ...files, 'package.json': aPackage({ scripts: mix }) }, {});
  const { assets: none } = await expectOf({ ...files, 'package.json': aPackage({ scripts: { dev: 'mix' } }) }, {});

  assert.equal(assets?.buildCommand.value, 'npm run production');
  assert.equal(none, undefined);
});

test('the build of a framework needs the program that builds it', async () => {
  const nest = { dependencies: { '@nestjs/core': '11' } };

  await expectOf({ 'package.json': aPackage({ ...nest, devDependencies: { '@nestjs/cli': '11' } }) }, { buildCommand: 'npx nest build' });
  await expectOf({ 'package.json': aPackage(nest) }, { framework: 'nestjs', buildCommand: undefined, startCommand: undefined });
});

test('Vite is what an application is made with when it builds it', async () => {
  const tools = { scripts: { build: 'medusa build', start: 'medusa start' }, devDependencies: { vite: '7' } };

  await expectOf({ 'package.json': aPackage(tools) }, { framework: undefined, startCommand: 'npm run start' });
  await expectOf({ 'package.json': aPackage({ ...tools, scripts: { 'build:web': 'vite build' } }) }, { framework: 'vite' });
});

test('files are served from where they are in the end', async () => {
  const react = (scripts: Readonly<Record<string, string>>): Record<string, string> => ({
    'package.json': aPackage({ scripts, dependencies: { 'react-scripts': '5', serve: '14' } }),
  });

  await expectOf(react({ build: 'react-scripts build && mv build _static', start: 'serve -l tcp://0.0.0.0:$PORT -s _static -n' }), {
    staticOutput: '_static',
  });
  await expectOf(react({ build: 'react-scripts build && mv build ./site', start: 'react-scripts start' }), { staticOutput: 'site' });
  await expectOf(react({ build: 'react-scripts build', start: 'serve -s -l 3000' }), { staticOutput: 'build' });
  await expectOf({ ...react({ build: 'react-scripts build && mv build www' }), 'www/a.html': '' }, { staticOutput: 'build' });
  // Programs that are told to serve have arguments of their own.
  for (const start of ['ng serve --host 0.0.0.0 --port 8080', 'vue-cli-service serve --host 0.0.0.0', 'gatsby serve --host 0.0.0.0'])
    await expectOf(react({ build: 'react-scripts build', start }), { staticOutput: 'build' });
  for (const server of ['npx serve -s', 'NODE_ENV=production serve', 'npm run x && serve', 'npx --yes serve'])
    await expectOf(react({ build: 'react-scripts build', start: `${server} public_html` }), { staticOutput: 'public_html' });
});

test('Parcel and Sanity leave pages behind, and their start scripts are for developers', async () => {
  const parcel = { scripts: { start: 'parcel', build: 'parcel build' }, devDependencies: { parcel: '2' } };
  const sanity = { scripts: { start: 'sanity start', build: 'sanity build' }, dependencies: { sanity: '4' } };

  await expectOf({ 'package.json': aPackage({ ...parcel, source: 'src/index.html' }) }, { framework: 'parcel', staticOutput: 'dist' });
  await expectOf(
    { 'package.json': aPackage({ ...parcel, scripts: { build: 'parcel build src/index.html --dist-dir out' } }) },
    { staticOutput: 'out', startCommand: undefined },
  );
  await expectOf({ 'package.json': aPackage({ ...parcel, source: 'src/library.ts' }) }, { framework: undefined, staticOutput: undefined });
  await expectOf({ 'package.json': aPackage(sanity) }, { framework: 'sanity', staticOutput: 'dist', startCommand: undefined });
});

test('the version in use counts where the range for it allows that', async () => {
  const engine = (node: string): string => aPackage({ engines: { node } });

  await expectOf({ 'package.json': engine('>=16.0.0'), '.nvmrc': 'v24.14.1\n' }, { version: '24.14.1' });
  await expectOf({ 'package.json': engine('>=20'), '.node-version': '18.14.0' }, { version: '>=20' });
  await expectOf({ 'package.json': engine('>=20'), '.nvmrc': 'lts/*' }, { version: '>=20' });
});
