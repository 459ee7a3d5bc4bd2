import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { aWorkTree } from '../../test/a-work-tree.ts';
import { createPlainContext } from '../reference/plain-context.ts';
import { chooseTransfer } from './choose-transfer.ts';
import { findOriginUrl } from './find-origin-url.ts';
import { findTopDirectory } from './find-top-directory.ts';
import { loadConfiguration } from './load-configuration.ts';
import { readCredentials } from './read-credentials.ts';
import { readInputText } from './read-input-file.ts';

const contextWith = (environment: Record<string, string>, workingDirectory = '/') => ({
  ...createPlainContext(),
  environment,
  workingDirectory,
});

test('the work tree around a directory is found upwards; without one the directory stays', () => {
  using directory = createTemporaryDirectory();
  const deep = join(directory.path, 'a', 'b');
  mkdirSync(deep, { recursive: true });

  assert.equal(findTopDirectory(deep), deep);
  mkdirSync(join(directory.path, '.git'));
  assert.equal(findTopDirectory(deep), directory.path);
});

test('text is read as editors and shells of Windows write it; a configuration in another encoding is refused', async () => {
  using directory = createTemporaryDirectory();
  const context = contextWith({}, directory.path);
  const write = (name: string, content: Buffer): void => writeFileSync(join(directory.path, name), content);
  const text = '# größe\n';
  write('utf8', Buffer.from(`\ufeff${text}`));
  write('utf16le', Buffer.from(`\ufeff${text}`, 'utf16le'));
  write('utf16be', Buffer.from(`\ufeff${text}`, 'utf16le').swap16());
  write('latin1.toml', Buffer.from(text, 'latin1'));

  for (const name of ['utf8', 'utf16le', 'utf16be']) assert.equal(readInputText(name, context).text, text, name);
  await assert.rejects(loadConfiguration({ config: 'latin1.toml' }, undefined, context), { code: 'USAGE', message: /Save it in UTF-8/ });
});

test('the origin is known without its credentials, and only when it is a remote place', async () => {
  using repository = aWorkTree();

  assert.equal(await findOriginUrl(repository.path), undefined);
  repository.git('remote', 'add', 'origin', 'https://jane:made-up@example.org/octo/app.git');
  assert.equal(await findOriginUrl(repository.path), 'https://example.org/octo/app.git');
  repository.git('remote', 'set-url', 'origin', '/somewhere/local');
  assert.equal(await findOriginUrl(repository.path), undefined);
});

test('credentials come from the environment; a token alone is enough', () => {
  assert.equal(readCredentials(contextWith({})), undefined);
  assert.equal(readCredentials(contextWith({ DEPLOYGUARD_GIT_TOKEN: '' })), undefined);
  assert.deepEqual(readCredentials(contextWith({ DEPLOYGUARD_GIT_TOKEN: 't' })), { username: 'x-access-token', password: 't' });
  assert.deepEqual(readCredentials(contextWith({ DEPLOYGUARD_GIT_TOKEN: 't', DEPLOYGUARD_GIT_USERNAME: 'u' })), {
    username: 'u',
    password: 't',
  });
});

test('the host that was typed may be private; others may not', () => {
  const { policy } = chooseTransfer('https://git.internal/a.git', contextWith({}));

  assert.equal(policy.isAllowed('10.0.0.1', 'git.internal'), true);
  assert.equal(policy.isAllowed('10.0.0.1', 'elsewhere.internal'), false);
  assert.equal(policy.isAllowed('169.254.169.254', 'elsewhere.internal'), false);
});

test('for ssh the user’s own known hosts and key are used unless named', () => {
  using home = createTemporaryDirectory();
  mkdirSync(join(home.path, '.ssh'));
  for (const name of ['id_rsa', 'known_hosts', 'others']) writeFileSync(join(home.path, '.ssh', name), '');
  const others = join(home.path, '.ssh', 'others');

  const own = chooseTransfer('git@example.org:octo/app.git', contextWith({ HOME: home.path }));
  const named = chooseTransfer(
    'ssh://git@example.org/octo/app.git',
    contextWith({ HOME: home.path, DEPLOYGUARD_SSH_KNOWN_HOSTS: others, SSH_AUTH_SOCK: '/agent' }),
  );

  assert.deepEqual(own.ssh, { knownHostsFile: join(home.path, '.ssh', 'known_hosts'), identityFile: join(home.path, '.ssh', 'id_rsa') });
  assert.deepEqual([named.ssh?.knownHostsFile, named.ssh?.agentSocket], [others, '/agent']);
});

test('rules of the command line win over the configuration, unknown ones are refused', async () => {
  using directory = createTemporaryDirectory();
  writeFileSync(join(directory.path, '.deployguard.toml'), '[rules]\ndisable = ["github-refresh-token"]\n');
  const context = contextWith({}, directory.path);

  const { detector } = await loadConfiguration(
    { disableRule: ['github-oauth-access-token'], rule: ['npm-access-token'] },
    directory.path,
    context,
  );

  assert.deepEqual(detector.enabledRules, ['npm-access-token']);
  assert.deepEqual(detector.disabledRules, ['github-refresh-token', 'github-oauth-access-token']);
  const untrusting = await loadConfiguration({ repoConfig: false }, directory.path, context);
  const chosen = await loadConfiguration({ repoConfig: false, config: '.deployguard.toml' }, directory.path, context);
  assert.deepEqual([untrusting.detector.disabledRules, untrusting.ignoresComments], [undefined, true]);
  assert.deepEqual([chosen.detector.disabledRules, chosen.ignoresComments], [['github-refresh-token'], true]);
  await assert.rejects(loadConfiguration({ rule: ['nope'] }, undefined, context), { code: 'USAGE' });
  await assert.rejects(loadConfiguration({ config: 'missing.toml' }, undefined, context), { code: 'USAGE' });
});

test('a key that is named and not there is told before a server refuses', () => {
  using home = createTemporaryDirectory();
  const known = join(home.path, 'known');
  writeFileSync(known, '');
  const environment = { HOME: home.path, DEPLOYGUARD_SSH_KNOWN_HOSTS: known, DEPLOYGUARD_SSH_KEY: '/no/such/key' };

  assert.throws(() => chooseTransfer('git@example.org:octo/app.git', contextWith(environment)), {
    code: 'USAGE',
    message: /DEPLOYGUARD_SSH_KEY names \/no\/such\/key/,
  });
});

test('without known hosts no ssh server can be recognised, and the way out is named', () => {
  using home = createTemporaryDirectory();

  assert.throws(() => chooseTransfer('git@example.org:octo/app.git', contextWith({ HOME: home.path })), {
    code: 'USAGE',
    message: /\.ssh\/known_hosts.*Connect to it once with ssh.*DEPLOYGUARD_SSH_KNOWN_HOSTS/,
  });
});
