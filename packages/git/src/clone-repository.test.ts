import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { createEgressPolicy } from '@deployguard/egress';
import { collect, createTemporaryDirectory, createTestRepository, startTestGitServer } from '@deployguard/testkit';
import type { TestGitServer, TestGitServerOptions, TestRepository } from '@deployguard/testkit';
import { cloneRepository } from './clone-repository.ts';
import type { CloneOptions } from './clone-repository.ts';
import type { GitError } from './git-error.ts';
import { readAllObjects } from './read-objects.ts';
import { encodeName } from './ref-name.ts';
import type { TransferProgress } from './transfer-progress.ts';

const work = createTemporaryDirectory();
after(() => work.dispose());
const ownNetwork = createEgressPolicy({ allowPrivate: true });
// Assembled at run time: nothing that looks like a credential stands in a file.
const password = ['correct', 'horse'].join('-');

for (const objectFormat of ['sha1', 'sha256'] as const) {
  test(`a ${objectFormat} clone has every ref and object that the server shows, and nothing that names it`, async () => {
    await using source = createTestRepository({ bare: true, objectFormat });
    const first = source.commit({ files: { a: '1' } });
    source.tag('v1', { target: first, message: 'Release\n' });
    source.note(first, 'a note');
    source.updateRef('refs/pull/1/head', source.commit({ files: { a: 'pull' }, branch: undefined }));
    source.updateRef(encodeName('refs/heads/grün'), first);
    await using server = await serve(source);
    const progress: TransferProgress[] = [];

    await using repository = await clone(server, { onProgress: (step) => progress.push(step) });

    const expected = await source.git(['for-each-ref', '--format=%(objectname) %(refname)']);
    assert.equal((await repository.git.run(['for-each-ref', '--format=%(objectname) %(refname)'])).toString(), expected);
    const ids = (await collect(readAllObjects(repository.git))).flat().map((object) => object.oid);
    assert.deepEqual(
      ids.sort(),
      (await source.git(['cat-file', '--batch-all-objects', '--batch-check=%(objectname)'])).trim().split('\n').sort(),
    );
    assert.deepEqual([repository.head, repository.obstacles, repository.objectFormat], ['refs/heads/main', [], objectFormat]);
    assert.ok(progress.some((step) => step.phase === 'receiving' && step.done === step.total));
    assert.deepEqual(findInFiles(repository.gitDir, 'localhost'), []);
  });
}

test('one branch comes alone when asked for', async () => {
  await using source = createTestRepository({ bare: true });
  const first = source.commit({ files: { a: '1' } });
  source.commit({ files: { a: '2' } });
  source.updateRef('refs/heads/side', first);
  await using server = await serve(source);

  await using repository = await clone(server, { branch: 'side' });

  assert.deepEqual([repository.refs, repository.head], [[{ name: 'refs/heads/side', target: first }], 'refs/heads/side']);
  await assert.rejects(clone(server, { branch: 'none' }), { code: 'REMOTE_NOT_FOUND' });
});

test('an empty repository can be cloned', async () => {
  await using source = createTestRepository({ bare: true });
  await using server = await serve(source);

  await using repository = await clone(server);

  assert.deepEqual([repository.refs, repository.head], [[], undefined]);
});

test('credentials from options or URL reach the server, and no file', async () => {
  await using source = createTestRepository({ bare: true });
  source.commit({ files: { a: '1' } });
  await using server = await serve(source, { credentials: `ada:${password}` });
  const repositoryUrl = `${server.url}/repository.git`;

  await using fromOptions = await clone(server, { credentials: { username: 'ada', password } });
  await using fromUrl = await cloneRepository(repositoryUrl.replace('//', `//ada:${password}@`), optionsFor(server));

  const encoded = Buffer.from(`ada:${password}`).toString('base64');
  for (const repository of [fromOptions, fromUrl]) {
    assert.equal(repository.refs.length, 1);
    for (const text of [password, encoded]) assert.deepEqual(findInFiles(dirname(repository.gitDir), text), []);
  }
  await assert.rejects(clone(server), { code: 'AUTHENTICATION_FAILED' });
  await assert.rejects(clone(server, { credentials: { password: 'wrong' } }), { code: 'AUTHENTICATION_FAILED' });
});

test('no credential stands in any process list while git works', async () => {
  await using source = createTestRepository({ bare: true });
  source.commit({ files: { a: randomBytes(2_000_000) } });
  const seen: string[] = [];
  await using server = await serve(source, {
    credentials: `ada:${password}`,
    intercept: () => {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        try {
          seen.push(readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
        } catch {
          // It has ended since.
        }
      }
      return false;
    },
  });

  await using repository = await clone(server, { credentials: { username: 'ada', password } });

  assert.ok(repository.refs.length === 1 && seen.some((line) => line.includes('remote-https')));
  const encoded = Buffer.from(`ada:${password}`).toString('base64');
  assert.deepEqual(
    seen.filter((line) => line.includes(password) || line.includes(encoded) || line.includes('deployguard:')),
    [],
  );
});

test('G19 a redirect is not followed and gets no credentials', async () => {
  await using other = await startTestGitServer();
  await using server = await startTestGitServer({
    intercept(request, response) {
      response.writeHead(302, { location: `${other.url}${request.url}` }).end();
      return true;
    },
  });

  await assert.rejects(clone(server, { credentials: { password } }), { code: 'URL_REFUSED', message: /another address/ });

  assert.deepEqual(other.requests, []);
});

test('G20 credentials go to the origin of the URL alone', async () => {
  await using source = createTestRepository({ bare: true });
  source.commit({ files: { a: '1' } });
  await using server = await serve(source);

  await using _ = await clone(server, { credentials: { password } });

  assert.ok(server.requests.length > 0 && server.requests.every((request) => request.authorization?.startsWith('Basic ')));
});

test('G10 a bundle that the server advertises is not fetched', async () => {
  await using bundleHost = await startTestGitServer();
  await using source = createTestRepository({ bare: true });
  source.commit({ files: { a: '1' } });
  await source.git(['config', 'uploadpack.advertiseBundleURIs', 'true']);
  await source.git(['config', 'bundle.version', '1']);
  await source.git(['config', 'bundle.mode', 'all']);
  await source.git(['config', 'bundle.x.uri', `${bundleHost.url}/x.bundle`]);
  await using server = await serve(source);

  await using repository = await clone(server);

  assert.equal(repository.refs.length, 1);
  assert.deepEqual(bundleHost.requests, []);
});

test('G22 N1 a server on one’s own network sees nothing, under any name, unless it is allowed', async () => {
  await using source = createTestRepository({ bare: true });
  source.commit({ files: { a: '1' } });
  await using server = await serve(source);
  const attempts: [host: string, policy: CloneOptions['policy']][] = [
    ['localhost', undefined],
    ['127.0.0.1', undefined],
    ['2130706433', undefined],
    ['[::ffff:127.0.0.1]', undefined],
    ['rebound.test.example', createEgressPolicy({ lookup: async () => ['127.0.0.1'] })],
    ['mixed.test.example', createEgressPolicy({ lookup: async () => ['1.1.1.1', '127.0.0.1'] })],
  ];

  for (const [host, policy] of attempts) {
    const cloning = cloneRepository(`https://${host}:${server.port}/repository.git`, {
      ...optionsFor(server),
      ...(policy ? { policy } : { policy: createEgressPolicy() }),
    });
    await assert.rejects(cloning, { code: 'URL_REFUSED' }, host);
  }
  assert.deepEqual(server.requests, []);

  const named = createEgressPolicy({ allowHosts: ['named.test.example'], lookup: async () => ['127.0.0.1'] });
  await using repository = await cloneRepository(`https://named.test.example:${server.port}/repository.git`, {
    ...optionsFor(server),
    policy: named,
  });
  assert.equal(repository.refs.length, 1);
});

test('G22 a name that turns to another address after the first request gets no second', async () => {
  let lookups = 0;
  await using server = await startTestGitServer({
    intercept(_, response) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"', connection: 'close' }).end();
      return true;
    },
  });
  const flipping = createEgressPolicy({ allowHosts: ['127.0.0.1'], lookup: async () => (lookups++ === 0 ? ['127.0.0.1'] : ['10.0.0.1']) });

  await assert.rejects(cloneRepository(`https://flip.test.example:${server.port}/x`, { ...optionsFor(server), policy: flipping }));

  assert.equal(server.requests.length, 1);
});

test('a certificate of an unknown authority is refused', async () => {
  await using server = await startTestGitServer();
  const { caFile: _, ...options } = optionsFor(server);

  await assert.rejects(cloneRepository(`${server.url}/x`, options), { code: 'REMOTE_UNREACHABLE', message: /certificate/ });
  assert.deepEqual(server.requests, []);
});

test('a repository that is not there, a server that is not there and one that is none are told apart from faults of ours', async () => {
  await using source = createTestRepository({ bare: true });
  await using server = await serve(source);
  const none = await startTestGitServer();
  await none.close();

  await assert.rejects(cloneRepository(`${server.url}/absent.git`, optionsFor(server)), { code: 'REMOTE_NOT_FOUND' });
  await assert.rejects(cloneRepository(`${none.url}/x.git`, optionsFor(server)), { code: 'REMOTE_UNREACHABLE' });
});

test('a repository that is damaged on the server is told from a server that cannot be reached', async () => {
  await using source = createTestRepository({ bare: true });
  source.commit({ files: { a: '1', b: '2' } });
  const blob = (await source.git(['rev-parse', 'main:b'])).trim();
  await using server = await serve(source);
  rmSync(join(source.path, 'objects', blob.slice(0, 2), blob.slice(2)), { force: true });

  await assert.rejects(clone(server), { code: 'TRANSFER_FAILED', message: /broke off .* damaged there/ });
});

test('G15 an endless pack ends at the limit of received bytes', async () => {
  await using server = await serveEndlessPack((response) => {
    const send = (): void => {
      while (!response.destroyed && response.write(sideband(storedBlock)));
    };
    response.on('drain', send);
    send();
  });

  await assert.rejects(clone(server, { limits: { receivedBytes: 2_000_000 } }), { code: 'LIMIT_EXCEEDED' });
});

test('G15 a pack larger than a file may be ends there, and nothing is left', async () => {
  await using source = createTestRepository({ bare: true });
  source.commit({ files: { a: randomBytes(1_000_000) } });
  await using server = await serve(source);

  await assert.rejects(clone(server, { limits: { process: { fileSizeBytes: 300_000 } } }), { code: 'LIMIT_EXCEEDED' });
});

test('G15 a drip that is too slow is given up', async () => {
  await using server = await serveEndlessPack((response) => {
    const timer = setInterval(() => response.write(sideband(Buffer.alloc(1))), 100);
    response.on('close', () => clearInterval(timer));
  });

  const limits = { lowSpeedBytesPerSecond: 1000, lowSpeedSeconds: 1 };
  await assert.rejects(clone(server, { limits }), { code: 'REMOTE_UNREACHABLE' });
  await assert.rejects(clone(server, { limits: { timeoutSeconds: 1 } }), { code: 'LIMIT_EXCEEDED' });
});

test('G18 what a remote writes steers no terminal', async () => {
  await using server = await startTestGitServer({
    intercept(_, response) {
      const line = 'ERR \x1b[31mred\x1b]0;title\x07 \u202eright to left\u202c\r\nforged: line\n';
      response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
      response.end(pktLine('# service=git-upload-pack\n') + '0000' + pktLine(line));
      return true;
    },
  });

  await assert.rejects(clone(server), (error: GitError) => {
    assert.match(error.details, /red/);
    assert.doesNotMatch(error.details + error.message, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
    return true;
  });
});

test('G24 trees that would write into .git when checked out are not taken', async () => {
  for (const name of ['.git', '.GIT', 'git~1', '.g\u200cit', '.git ', '..', '.git::$INDEX_ALLOCATION']) {
    await using source = createTestRepository({ bare: true });
    const inner = source.writeTree([{ mode: '100644', name: 'config', oid: source.writeBlob('x') }]);
    source.commit({ tree: source.writeTree([{ mode: '40000', name: encodeName(name), oid: inner }]) });
    await using server = await serve(source);
    await assert.rejects(clone(server), { code: 'CONTENT_REFUSED' }, name);
  }
});

test('G9 submodules are data: those that attack git are not taken, the others not followed', async () => {
  const canary = join(work.path, 'canary');
  const cases: [settings: string, isTaken: boolean][] = [
    [`[submodule "x"]\n\tpath = "x\\r"\n\turl = ./x\n`, true],
    [`[submodule "x"]\n\tpath = x\n\turl = ext::touch ${canary}\n`, true],
    [`[submodule "x"]\n\tpath = x\n\turl = -u./payload\n`, false],
    [`[submodule "../../x"]\n\tpath = x\n\turl = ./x\n`, false],
    [`[submodule "x"]\n\tpath = x\n\turl = ./x\n\tupdate = !touch ${canary}\n`, false],
  ];

  for (const [settings, isTaken] of cases) {
    await using source = createTestRepository({ bare: true });
    source.commit({ files: { '.gitmodules': settings, x: { mode: '160000', oid: '1'.repeat(40) } } });
    await using server = await serve(source);
    if (isTaken) await (await clone(server)).close();
    else await assert.rejects(clone(server), { code: 'CONTENT_REFUSED' }, settings);
  }
  assert.equal(existsSync(canary), false);
});

test('old histories with harmless faults can be cloned', async () => {
  await using source = createTestRepository({ bare: true });
  const blob = source.writeBlob('x');
  const tree = source.writeTree([
    { mode: '0100644', name: 'padded', oid: blob },
    { mode: '100664', name: 'odd', oid: blob },
    { mode: '100644', name: 'odd', oid: blob },
  ]);
  const identities = [
    'A <a@b> 1 +051800',
    'A<a@b> 1 +0000',
    '<a@b> 1 +0000',
    'A <a <b> 1 +0000',
    'A 1 +0000',
    'A <a@b> 99999999999999999999 +0000',
    'A <a@b> 01 +0000',
  ];
  for (const [index, who] of identities.entries()) {
    const oid = source.writeObject('commit', `tree ${tree}\nauthor ${who}\ncommitter ${who}\n\nm\0n\n`);
    source.updateRef(`refs/heads/b${index}`, oid);
  }
  source.updateRef('refs/tags/t', source.writeObject('tag', `object ${tree}\ntype tree\ntag t\n\nno tagger\n`));
  await using server = await serve(source);

  await using repository = await clone(server);

  assert.equal(repository.refs.length, identities.length + 1);
});

test('a cancelled clone stops and leaves nothing', async () => {
  const controller = new AbortController();
  await using server = await serveEndlessPack(() => controller.abort());

  await assert.rejects(clone(server, { signal: controller.signal }), { code: 'ABORTED' });
});

test('a failed clone leaves nothing behind', () => {
  assert.deepEqual(readdirSync(work.path), []);
});

function optionsFor(server: TestGitServer): CloneOptions {
  return { workDirectory: work.path, caFile: server.caFile, policy: ownNetwork };
}

async function clone(server: TestGitServer, options: Partial<CloneOptions> = {}) {
  return await cloneRepository(`${server.url}/repository.git`, { ...optionsFor(server), ...options });
}

async function serve(source: TestRepository, options: TestGitServerOptions = {}): Promise<TestGitServer> {
  return await startTestGitServer({ root: dirname(source.path), ...options });
}

/** A pack of one blob of 2^60 bytes (gitformat-pack(5)), as far as the start of its zlib stream and of a stored block (RFC 1951, 3.2.4). */
const packStart = Buffer.from(['5041434b0000000200000001', 'b0', '80'.repeat(7), '40', '7801', '00ff7f0080'].join(''), 'hex');
const storedBlock = Buffer.concat([Buffer.alloc(0x7fff), Buffer.from('00ff7f0080', 'hex')]);

/** A server that shows one ref, and whose pack is whatever `send` writes. */
async function serveEndlessPack(
  send: (response: Parameters<NonNullable<TestGitServerOptions['intercept']>>[1]) => void,
): Promise<TestGitServer> {
  const oid = '1'.repeat(40);
  return await startTestGitServer({
    intercept(request, response) {
      if (request.method === 'GET') {
        response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
        const refs = pktLine(`${oid} HEAD\0side-band-64k ofs-delta\n`) + pktLine(`${oid} refs/heads/main\n`);
        response.end(`${pktLine('# service=git-upload-pack\n')}0000${refs}0000`);
      } else {
        response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-result' });
        response.write(pktLine('NAK\n'));
        response.write(sideband(packStart));
        send(response);
      }
      return true;
    },
  });
}

/** gitprotocol-common(5): four hex digits of length, themselves included. */
function pktLine(text: string): string {
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text;
}

function sideband(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${(bytes.length + 5).toString(16).padStart(4, '0')}\x01`), bytes]);
}

function findInFiles(directory: string, text: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text));
}
