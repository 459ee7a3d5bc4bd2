import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import fc from 'fast-check';
import { runBareGit } from './git.ts';
import { parseCloneUrl } from './parse-clone-url.ts';

test('the forms that people write are taken', () => {
  const cases: Record<string, [url: string, host: string, port: number]> = {
    'https://github.com/owner/repo.git': ['https://github.com/owner/repo.git', 'github.com', 443],
    'HTTPS://GitHub.com:8443/owner/repo': ['https://github.com:8443/owner/repo', 'github.com', 8443],
    'https://127.0.0.1/a/b': ['https://127.0.0.1/a/b', '127.0.0.1', 443],
    'https://[2001:db8::1]/a': ['https://[2001:db8::1]/a', '[2001:db8::1]', 443],
    'https://host/~user/a%20b': ['https://host/~user/a%20b', 'host', 443],
    'https://host/grün': ['https://host/gr%C3%BCn', 'host', 443],
    'ssh://git@host.example:2222/owner/repo.git': ['ssh://git@host.example:2222/owner/repo.git', 'host.example', 2222],
    'ssh://jane%40example.org@host:2022/p/shop': ['ssh://jane%40example.org@host:2022/p/shop', 'host', 2022],
    'ssh://git@[2001:db8::1]:2222/a': ['ssh://git@[2001:db8::1]:2222/a', '[2001:db8::1]', 2222],
    'git@github.com:owner/repo.git': ['git@github.com:owner/repo.git', 'github.com', 22],
    'jane+ci@host:~/app.git': ['jane+ci@host:~/app.git', 'host', 22],
    'git@[2001:db8::1]:owner/repo.git': ['git@[2001:db8::1]:owner/repo.git', '[2001:db8::1]', 22],
    '[git@host.example:2222]:owner/repo.git': ['[git@host.example:2222]:owner/repo.git', 'host.example', 2222],
  };

  for (const [text, [url, host, port]] of Object.entries(cases)) {
    const parsed = parseCloneUrl(text);
    assert.deepEqual([parsed.url, parsed.host, parsed.port], [url, host, port], text);
  }
});

test('credentials leave the URL', () => {
  const token = ['a', 'b', '@', 'c'].join('');

  const both = parseCloneUrl(`https://user%40mail:${encodeURIComponent(token)}@host/a`);
  const alone = parseCloneUrl(`https://${encodeURIComponent(token)}@host/a`);

  assert.deepEqual([both.url, both.username, both.password], ['https://host/a', 'user@mail', token]);
  assert.deepEqual([alone.url, alone.username, alone.password], ['https://host/a', token, undefined]);
});

const payload = 'touch canary';
const hostileUrls = [
  // G1: options in disguise.
  `--upload-pack=${payload}`,
  '-u',
  `--config=core.sshCommand=${payload}`,
  '-oProxyCommand=x:y',
  'ssh://-oProxyCommand=x/y',
  'ssh://host/-x',
  '-oProxyCommand=x@host:y',
  'git@-oProxyCommand=x:y',
  'git@host:--upload-pack=x',
  'https://-x/y',
  'ssh://-x@host/y',
  // G2: transports that run programs.
  `ext::sh -c "${payload}"`,
  'ext::sh',
  'fd::17',
  'transport::address',
  'EXT::sh',
  'git@ext::sh',
  'https::https://host/x',
  'a@b::c',
  // G3: local places and other protocols.
  '/etc',
  'file:///etc',
  'FILE:///etc',
  './repo',
  '../repo',
  'repo',
  'C:\\repo',
  'http://host/x',
  'git://host/x',
  'ftp://host/x',
  'ftps://host/x',
  'javascript:alert(1)',
  'git+ssh://host/x',
  'ssh+git://host/x',
  'host:path',
  // G6: what a shell would read.
  `https://host/$(${payload})`,
  'https://$(x)/y',
  'ssh://`x`@host/y',
  'git@host;x:y',
  'git@$(x):y',
  'https://host;x/y',
  'https://ho|st/y',
  'https://host\\@evil/y',
  // Shapes that parsers read differently.
  'https://',
  'https:///path',
  'https://host',
  'https://host/',
  'https://host/x?y',
  'https://host/x#y',
  'https://host:99999/x',
  'ssh://user:word@host/x',
  'ssh://us%20er@host/x',
  'ssh://%2doProxyCommand%3dx@host/y',
  'ssh://a%3ab@host/x',
  'git@[host:x',
  'git@[-oProxyCommand=x]:y',
  'git@[::1]x:y',
  '[git@host:0]:x',
  '[git@host:99999]:x',
  '[git@host]:x',
  '[git@-oProxyCommand=x:22]:y',
  '[-oProxyCommand=x@host:22]:y',
  '[git@host:22]:-x',
  'ssh://host',
  'https:host/x',
  'https:/host/x',
  '',
  ' ',
  'https://%00/x',
  'https://a b/x',
  'https://user:%zz@host/x',
];

test('G1 G2 G3 G6 URLs that could mean anything but a remote repository are refused', () => {
  for (const url of hostileUrls.filter((url) => url !== `https://host/$(${payload})`)) {
    assert.throws(() => parseCloneUrl(url), { code: 'URL_REFUSED' }, url);
  }
  assert.equal(parseCloneUrl('https://host/$(x)').url, 'https://host/$(x)', 'no shell reads it');
});

test('G1 G2 G3 git itself, run as it is here, lets none of them through either', async () => {
  using work = createTemporaryDirectory();
  const options = { homeDirectory: work.path, protocols: ['https' as const] };
  const local = hostileUrls.filter((url) => /^(?:-|ext|fd|transport|EXT|file|FILE|\/|\.|git@|a@|ssh|host:|git:|C:)/.test(url));

  for (const url of local.slice(0, 30)) {
    await assert.rejects(
      runBareGit(['clone', '--mirror', '--no-local', '--template=', '--end-of-options', url, join(work.path, 'x')], options),
      Error,
      url,
    );
  }

  assert.equal(existsSync(join(work.path, 'canary')), false);
});

test('G21 a control character, a space or a backslash anywhere is refused', () => {
  for (const url of ['https://user:word@host.example/owner/repo', 'ssh://git@host/repo', 'git@host:repo']) {
    for (const bad of [...Array.from({ length: 0x21 }, (_, code) => String.fromCharCode(code)), '\x7f', '\x85', '\u2028', '\\']) {
      for (let at = 0; at <= url.length; at++) {
        assert.throws(() => parseCloneUrl(url.slice(0, at) + bad + url.slice(at)), { code: 'URL_REFUSED' });
      }
    }
  }
});

test('whatever is taken begins with its protocol or user, holds no credentials, and is taken again as the same', () => {
  const piece = fc.constantFrom(
    'https://',
    'ssh://',
    'git@',
    'host',
    '.example',
    ':',
    '/',
    '-',
    '@',
    '%2f',
    '..',
    'user:word@',
    '[::1]',
    '8443',
    'file:///',
    'ext::',
    '?',
    '#',
    'é',
  );
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
      let parsed;
      try {
        parsed = parseCloneUrl(pieces.join(''));
      } catch {
        return;
      }
      assert.match(parsed.url, /^(?:https:\/\/[^@]+\/|ssh:\/\/|\[?[a-z0-9_][a-z0-9._+-]*@)/i);
      const { username: _, password: __, ...rest } = parsed;
      assert.deepEqual(parseCloneUrl(parsed.url), rest);
    }),
    { numRuns: 3000 },
  );
});

test('local paths are taken when they are allowed', () => {
  assert.equal(parseCloneUrl('/some/path', { allowFile: true }).url, '/some/path');
  assert.equal(parseCloneUrl('file:///some/pa%20th', { allowFile: true }).url, '/some/pa th');
});

test('a refusal does not repeat the URL', () => {
  const secret = ['pass', 'word'].join('-');

  assert.throws(
    () => parseCloneUrl(`http://user:${secret}@host/x`),
    (error: Error) => !error.message.includes(secret),
  );
});
