import assert from 'node:assert/strict';
import test from 'node:test';
import { type SecretFinding, SecretValue } from '@deployguard/secrets';
import { groupSecrets } from '../scan/group-secrets.ts';
import { listDoubts } from './list-doubts.ts';

function doubtsAbout(...changes: readonly Partial<SecretFinding>[]): string {
  const findings = changes.map((change, index): SecretFinding => ({
    id: String(index),
    kind: 'secret',
    tool: 'deployguard',
    ruleId: 'acme',
    title: 'Acme token',
    description: '',
    severity: 'high',
    location: { path: 'src/a.ts' },
    provider: 'Acme',
    precision: 'exact',
    carrier: 'file',
    encodings: [],
    preview: '***',
    valueHash: 'f'.repeat(64),
    objectCount: 1,
    commitCount: 1,
    isInHead: true,
    secret: new SecretValue('x'),
    ...change,
  }));
  return listDoubts(groupSecrets(findings)[0]!).join('\n');
}

test('an exact form in code leaves no doubt', () => {
  assert.equal(doubtsAbout({}), '');
});

test('generic and contextual matches say what they rest on', () => {
  assert.match(doubtsAbout({ precision: 'generic' }), /placeholder/);
  assert.match(doubtsAbout({ precision: 'contextual' }), /provider's name/);
});

test('files of tests and documentation are named only when it stands nowhere else', () => {
  assert.match(
    doubtsAbout({ location: { path: 'src/__tests__/a.ts' } }, { location: { path: 'test/b.env' } }),
    /tests, fixtures or examples/,
  );
  assert.match(doubtsAbout({ location: { path: 'README.md' } }), /documentation/);
  assert.equal(doubtsAbout({ location: { path: 'test/a.ts' } }, { location: { path: 'src/a.ts' } }), '');
  assert.equal(doubtsAbout({ location: { path: 'test/a.ts' } }, { location: {}, carrier: 'commit-message' }), '');
  assert.equal(doubtsAbout({ location: { path: 'src/latest/contest.ts' } }), '');
});

test('what was decoded is named so', () => {
  assert.match(doubtsAbout({ encodings: ['base64'] }), /read out of other content \(base64\)/);
});
