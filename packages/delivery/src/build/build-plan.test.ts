import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aPackage, aTree } from '../../test/a-tree.ts';
import { analyzeTree } from '../analyze/analyze-tree.ts';
import { assertDecided, planBuild } from './build-plan.ts';

const applications = Object.fromEntries(
  ['shop', 'admin'].flatMap((name) => [
    [`${name}/package.json`, aPackage({ scripts: { start: 'node server.js' } })],
    [`${name}/server.js`, 'require("http").createServer().listen(process.env.PORT)'],
  ]),
);

test('of several applications none is built by guess, and the error names them', async () => {
  const analysis = await analyzeTree(aTree(applications));

  assert.throws(() => assertDecided(planBuild(analysis), analysis), {
    code: 'NOTHING_TO_START',
    message: 'There are 2 applications. Choose one with --root. Found: "admin", "shop".',
  });
});

test('who says which application is meant, or how it starts, is asked nothing', async () => {
  const analysis = await analyzeTree(aTree(applications));
  const chosen = await analyzeTree(aTree(applications), { root: 'shop' });

  assertDecided(planBuild(chosen), chosen);
  assertDecided(planBuild(analysis, { startCommand: 'node shop/server.js' }), analysis);
  assertDecided(planBuild(analysis, { dockerfile: 'Dockerfile' }), analysis);
});
