import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { startProcess } from '@deployguard/process';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { findBuiltInProgram } from './find-built-in-program.ts';

interface Site extends AsyncDisposable {
  get(
    path: string,
    headers?: Record<string, string>,
    method?: string,
  ): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>;
}

test('pages, folders and their types are served', async () => {
  await using site = await aSite();

  assert.equal((await site.get('/')).body, 'home');
  assert.equal((await site.get('/')).headers['content-type'], 'text/html; charset=utf-8');
  assert.equal((await site.get('/docs/')).body, 'docs');
  assert.equal((await site.get('/style.css')).headers['content-type'], 'text/css; charset=utf-8');
  assert.equal((await site.get('/with%20blank%20%C3%A4.txt?x=1')).body, 'blank');
  assert.equal((await site.get('/.well-known/security.txt')).body, 'contact');
  assert.equal((await site.get('/link-inside.txt')).body, 'blank');
  assert.deepEqual(pick(await site.get('/docs?q=1'), 'location'), [301, '/docs/?q=1']);
  assert.equal((await site.get('/style.css', {}, 'HEAD')).body, '');
});

test('nothing outside of the folder is served, nor what is hidden', async () => {
  await using site = await aSite();
  const outside = [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/docs/../../secret.txt',
    '/..\\secret.txt',
    '/link-outside.txt',
    '/out/secret.txt',
  ];

  for (const path of [...outside, '/.env', '/.git/config', '/docs/.hidden', '/%00', '/%', '//evil.example/..', '*'])
    assert.match(String((await site.get(path)).status), /^40[04]$/, path);
});

test('a redirect never leads to another host', async () => {
  await using site = await aSite();

  const answers = await Promise.all(['//docs', '/%2fdocs', '/\\docs', '/docs%0d%0ax:%20y'].map((path) => site.get(path)));

  for (const { headers } of answers) assert.ok(headers.location === undefined || /^\/[^/\\]/.test(headers.location));
});

test('what is unchanged is not sent again, and a part of a file can be asked for', async () => {
  await using site = await aSite();
  const { headers } = await site.get('/style.css');

  assert.equal((await site.get('/style.css', { 'if-none-match': headers.etag! })).status, 304);
  const part = await site.get('/style.css', { range: 'bytes=1-3' });
  assert.deepEqual([part.status, part.body, part.headers['content-range']], [206, 'ody', 'bytes 1-3/6']);
  assert.deepEqual(
    [(await site.get('/style.css', { range: 'bytes=-2' })).body, (await site.get('/style.css', { range: 'bytes=4-' })).body],
    ['{}', '{}'],
  );
  assert.deepEqual(pick(await site.get('/style.css', { range: 'bytes=9-' }), 'content-range'), [416, 'bytes */6']);
});

test('only reading is allowed', async () => {
  await using site = await aSite();

  assert.deepEqual(pick(await site.get('/', {}, 'POST'), 'allow'), [405, 'GET, HEAD']);
});

test('a page that is not there is the own 404 page, or index.html of a single-page application', async () => {
  await using plain = await aSite();
  await using own = await aSite({ '404.html': 'not here' });
  await using single = await aSite({}, ['--single-page']);

  assert.deepEqual(brief(await plain.get('/a/b')), [404, 'Not found\n']);
  assert.deepEqual(brief(await own.get('/a/b')), [404, 'not here']);
  assert.deepEqual(brief(await single.get('/a/b')), [200, 'home']);
  assert.deepEqual(brief(await single.get('/a/b.js')), [404, 'Not found\n']);
});

function brief({ status, body }: { status: number; body: string }): [number, string] {
  return [status, body];
}

function pick({ status, headers }: { status: number; headers: IncomingHttpHeaders }, name: string): unknown[] {
  return [status, headers[name]];
}

async function aSite(files: Readonly<Record<string, string>> = {}, flags: readonly string[] = []): Promise<Site> {
  const directory = createTemporaryDirectory();
  const folder = join(directory.path, 'site');
  const all = {
    'index.html': 'home',
    'docs/index.html': 'docs',
    'docs/.hidden': 'hidden',
    'style.css': 'body{}',
    'with blank ä.txt': 'blank',
    '.env': 'hidden',
    '.git/config': 'hidden',
    '.well-known/security.txt': 'contact',
    ...files,
  };
  for (const [path, content] of Object.entries(all)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  writeFileSync(join(directory.path, 'secret.txt'), 'secret');
  symlinkSync('with blank ä.txt', join(folder, 'link-inside.txt'));
  symlinkSync('../secret.txt', join(folder, 'link-outside.txt'));
  symlinkSync('..', join(folder, 'out'));
  const running = startProcess({
    program: process.execPath,
    args: [findBuiltInProgram('static-server.mjs'), folder, ...flags],
    env: { PORT: '0' },
  });
  const [line] = (await once(running.stdout, 'data')) as [Buffer];
  const port = Number(/on port (\d+)/.exec(line.toString())?.[1]);
  return {
    get: (path, headers = {}, method = 'GET') => send({ port, path, headers, method }),
    async [Symbol.asyncDispose]() {
      await running.kill();
      directory.dispose();
    },
  };
}

async function send(options: { port: number; path: string; headers: Record<string, string>; method: string }): ReturnType<Site['get']> {
  const asked = request({ host: '127.0.0.1', agent: false, ...options });
  asked.end();
  const [response] = await once(asked, 'response');
  const body = Buffer.concat(await response.toArray()).toString();
  return { status: response.statusCode, headers: response.headers, body };
}
