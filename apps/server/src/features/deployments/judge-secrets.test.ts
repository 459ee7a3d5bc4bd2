import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommitReference } from '@deployguard/findings';
import { SecretValue, type SecretFinding } from '@deployguard/secrets';
import { describeVerdict, judgeSecrets, listAccepted, listBlocking } from './judge-secrets.ts';
import type { GateVerdict } from './judge-secrets.ts';

test('line and commit are of the same version of the file', () => {
  const { findings } = judgeSecrets({ findings: [aSecret(1)], dropped: [] }, []);

  assert.deepEqual(
    findings.map(({ path, line, commit }) => ({ path, line, commit })),
    [{ path: 'package-lock.json', line: 1467, commit: 'b'.repeat(40) }],
  );
});

test('a secret that no commit holds is named by its place alone', () => {
  const { first: _, last: __, ...unattributed } = aSecret(1);

  const { findings } = judgeSecrets({ findings: [{ ...unattributed, location: { path: 'refs/x' } }], dropped: [] }, []);

  assert.deepEqual(
    findings.map(({ path, line, commit }) => ({ path, line, commit })),
    [{ path: 'refs/x', line: null, commit: null }],
  );
});

test('the message names the first three, the log all up to fifty', () => {
  const verdict = judgeSecrets({ findings: Array.from({ length: 53 }, (_, index) => aSecret(index)), dropped: [] }, ['id-0']);

  assert.match(describeVerdict(verdict), /id id-1\).*id id-2\).*id id-3\) and 49 more\./);
  const lines = listBlocking(verdict);
  assert.equal(lines.length, 51);
  assert.equal(lines[0], 'Password abc…xyz (package-lock.json:1467, commit bbbbbbbb, id id-1)');
  assert.equal(lines.at(-1), '… and 2 more.');
});

test('what a comment in the repository accepts stops nothing, and is listed as that', () => {
  const dropped = [
    { ...aSecret(2), reason: 'inline-allow' as const },
    { ...aSecret(3), reason: 'allowed' as const },
  ];

  const verdict = judgeSecrets({ findings: [aSecret(1)], dropped }, ['id-1']);

  assert.equal(verdict.blocked, 0);
  assert.deepEqual(
    verdict.findings.map((finding) => [finding.finding_id, finding.is_accepted, finding.is_allowed_inline]),
    [
      ['id-1', true, false],
      ['id-2', true, true],
    ],
  );
  assert.deepEqual(listAccepted(verdict), [
    'Accepted: Password abc…xyz (package-lock.json:1467, commit bbbbbbbb, id id-1)',
    'Accepted by a comment in the repository: Password abc…xyz (package-lock.json:1467, commit bbbbbbbb, id id-2)',
  ]);
});

function aSecret(index: number): SecretFinding {
  return {
    id: `id-${index}`,
    kind: 'secret',
    tool: 'deployguard',
    ruleId: 'generic-password',
    title: 'Password',
    description: '',
    severity: 'high',
    location: { path: 'package-lock.json', line: 1467, commit: aCommit('a') },
    guidance: [],
    references: [],
    provider: 'Generic',
    precision: 'generic',
    carrier: 'file',
    encodings: [],
    preview: 'abc…xyz',
    valueHash: '',
    first: { commit: aCommit('a'), path: 'package-lock.json', line: 12 },
    last: { commit: aCommit('b'), path: 'package-lock.json', line: 1467 },
    objectCount: 2,
    commitCount: 2,
    isInHead: true,
    secret: new SecretValue(''),
  };
}

function aCommit(digit: string): CommitReference {
  return { id: digit.repeat(40), authorName: '', authorEmail: '', date: '', subject: '' };
}

function aVerdict(count: number): GateVerdict {
  const findings = Array.from({ length: count }, (_, index) => ({
    finding_id: index.toString(16).padStart(16, '0'),
    rule_id: 'x',
    title: 'A token',
    severity: 'high' as const,
    preview: '',
    path: 'a.env',
    line: 1,
    commit: null,
    is_accepted: false,
    is_allowed_inline: false,
  }));
  return { blocked: count, findings };
}

test('a refusal because of secrets holds the command that accepts them, with their ids', () => {
  assert.match(describeVerdict(aVerdict(2)), / --waive 0{16} 0{15}1 --reason <why>$/);
  assert.match(describeVerdict(aVerdict(30)), / 0{15}9 … --reason <why>$/);
});
