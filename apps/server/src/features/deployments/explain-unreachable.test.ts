import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GitError } from '@deployguard/git';
import { explainUnreachable } from './explain-unreachable.ts';

const unreached = new GitError('REMOTE_UNREACHABLE', 'The server cannot be reached, or ended the connection.');

function explain(host: string, noted: readonly string[], isForOne = true): string {
  const { code, message } = explainUnreachable(unreached, { url: `https://${host}:8443/x.git`, noted, isForOne }) as GitError;
  return `${code} ${message}`;
}

test('whoever runs the service is told whether a name is unknown or leads to an address inside', () => {
  assert.match(explain('no.invalid', ['no.invalid: HOST_NOT_FOUND']), /^REMOTE_UNREACHABLE There is no host of the name no\.invalid/);
  assert.match(
    explain('localhost', ['localhost: ADDRESS_DENIED']),
    /^URL_REFUSED localhost leads to a private address.*DEPLOYGUARD_EGRESS_ALLOW/,
  );
  assert.match(explain('git.example.com', ['git.example.com: CONNECTION_FAILED']), /^REMOTE_UNREACHABLE git\.example\.com cannot be/);
});

test('others are told the host, and for each reason the same', () => {
  const answers = ['HOST_NOT_FOUND', 'ADDRESS_DENIED', 'CONNECTION_FAILED'].map((code) => explain('git.internal', [`x: ${code}`], false));

  assert.equal(new Set(answers).size, 1);
  assert.match(answers[0]!, /^REMOTE_UNREACHABLE git\.internal cannot be reached, or has no public address\..*egress\.allow/);
});

test('what is no matter of the way to the host stays as it is', () => {
  const missing = new GitError('REMOTE_NOT_FOUND', 'There is no such repository.');

  assert.equal(explainUnreachable(missing, { url: 'https://x.example/y.git', noted: [], isForOne: true }), missing);
  assert.match(explain('git.example.com', []), /^REMOTE_UNREACHABLE git\.example\.com: The server cannot be reached/);
});
