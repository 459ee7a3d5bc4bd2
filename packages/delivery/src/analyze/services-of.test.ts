import assert from 'node:assert/strict';
import test from 'node:test';
import { aPackage, aTree } from '../../test/a-tree.ts';
import { analyzeTree } from './analyze-tree.ts';

const servicesOf = async (files: Readonly<Record<string, string>>): Promise<string[]> =>
  (await analyzeTree(aTree(files))).services.map(({ value, confidence }) => `${value} ${confidence}`);

test('of several databases that only libraries speak for, none is sure', async () => {
  assert.deepEqual(await servicesOf({ 'package.json': aPackage({ dependencies: { pg: '8', redis: '5' } }) }), [
    'postgresql medium',
    'redis medium',
  ]);
  assert.deepEqual(await servicesOf({ 'package.json': aPackage({ dependencies: { pg: '8', mysql2: '3', redis: '5' } }) }), [
    'postgresql low',
    'mysql low',
    'redis medium',
  ]);
});

test('beside a database that is a file by default, a driver for another is optional', async () => {
  const files = { 'package.json': aPackage({ dependencies: { pg: '8' } }), 'knexfile.js': "module.exports = { client: 'sqlite3' };\n" };

  assert.deepEqual(await servicesOf(files), ['postgresql low']);
});

test('MariaDB of a compose file is what the library of MySQL talks to', async () => {
  const files = { 'requirements.txt': 'flask\npymysql\n', 'compose.yaml': 'services:\n  db:\n    image: mariadb:11\n' };

  assert.deepEqual(await servicesOf(files), ['mariadb high']);
});
