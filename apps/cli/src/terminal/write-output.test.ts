import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { createTerminal } from './terminal.ts';
import { writeOutput } from './write-output.ts';

const terminal = createTerminal({ write: () => assert.fail('nothing is to be written to the terminal') }, {});

test('a file holds all pieces and only its owner can read it', async () => {
  using directory = createTemporaryDirectory();
  const file = join(directory.path, 'report.json');

  await writeOutput(['a'.repeat(100_000), 'b', 'é'], terminal, file);

  assert.equal(readFileSync(file, 'utf8'), `${'a'.repeat(100_000)}bé`);
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('a document that breaks off leaves the old file as it was and nothing beside it', async () => {
  using directory = createTemporaryDirectory();
  const file = join(directory.path, 'report.json');
  writeFileSync(file, 'old');
  async function* breakingOff() {
    yield 'new '.repeat(50_000);
    throw new Error('broken off');
  }

  await assert.rejects(writeOutput(breakingOff(), terminal, file), /broken off/);

  assert.equal(readFileSync(file, 'utf8'), 'old');
  assert.deepEqual(readdirSync(directory.path), ['report.json']);
});
