import test from 'node:test';
import { aPackage } from '../../../test/a-tree.ts';
import { assertRecognised, type RecognitionCase, vite } from '../../../test/recognition-case.ts';

const cases: Readonly<Record<string, RecognitionCase>> = {
  'Express with npm': {
    files: {
      'package.json': aPackage({ scripts: { start: 'node server.js' }, dependencies: { express: '5' }, engines: { node: '>=20' } }),
      'package-lock.json': '{}',
      'server.js': 'const port = process.env.PORT || 8080;',
    },
    expected: {
      language: 'node',
      framework: 'express',
      version: '>=20',
      packageManager: 'npm',
      installCommand: 'npm ci',
      buildCommand: undefined,
      startCommand: 'npm run start',
      port: 8080,
      staticOutput: undefined,
    },
  },
  'Fastify with pnpm and no start script': {
    files: {
      'package.json': aPackage({ main: 'app.js', dependencies: { fastify: '5' } }),
      'pnpm-lock.yaml': '',
      'app.js': 'app.listen({ host: h, port: 4000 });',
      '.nvmrc': 'v22.1.0\n',
    },
    expected: {
      framework: 'fastify',
      version: '22.1.0',
      packageManager: 'pnpm',
      installCommand: 'pnpm install --frozen-lockfile',
      startCommand: 'node app.js',
      port: 4000,
    },
  },
  'NestJS with yarn 4': {
    files: {
      'package.json': aPackage({
        packageManager: 'yarn@4.5.0',
        scripts: { build: 'nest build', start: 'nest start', 'start:prod': 'node dist/main' },
        dependencies: { '@nestjs/core': '11', express: '5' },
      }),
      'yarn.lock': '',
    },
    expected: {
      framework: 'nestjs',
      packageManager: 'yarn',
      installCommand: 'yarn install --immutable',
      buildCommand: 'yarn run build',
      startCommand: 'yarn run start:prod',
      port: 3000,
    },
  },
  'Next with Bun': {
    files: {
      'package.json': aPackage({ scripts: { build: 'next build', dev: 'next dev' }, dependencies: { next: '15' } }),
      'bun.lock': '',
    },
    expected: { framework: 'nextjs', packageManager: 'bun', startCommand: 'bunx next start', port: 3000 },
  },
  'Next that exports files': {
    files: {
      'package.json': aPackage({ scripts: { build: 'next build', start: 'next start' }, dependencies: { next: '15' } }),
      'next.config.mjs': "export default {\n  output: 'export',\n  distDir: 'site',\n};",
    },
    expected: { framework: 'nextjs', staticOutput: 'site', startCommand: undefined, port: undefined },
  },
  'an export that is commented out': {
    files: {
      'package.json': aPackage({ dependencies: { next: '15' } }),
      'next.config.js': "module.exports = {\n  // output: 'export',\n};",
    },
    expected: { startCommand: 'npx next start', staticOutput: undefined },
  },
  Nuxt: {
    files: { 'package.json': aPackage({ scripts: { build: 'nuxt build' }, dependencies: { nuxt: '4' } }) },
    expected: { framework: 'nuxt', buildCommand: 'npm run build', startCommand: 'node .output/server/index.mjs', port: 3000 },
  },
  'React Router with a server': {
    files: {
      'package.json': aPackage({
        scripts: { build: 'react-router build', start: 'react-router-serve ./build/server/index.js' },
        devDependencies: { '@react-router/dev': '7', vite: '7' },
      }),
    },
    expected: { framework: 'react-router', startCommand: 'npm run start', port: 3000, staticOutput: undefined },
  },
  'React Router without a server': {
    files: {
      'package.json': aPackage({ scripts: { build: 'react-router build' }, devDependencies: { '@react-router/dev': '7' } }),
      'react-router.config.ts': 'export default { ssr: false };',
    },
    expected: { framework: 'react-router', staticOutput: 'build/client', startCommand: undefined },
  },
  Remix: {
    files: {
      'package.json': aPackage({
        scripts: { build: 'remix vite:build' },
        dependencies: { '@remix-run/node': '2', '@remix-run/serve': '2' },
        devDependencies: { vite: '5' },
      }),
    },
    expected: { framework: 'remix', startCommand: 'npx remix-serve ./build/server/index.js', port: 3000 },
  },
  'Astro as files': {
    files: {
      'package.json': aPackage({ scripts: { build: 'astro build', start: 'astro dev' }, dependencies: { astro: '5' } }),
      'astro.config.mjs': "export default defineConfig({ outDir: './public_html' });",
    },
    expected: { framework: 'astro', staticOutput: 'public_html', startCommand: undefined },
  },
  'Astro as a server': {
    files: {
      'package.json': aPackage({ scripts: { build: 'astro build' }, dependencies: { astro: '5', '@astrojs/node': '9' } }),
      'astro.config.mjs': "export default defineConfig({ output: 'server', adapter: node({ mode: 'standalone' }) });",
    },
    expected: { framework: 'astro', startCommand: 'node ./dist/server/entry.mjs', port: 4321, staticOutput: undefined },
  },
  SvelteKit: {
    files: {
      'package.json': aPackage({
        scripts: { build: 'vite build' },
        devDependencies: { '@sveltejs/kit': '2', '@sveltejs/adapter-node': '5', vite: '7' },
      }),
    },
    expected: { framework: 'sveltekit', startCommand: 'node build', port: 3000 },
  },
  'SvelteKit as files': {
    files: {
      'package.json': aPackage({
        scripts: { build: 'vite build' },
        devDependencies: { '@sveltejs/kit': '2', '@sveltejs/adapter-static': '3' },
      }),
    },
    expected: { staticOutput: 'build', startCommand: undefined },
  },
  'Vite, whose start script is for developers': {
    files: {
      'package.json': aPackage({ ...vite, scripts: { start: 'vite', build: 'tsc && vite build' } }),
      'vite.config.ts': "export default { build: { outDir: 'out' } };",
      'index.html': '',
    },
    expected: {
      language: 'node',
      framework: 'vite',
      buildCommand: 'npm run build',
      staticOutput: 'out',
      startCommand: undefined,
      port: undefined,
    },
  },
  'Vite that is told on the command line where to build': {
    files: {
      'package.json': aPackage({ scripts: { build: 'tsc -b && vite build --outDir ./out' }, devDependencies: { vite: '7' } }),
      'vite.config.ts': "export default { build: { outDir: 'elsewhere' } };",
      'index.html': '',
    },
    expected: { framework: 'vite', staticOutput: 'out' },
  },
  'Vite beside an Express server': {
    files: {
      'package.json': aPackage({
        scripts: { build: 'vite build', start: 'node server.js' },
        dependencies: { express: '5' },
        devDependencies: { vite: '7' },
      }),
    },
    expected: { framework: 'express', startCommand: 'npm run start', staticOutput: undefined },
  },
  'Create React App': {
    files: {
      'package.json': aPackage({
        scripts: { start: 'react-scripts start', build: 'react-scripts build' },
        dependencies: { 'react-scripts': '5' },
      }),
    },
    expected: { framework: 'create-react-app', staticOutput: 'build', startCommand: undefined },
  },
  'Angular, whose pages stand in a folder of their own': {
    files: {
      'package.json': aPackage({ scripts: { build: 'ng build' }, dependencies: { '@angular/core': '20' } }),
      'angular.json':
        '{"projects": {"shop": {"architect": {"build": {"builder": "@angular/build:application", "options": {"outputPath": "dist/shop"}}}}}}',
    },
    expected: { framework: 'angular', staticOutput: 'dist/shop/browser' },
  },
  'Angular that is told what its folders are called': {
    files: {
      'package.json': aPackage({ scripts: { build: 'ng build' }, dependencies: { '@angular/core': '20' } }),
      'angular.json':
        '{"projects": {"shop": {"architect": {"build": {"builder": "@angular-devkit/build-angular:application", "options": {"outputPath": {"base": "out", "browser": ""}}}}}}}',
    },
    expected: { staticOutput: 'out' },
  },
  'Angular with the builder that came before': {
    files: {
      'package.json': aPackage({ scripts: { build: 'ng build' }, dependencies: { '@angular/core': '16' } }),
      'angular.json':
        '{"projects": {"shop": {"architect": {"build": {"builder": "@angular-devkit/build-angular:browser", "options": {"outputPath": "dist/shop"}}}}}}',
    },
    expected: { staticOutput: 'dist/shop' },
  },
  'a workspace of Nx, whose start script is for developers': {
    files: {
      'package.json': aPackage({ scripts: { start: 'nx serve', build: 'nx build' }, dependencies: { next: '15' } }),
      'nx.json': '{}',
    },
    expected: { framework: 'nextjs', startCommand: undefined },
  },
  'Gatsby, whose start script runs another one': {
    files: {
      'package.json': aPackage({
        scripts: { start: 'npm run develop', develop: 'gatsby develop', build: 'gatsby build' },
        dependencies: { gatsby: '5' },
      }),
    },
    expected: { framework: 'gatsby', startCommand: undefined, staticOutput: 'public' },
  },
  'Nitro without a start script': {
    files: { 'package.json': aPackage({ scripts: { build: 'nitro build', dev: 'nitro dev' }, devDependencies: { nitropack: '2' } }) },
    expected: { framework: 'nitro', buildCommand: 'npm run build', startCommand: 'node .output/server/index.mjs', port: 3000 },
  },
  'SolidStart without scripts': {
    files: { 'package.json': aPackage({ dependencies: { '@solidjs/start': '1', 'solid-js': '1' } }) },
    expected: { framework: 'solid-start', buildCommand: 'npx vinxi build', startCommand: 'node .output/server/index.mjs' },
  },
  'a page bundled by nobody we know': {
    files: {
      'package.json': aPackage({ scripts: { build: 'bundle' }, dependencies: { preact: '10' } }),
      'src/index.js': 'render(App, document.body)',
    },
    expected: { startCommand: undefined, staticOutput: undefined },
  },
  'a server whose pages are built for Heroku': {
    files: {
      'package.json': aPackage({
        scripts: { start: 'node server.js', 'heroku-postbuild': 'npm install --prefix client && npm run build --prefix client' },
        dependencies: { express: '5' },
      }),
    },
    expected: { framework: 'express', buildCommand: 'npm run heroku-postbuild', startCommand: 'npm run start' },
  },
  'a build that is not only for Heroku': {
    files: {
      'package.json': aPackage({
        scripts: { start: 'node server.js', build: 'tsc', 'heroku-postbuild': 'npm run build' },
        dependencies: { express: '5' },
      }),
    },
    expected: { buildCommand: 'npm run build' },
  },
  'Elysia with nothing but its types to say that it is for Bun': {
    files: {
      'package.json': aPackage({ dependencies: { elysia: '1' }, devDependencies: { '@types/bun': '1' } }),
      'src/index.ts': 'new Elysia().listen(3001);\n',
    },
    expected: { framework: 'elysia', packageManager: 'bun', installCommand: 'bun install', startCommand: 'bun src/index.ts', port: 3001 },
  },
  'types of Bun for a program in Node': {
    files: { 'package.json': aPackage({ engines: { node: '22' }, devDependencies: { '@types/bun': '1' } }) },
    expected: { packageManager: 'npm' },
  },
  'types of Bun beside a lock file of npm': {
    files: {
      'package.json': aPackage({ scripts: { start: 'node a.js' }, devDependencies: { 'bun-types': '1' } }),
      'package-lock.json': '{}',
    },
    expected: { packageManager: 'npm' },
  },
  'Hono for a platform that calls it': {
    files: {
      'package.json': aPackage({ dependencies: { hono: '4' }, devDependencies: { wrangler: '4' } }),
      'src/index.ts': "const app = new Hono();\napp.get('/', (c) => c.text('x'));\n\nexport default app;\n",
    },
    expected: { framework: 'hono', startCommand: undefined },
  },
  'what a platform calls, named by the manifest': {
    files: {
      'package.json': aPackage({ main: 'index.js' }),
      'index.js': 'export default {\n  async fetch(request) {\n    return new Response("x");\n  },\n};\n',
    },
    expected: { startCommand: undefined },
  },
  'Hono that listens, and is exported for tests': {
    files: {
      'package.json': aPackage({ dependencies: { hono: '4', '@hono/node-server': '1' } }),
      'src/index.ts': 'const app = new Hono();\nserve({ fetch: app.fetch, port: 3001 });\nexport default app;\n',
    },
    expected: { startCommand: 'node src/index.ts', port: 3001 },
  },
};

for (const [name, aCase] of Object.entries(cases)) {
  test(`${name} is recognised`, () => assertRecognised(aCase));
}
