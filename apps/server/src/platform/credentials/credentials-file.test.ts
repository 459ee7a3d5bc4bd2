import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { createCredentialsFile } from './credentials-file.ts';

const token = randomBytes(20).toString('hex');
const request = { credentialsId: 'mine', userId: 'local', url: 'https://git.example.com/org/repo.git' };

test('credentials are found by their name, and a change of the file counts at once', async () => {
  using directory = createTemporaryDirectory();
  const file = join(directory.path, 'credentials.yaml');
  writeFileSync(file, `mine: { username: deploy, token: '${token}', origins: ['https://git.example.com'] }\n`, { mode: 0o600 });
  const client = createCredentialsFile(file);

  const first = await client.load(request);
  await assert.rejects(client.load({ ...request, url: 'https://other.example/a.git' }), { code: 'CREDENTIALS_NOT_FOR_ORIGIN' });
  for (const credentialsId of ['yours', 'constructor', '__proto__']) {
    await assert.rejects(client.load({ ...request, credentialsId }), { code: 'CREDENTIALS_NOT_FOUND' });
  }
  writeFileSync(
    file,
    `mine:\n  private_key: |\n    -----BEGIN OPENSSH PRIVATE KEY-----\n    ${token}\n  known_hosts: git.example.com ssh-ed25519 AAAA\n  origins: ['ssh://git.example.com']\n`,
  );
  const second = await client.load({ ...request, url: 'ssh://git@git.example.com/org/repo.git' });

  assert.deepEqual(first.reveal(), { username: 'deploy', password: token });
  assert.deepEqual(second.reveal(), {
    privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${token}\n`,
    knownHosts: 'git.example.com ssh-ed25519 AAAA\n',
  });
});

test('a file that cannot be used, or that others can read, is told without what it holds', async () => {
  using directory = createTemporaryDirectory();
  const file = join(directory.path, 'credentials.yaml');
  const client = createCredentialsFile(file);
  const refuses = (message: RegExp) =>
    assert.rejects(client.load(request), (error: Error & { code: string }) => {
      assert.equal(error.code, 'CREDENTIALS_UNREADABLE');
      assert.match(error.message, message);
      return !inspect(error, { depth: 9 }).includes(token);
    });

  await refuses(/cannot be opened \(ENOENT\)/);
  writeFileSync(file, `mine: { token: "${token}`, { mode: 0o600 });
  await refuses(/no YAML/);
  writeFileSync(file, `mine: { password: "${token}" }`);
  await refuses(/mine has neither/);
  chmodSync(file, 0o640);
  await refuses(/others can read it/);
});
