import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { findSandbox } from './find-sandbox.ts';
import { ProcessError } from './process-error.ts';
import { runProcess } from './run-process.ts';
import type { Sandbox, SandboxGround } from './sandbox.ts';
import { startProcess } from './start-process.ts';

const limit = { timeout: 60_000 };
const searchPath = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;
const env = { PATH: searchPath };

interface Place {
  readonly path: string;
  readonly sandbox: Sandbox;
  /** What a line of shell prints in the sandbox. */
  run(line: string, changes?: Partial<Sandbox>): Promise<string>;
}

/** A folder with `own`, which can be written, `release`, which can be read, and `secret`. */
async function aPlace(context: { after(done: () => void): void }): Promise<Place> {
  const path = mkdtempSync(join(tmpdir(), 'deployguard-sandbox-'));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  for (const name of ['own', 'release', 'secret']) {
    mkdirSync(join(path, name));
    writeFileSync(join(path, name, 'file'), `content of ${name}`);
  }
  const sandbox = { ...(await aGround()), readable: [join(path, 'release')], writable: [join(path, 'own')], temporaryBytes: 1_048_576 };
  return {
    path,
    sandbox,
    async run(line, changes = {}) {
      const command = { program: '/bin/sh', args: ['-c', line], env, cwd: join(path, 'own'), sandbox: { ...sandbox, ...changes } };
      const { stdout, stderr } = await runProcess(command);
      return `${stdout.toString()}${stderr}`;
    },
  };
}

async function aGround(): Promise<SandboxGround> {
  const answer = await findSandbox({ searchPath, shared: [], hidden: [] });
  // As root, `scripts/services install` installs it.
  assert.ok(answer.ground !== undefined, answer.ground === undefined ? answer.problem : '');
  return answer.ground;
}

test('B12 in a sandbox a program reads its own files and the system, and writes where it may', limit, async (context) => {
  const { path, run } = await aPlace(context);

  const printed = await run(`cat ${path}/release/file; echo new > ${path}/own/new; echo; node --print 1+1; date > /tmp/date; hostname`);

  assert.match(printed, /^content of release\n2\n\S+\n$/);
  assert.equal(readFileSync(join(path, 'own', 'new'), 'utf8'), 'new\n');
});

test('B12 what is not named is not there, and what is read cannot be written, root or not', limit, async (context) => {
  const { path, run } = await aPlace(context);
  const places = [`${path}/release/x`, '/x', '/usr/x', '/etc/x', '/dev/x', '/proc/sys/kernel/domainname', '/proc/self/oom_score_adj'];

  const read = await run(`cat ${path}/secret/file /etc/shadow /root/.bashrc ~/.bashrc; ls /home /var /run /root /srv /boot; ls ${path}`);
  const written = await run(
    `for place in ${places.join(' ')}; do (echo 1 > $place) 2>/dev/null && echo "wrote $place"; done; echo 1 > ${path}/x`,
  );

  assert.ok(!read.includes('content'), read);
  assert.deepEqual(
    read.split('\n').filter((line) => line !== '' && !line.includes('No such file')),
    ['own', 'release'],
  );
  assert.equal(written, '');
  // What lies about it is its own `/tmp`.
  assert.equal(existsSync(join(path, 'x')), false);
});

test('B12 it sees no process of others, and has no rights to get', limit, async (context) => {
  const { run } = await aPlace(context);

  const printed = await run(
    `kill -0 ${process.pid}; ls /proc | grep -c '^[0-9]'; grep -E '^(Cap(Prm|Eff|Bnd)|NoNewPrivs)' /proc/self/status | tr -s '\\t\\n' ' '; unshare --user true; head -c 2000000 /dev/zero > /tmp/full; head -c 2000000 /dev/zero > /dev/shm/full`,
  );

  assert.match(printed, /No such process/);
  assert.match(printed, /CapPrm: 0+ CapEff: 0+ CapBnd: 0+ NoNewPrivs: 1/);
  assert.match(printed, /unshare failed/);
  assert.equal(printed.match(/No space left on device/g)?.length, 3, printed);
});

test('B12 what is hidden stays so in folders that are shown, except what is the program’s own', limit, async (context) => {
  const { path, run } = await aPlace(context);
  const key = join(path, 'own.key');
  writeFileSync(key, 'content of key');
  symlinkSync(join(path, 'secret'), join(path, 'link'));

  const printed = await run(`cat ../own.key ../secret/file ../link/file ../release/file; echo; ls ../secret; touch ../secret/x`, {
    shared: [path],
    hidden: [join(path, 'link'), key, join(path, 'missing')],
  });

  assert.deepEqual(printed.match(/content of .*/g), ['content of release']);
  assert.match(printed, /Read-only file system/);
});

test('B12 what is hidden stays so below folders that links lead to', limit, async (context) => {
  const { path, run } = await aPlace(context);
  for (const folder of ['behind/bin', 'behind/secret', 'far/secret']) {
    mkdirSync(join(path, folder), { recursive: true });
    writeFileSync(join(path, folder, 'file'), `content of ${folder}`);
  }
  symlinkSync(join(path, 'behind'), join(path, 'tools'));
  symlinkSync(join(path, 'far'), join(path, 'shared'));

  const printed = await run(`cd ${path}; cat tools/bin/file tools/secret/file shared/secret/file; echo; ls shared; touch shared/secret/x`, {
    searchPath: `${searchPath}:${path}/tools/bin`,
    shared: [join(path, 'shared')],
    hidden: [join(path, 'behind/secret/file'), join(path, 'far/secret')],
  });

  assert.deepEqual(printed.match(/content of .*/g), ['content of behind/bin']);
  assert.match(printed, /^secret$/m);
  assert.match(printed, /Read-only file system/);
});

test('B12 of a hidden folder the programs of the search path are there, and not what lies beside them in it', limit, async (context) => {
  const { path, run } = await aPlace(context);
  const folders = ['home/bin', 'home/lib', 'home/keys', 'home/tools/bin', 'home/tools/data', 'home/tools/keys', 'home'];
  for (const folder of folders) {
    mkdirSync(join(path, folder), { recursive: true });
    writeFileSync(join(path, folder, 'file'), `content of ${folder}`);
  }
  const line = `cd ${path}; for folder in ${folders.join(' ')}; do cat $folder/file 2>/dev/null && echo; done`;
  const own = { searchPath: [searchPath, `${path}/home/bin`, `${path}/home/tools/bin`].join(':') };
  const hidden = [join(path, 'home'), join(path, 'home/tools/keys')];

  const apart = await run(line, { ...own, hidden });
  const within = await run(line, { ...own, hidden, shared: [path] });

  const shown = ['home/bin', 'home/lib', 'home/tools/bin', 'home/tools/data'].map((folder) => `content of ${folder}`);
  assert.deepEqual(apart.trim().split('\n'), shown);
  assert.deepEqual(within.trim().split('\n'), shown);
});

test('a folder of its own stands for one that programs look for, where that is not shown', limit, async (context) => {
  const { path, run } = await aPlace(context);
  const links = { '/srv/data/of-a-program': join(path, 'own'), [join(path, 'release')]: join(path, 'own') };

  const printed = await run(`cat /srv/data/of-a-program/file; echo; cat ${path}/release/file`, { links, shared: [path] });

  assert.equal(printed, 'content of own\ncontent of release');
});

test(
  'programs of the search path find what they were installed with; what lies beside those of a user stays hidden',
  limit,
  async (context) => {
    const { path, run } = await aPlace(context);
    const folders = ['tools/bin', 'tools/data', 'home/.local/bin', 'home/.local/lib', 'home/.local/share', 'home/.cargo/bin'];
    for (const folder of folders) {
      mkdirSync(join(path, folder), { recursive: true });
      writeFileSync(join(path, folder, 'file'), `content of ${folder}`);
    }
    const own = ['tools/bin', 'home/.local/bin', 'home/.cargo/bin', 'missing/bin'].map((folder) => join(path, folder));

    const printed = await run(`cd ${path}; for folder in ${folders.join(' ')}; do cat $folder/file 2>/dev/null && echo; done`, {
      searchPath: [searchPath, ...own].join(':'),
    });

    const shown = folders.filter((folder) => !folder.endsWith('share'));
    assert.deepEqual(printed.trim().split('\n').sort(), shown.map((folder) => `content of ${folder}`).sort());
  },
);

test('the environment is the one given, and in no argument that others could see', limit, async (context) => {
  const { sandbox, path } = await aPlace(context);
  const variables = { ...env, SECRET: ['not', 'to', 'be', 'shown'].join('-'), LINES: 'two\nlines = "yes" $HOME' };
  const running = startProcess({
    program: 'sh',
    args: ['-c', 'cat /proc/[0-9]*/cmdline; echo; env'],
    env: variables,
    cwd: path,
    sandbox: { ...sandbox, shared: [path] },
  });
  let printed = '';
  running.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));

  await running.done;

  const [commands, ...rest] = printed.split('\n');
  assert.ok(!commands!.includes(variables.SECRET), commands);
  assert.deepEqual(rest.join('\n').trim().split('\n').sort(), [
    `LINES=two`,
    `PATH=${searchPath}`,
    `PWD=${path}`,
    `SECRET=${variables.SECRET}`,
    `lines = "yes" $HOME`,
  ]);
});

test('B12 variables and programs of what is kept in the sandbox do not act on what makes it', limit, async (context) => {
  const { path, sandbox } = await aPlace(context);
  const own = join(path, 'own');
  for (const name of ['prlimit', 'bwrap'])
    writeFileSync(join(own, name), `#!/bin/sh\ntouch ${path}/outside\nexec /usr/bin/${name} "$@"\n`, { mode: 0o755 });

  const { stdout } = await runProcess({
    program: 'printenv',
    args: ['LD_PRELOAD'],
    env: { PATH: `${own}:${searchPath}`, LD_PRELOAD: join(own, 'missing.so'), LD_DEBUG: 'files', LD_DEBUG_OUTPUT: join(path, 'outside') },
    cwd: own,
    limits: { coreBytes: 0 },
    sandbox,
  });

  assert.equal(stdout.toString(), `${join(own, 'missing.so')}\n`);
  assert.deepEqual(existsSync(join(path, 'outside')), false);
});

test('how the program ended is told as without a sandbox', limit, async (context) => {
  const { sandbox } = await aPlace(context);
  const end = (line: string, changes = {}): Promise<unknown> =>
    runProcess({ program: '/bin/sh', args: ['-c', line], env, sandbox, ...changes }).then(
      ({ exitCode }) => exitCode,
      (error: unknown) => (error instanceof ProcessError ? [error.code, error.signal] : error),
    );

  assert.equal(await end('exit 3'), 3);
  assert.deepEqual(await end('kill -SEGV $$'), ['KILLED', 'SIGSEGV']);
  assert.deepEqual(await end('exec head -c 2000 /dev/zero > /tmp/big', { limits: { fileSizeBytes: 1000 } }), ['LIMIT_REACHED', 'SIGXFSZ']);
  assert.deepEqual(await end('sleep 60 & sleep 60', { timeoutSeconds: 0.5 }), ['TIMED_OUT', undefined]);
  assert.deepEqual(await end('true', { program: 'no-such-program' }), ['PROGRAM_NOT_FOUND', undefined]);
});

test('where it is wanted, everything in the sandbox ends with its parent, also what left the session', limit, async (context) => {
  const { path, sandbox } = await aPlace(context);
  const command = {
    program: '/bin/sh',
    args: ['-c', 'setsid sh -c "while sleep 0.05; do echo x >> beats; done" & wait'],
    env,
    cwd: join(path, 'own'),
    sandbox: { ...sandbox, endsWithParent: true },
  };
  const script = `
    import { startProcess } from ${JSON.stringify(join(import.meta.dirname, 'start-process.ts'))};
    startProcess(${JSON.stringify(command)});
    setInterval(() => {}, 1000);`;
  const parent = startProcess({ program: process.execPath, args: ['--input-type=module', '-e', script], env });
  const beats = join(path, 'own', 'beats');
  while (!existsSync(beats)) await delay(20);

  process.kill(parent.pid!, 'SIGKILL');
  await parent.done.catch(() => {});
  await delay(300);
  const before = readFileSync(beats, 'utf8');
  await delay(500);

  assert.equal(readFileSync(beats, 'utf8'), before);
});

test('a machine without bubblewrap, and one on which it does not work, are told apart', limit, async (context) => {
  const { path } = await aPlace(context);
  writeFileSync(join(path, 'own', 'bwrap'), '#!/bin/sh\necho "bwrap: No permissions to create new namespace" >&2\nexit 1\n', {
    mode: 0o755,
  });

  const missing = await findSandbox({ searchPath: path, shared: [], hidden: [] });
  const broken = await findSandbox({ searchPath: join(path, 'own'), shared: [], hidden: [] });

  assert.deepEqual(missing, { problem: 'bubblewrap (bwrap) is not installed.' });
  assert.deepEqual(broken, { problem: 'bubblewrap (bwrap) does not work here: bwrap: No permissions to create new namespace' });
});
