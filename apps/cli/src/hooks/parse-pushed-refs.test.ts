import assert from 'node:assert/strict';
import test from 'node:test';
import { parsePushedRefs } from './parse-pushed-refs.ts';

const [a, b, none] = ['a'.repeat(40), 'b'.repeat(40), '0'.repeat(40)];

test('updates, new refs and deletions are told apart (githooks(5), pre-push)', () => {
  const input = `refs/heads/main ${a} refs/heads/main ${b}\nrefs/heads/new ${a} refs/heads/new ${none}\n(delete) ${none} refs/heads/old ${b}\n`;

  assert.deepEqual(parsePushedRefs(input), [
    { localTarget: a, remoteTarget: b, isDeletion: false },
    { localTarget: a, isDeletion: false },
    { localTarget: none, remoteTarget: b, isDeletion: true },
  ]);
});

test('nothing pushed is nothing', () => {
  assert.deepEqual(parsePushedRefs(''), []);
});
