import assert from 'node:assert/strict';
import test from 'node:test';
import { aPackage, aTree } from '../../../test/a-tree.ts';
import { analyzeTree } from '../analyze-tree.ts';

test('the build of a member brings what only the top of the workspace depends on', async () => {
  const files = {
    'package.json': aPackage({ workspaces: ['app'], devDependencies: { vite: '5' } }),
    'app/package.json': aPackage({ scripts: { start: 'yarn && vite', build: 'vite build' }, dependencies: { react: '19' } }),
    'app/vite.config.mts': 'export default { build: { outDir: "build" } };\n',
  };

  const { framework, staticOutput, startCommand } = await analyzeTree(aTree(files), { root: 'app' });

  assert.deepEqual([framework?.value, staticOutput?.value, startCommand], ['vite', 'build', undefined]);
});

test('a start that is a development server of a member leaves what the build of that leaves', async () => {
  const member = aPackage({ name: 'web', scripts: { start: 'yarn && vite', build: 'vite build' }, devDependencies: { vite: '5' } });
  for (const start of [
    'yarn --cwd ./app start',
    'npm -w web start',
    'npm start --workspace=web',
    'npm --prefix app start',
    'cd app && yarn start',
  ]) {
    const top = aPackage({ workspaces: ['app'], scripts: { start, build: 'yarn --cwd ./app build' } });

    const { staticOutput, startCommand } = await analyzeTree(aTree({ 'package.json': top, 'app/package.json': member }));

    assert.deepEqual([staticOutput?.value, startCommand], ['app/dist', undefined], start);
  }
});

test('a workspace between the application and the top says what installs it', async () => {
  const files = {
    'clients/package.json': aPackage({ packageManager: 'pnpm@9.0.0' }),
    'clients/pnpm-workspace.yaml': 'packages:\n  - apps/*\n',
    'clients/pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
    'clients/apps/web/package.json': aPackage({ dependencies: { next: '15' } }),
  };

  const { packageManager, installCommand } = await analyzeTree(aTree(files), { root: 'clients/apps/web' });

  assert.deepEqual([packageManager?.value, installCommand?.value], ['pnpm', 'pnpm install --frozen-lockfile']);
  assert.equal(installCommand?.file, 'clients/pnpm-lock.yaml');
});

test('a server that only developers depend on counts after what is built', async () => {
  const scripts = { dev: 'vite', build: 'vite build' };
  const mock = aPackage({ scripts, devDependencies: { express: '4', vite: '5' } });
  const server = aPackage({ scripts: { build: 'tsc', start: 'node dist/x.js' }, devDependencies: { express: '4' } });
  const both = aPackage({
    scripts: { ...scripts, start: 'node server.js' },
    dependencies: { express: '4' },
    devDependencies: { vite: '5' },
  });

  const answers = await Promise.all([mock, server, both].map((text) => analyzeTree(aTree({ 'package.json': text }))));

  assert.deepEqual(
    answers.map(({ framework, staticOutput }) => [framework?.value, staticOutput?.value]),
    [
      ['vite', 'dist'],
      ['express', undefined],
      ['express', undefined],
    ],
  );
});
