import assert from 'node:assert/strict';
import test from 'node:test';
import { aPackage, aTree } from '../../../test/a-tree.ts';
import { analyzeTree } from '../analyze-tree.ts';

async function startOf(
  fields: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, string>> = {},
): Promise<string | undefined> {
  return (await analyzeTree(aTree({ 'package.json': aPackage(fields), ...files }))).startCommand?.value;
}

test('a script that serves users is taken where "start" serves developers', async () => {
  const scripts = { start: 'nodemon' };

  assert.equal(await startOf({ scripts: { ...scripts, prod: 'node server/prod.js' } }), 'npm run prod');
  assert.equal(
    await startOf({ scripts: { ...scripts, 'start:production': 'cross-env NODE_ENV=production node app.js' } }),
    'npm run start:production',
  );
  assert.equal(await startOf({ scripts: { start: 'node app.js', prod: 'node prod.js' } }), 'npm run start');
  assert.equal(await startOf({ scripts: { ...scripts, prod: 'webpack --mode production' } }), 'npm run start');
});

test('a program that is only watched is started itself', async () => {
  const sources = { 'index.js': '', 'src/a.ts': '' };
  const typed = { devDependencies: { tsx: '4' } };

  assert.equal(await startOf({ scripts: { start: 'nodemon index.js' } }, sources), 'node index.js');
  assert.equal(await startOf({ scripts: { start: 'nodemon' }, main: './index.js' }, sources), 'node index.js');
  assert.equal(await startOf({ scripts: { start: 'nodemon --watch src -e js,ts index.js' } }, sources), 'node index.js');
  assert.equal(await startOf({ ...typed, scripts: { start: 'tsx watch src/a.ts' } }, sources), 'npx tsx src/a.ts');
  assert.equal(
    await startOf({ devDependencies: { 'ts-node': '10' }, scripts: { start: 'ts-node-dev --respawn src/a.ts' } }, sources),
    'npx ts-node src/a.ts',
  );
  assert.equal(await startOf({ scripts: { start: 'nodemon --exec "babel-node index.js"' } }, sources), 'npm run start');
});
