import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeFinding } from './complete-finding.ts';

const format = { id: 'scanner', name: 'Scanner', variants: [] };

test('a time without a zone is UTC wherever this runs, one with a zone is what it says, and what is no time is none', () => {
  const before = process.env['TZ'];
  process.env['TZ'] = 'Asia/Tokyo';

  const times = [
    '2030-02-04 22:16:00.813',
    '2030-02-04T22:16:00',
    '2030-02-04',
    '2/4/2030 10:16 PM',
    '2030-02-04T22:16:00+02:00',
    '2030-02-04T22:16:00Z',
    'Mon, 04 Feb 2030 22:16:00 GMT',
    'soon',
  ].map((foundAt) => completeFinding({ kind: 'quality', rule: { id: 'r' }, foundAt }, format).foundAt);

  process.env['TZ'] = before;
  assert.deepEqual(times, [
    '2030-02-04T22:16:00.813Z',
    '2030-02-04T22:16:00.000Z',
    '2030-02-04T00:00:00.000Z',
    '2030-02-04T22:16:00.000Z',
    '2030-02-04T20:16:00.000Z',
    '2030-02-04T22:16:00.000Z',
    '2030-02-04T22:16:00.000Z',
    undefined,
  ]);
});

test('a score that is none is left out, and with it a CVSS that says nothing else', () => {
  const { cvss, severity } = completeFinding(
    {
      kind: 'vulnerability',
      rule: { id: 'r' },
      cvss: [{ score: Number.NaN }, { score: -1, version: '2.0' }, { score: 99, vector: 'CVSS:3.1/AV:N' }, { score: 0, version: '2.0' }],
    },
    format,
  );

  assert.deepEqual(cvss, [
    { vector: 'CVSS:3.1/AV:N', version: '3.1' },
    { version: '2.0', score: 0 },
  ]);
  assert.equal(severity.label, 'info');
});

test('a vector tells the version of its score, whatever version the member is named after', () => {
  const { cvss } = completeFinding(
    {
      kind: 'vulnerability',
      rule: { id: 'r' },
      cvss: [
        { version: '3.0', vector: 'CVSS:3.1/AV:N' },
        { version: '2.0', vector: 'AV:N/AC:L' },
      ],
    },
    format,
  );

  assert.deepEqual(
    cvss?.map(({ version }) => version),
    ['3.1', '2.0'],
  );
});
