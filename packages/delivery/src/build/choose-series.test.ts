import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseSeries } from './choose-series.ts';

const node = ['24', '22', '20', '18', '16', '14', '26'] as const;
const minor = ['3.13', '3.12', '3.11', '3.10', '3.9', '3.8', '3.4', '3.3', '3.2', '3.1', '3.0', '2.7'] as const;
const php = ['8.4', '8.3', '8.2', '8.1', '8.0', '7.4', '8.5'] as const;

const cases: readonly (readonly [series: string, version: string | undefined, known: readonly [string, ...string[]]])[] = [
  ['24', undefined, node],
  ['22', '22', node],
  ['22', 'v22.3.1', node],
  ['20', '^20.1.0', node],
  ['24', '>=18', node],
  ['20', '18 || 20', node],
  ['16', '>=14 <17', node],
  ['18', '>=16.0.0 <19', node],
  ['24', '18 - 24', node],
  ['20', '20.x', node],
  ['26', '>=25', node],
  ['24', 'lts/*', node],
  ['24', '*', node],
  ['8', '8.10.0', node],
  ['99', '^99.0.0', node],
  ['3.11', '3.11', minor],
  ['3.12', '3.12.4', minor],
  ['3.9', 'python-3.9.1', minor],
  ['3.13', '>=3.10', minor],
  ['3.13', '^3.11', minor],
  ['3.11', '>=3.9,<3.12', minor],
  ['3.11', '==3.11.*', minor],
  ['3.13', '~=3.11', minor],
  ['3.11', '~=3.11.2', minor],
  ['3.12', '>=3.8, !=3.9.7, <3.13', minor],
  ['3.3', '~> 3.3.1', minor],
  ['3.4', '>= 3.2, < 3.5', minor],
  ['2.7', 'ruby-2.7.8', minor],
  ['8.4', '^8.1', php],
  ['8.4', '>=8.1', php],
  ['8.4', '^7.4 || ^8.0', php],
  ['8.4', '^7.4|^8.0', php],
  ['8.3', '~8.1.0 || ~8.2.0 || ~8.3.0', php],
  ['8.2', '8.2.*', php],
  ['8.5', '~8.5.0', php],
];

test('a version names its series, and a range the best one that is in it', () => {
  for (const [series, version, known] of cases) assert.equal(chooseSeries(version, known), series, version);
});

test('whatever stands there, the answer is a series', () => {
  for (const version of ['', ' ', 'latest', 'lts/iron', '>', '|| ||', '$(id)', '1 '.repeat(10_000), `${'9'.repeat(300)}`, '^'.repeat(300)])
    assert.match(chooseSeries(version, node), /^\d{1,4}$/, version.slice(0, 20));
});
