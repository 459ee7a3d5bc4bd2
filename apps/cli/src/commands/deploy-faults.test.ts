import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connectRouter } from '@deployguard/delivery';
import { createTemporaryDirectory, findFreePort } from '@deployguard/testkit';
import { aWorkTree } from '../../test/a-work-tree.ts';
import { type CliOptions, type CliRun, runCli } from '../../test/run-cli.ts';
import { type StartedService, startService } from '../../test/start-service.ts';

const limit = { timeout: 600_000 };
let service: StartedService;

before(async () => {
  service = await startService({
    DEPLOYGUARD_DEPLOYMENTS_ROUTER_PORT: String(await findFreePort()),
    DEPLOYGUARD_DEPLOYMENTS_OBSERVE_SECONDS: '0',
  });
});
after(async () => {
  const data = service.environment['DEPLOYGUARD_DATA_DIRECTORY']!;
  const router = connectRouter({ controlPath: join(data, 'deployments', 'router', 'control.sock') });
  await router.stop().catch(() => {});
  await service[Symbol.asyncDispose]();
});

function run(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  return runCli(args, { ...options, environment: { DEPLOYGUARD_SERVER: service.url } });
}

/** An application that is started by this line of a shell, and needs nothing. */
function startedBy(line: string, more = ''): Record<string, string> {
  return { 'deployguard.yaml': `deployment: { application: { install_command: 'true', start_command: '${line}'${more} } }\n` };
}

/** An instance that ends at once may be started twice: its lines tell which time it was. */
const talkative = 'at=$(date +%N); for i in $(seq 101 130); do echo line $i of $at; done; exit 3';

function listLines(output: string): string[] {
  return [...output.matchAll(/line 1\d\d of \d+/g)].map(([line]) => line);
}

test('what an application printed last stands once in the output, with its deployment and afterwards', limit, async () => {
  using repository = aWorkTree('talkative');
  repository.commit(startedBy(talkative));

  const deployed = await run(['deploy', repository.path]);
  const printed = await run(['apps', 'logs', 'talkative', '--deployment', '1']);
  const last = await run(['apps', 'logs', 'talkative', '--deployment', '1', '--last', '3']);
  const followed = await run(['apps', 'logs', 'talkative', '--deployment', '1', '--follow', '--json']);

  assert.equal(deployed.exitCode, 5, deployed.output);
  for (const { output } of [deployed, printed, followed]) {
    const lines = listLines(output.replaceAll(/^.*It printed: .*$/gm, ''));
    for (const number of [101, 115, 130])
      assert.equal(
        lines.some((line) => line.startsWith(`line ${number}`)),
        true,
        output,
      );
    assert.deepEqual(lines, [...new Set(lines)]);
  }
  assert.match(printed.stdout, /^-- FAILED$/m);
  assert.equal(last.stdout, printed.stdout.split('\n').slice(-4).join('\n'));
});

test('what is not committed is not deployed, and a warning says so', limit, async () => {
  using repository = aWorkTree('uncommitted');
  repository.commit({ ...startedBy('exit 3'), '.gitignore': 'ignored\n', 'kept.txt': 'kept\n' });

  const clean = await run(['deploy', repository.path, '--detach']);
  repository.write({ 'kept.txt': 'changed\n', ignored: 'x\n', 'new one.txt': 'x\n', 'folder/a.txt': 'x\n', 'folder/b.txt': 'x\n' });
  const changed = await run(['deploy', repository.path, '--detach']);
  const quiet = await run(['deploy', repository.path, '--detach', '--quiet']);

  assert.doesNotMatch(clean.stderr, /warning/);
  assert.match(changed.stderr, /warning: 3 changes are not committed, and are not deployed: kept\.txt, folder\/, new one\.txt\. Commit/);
  assert.deepEqual([quiet.stderr, quiet.exitCode], ['', 0]);
});

test('a part of a repository, as pipelines check it out, is refused with what to do', limit, async () => {
  using repository = aWorkTree('parts');
  repository.commit(startedBy('exit 3'), 'first');
  repository.commit({ 'large.bin': 'x\n' }, 'second');
  repository.commit({ 'large.bin': 'y\n' }, 'third');
  repository.git('config', 'uploadpack.allowFilter', 'true');
  const clone = (name: string, option: string): string => {
    repository.git('clone', '--quiet', option, `file://${repository.path}`, join(repository.parent, name));
    return join(repository.parent, name);
  };

  const shallow = await run(['deploy', clone('shallow', '--depth=1')]);
  const partial = await run(['deploy', clone('partial', '--filter=blob:none')]);
  const job = await run(['jobs', 'create', '--repo-path', join(repository.parent, 'shallow')]);

  for (const { stderr, exitCode } of [shallow, job]) {
    assert.equal(exitCode, 5, stderr);
    assert.match(stderr, /^error: .*shallow cannot be handed over\. .*git fetch --unshallow.*`fetch-depth: 0`/m);
  }
  assert.equal(partial.exitCode, 5, partial.stderr);
  assert.match(partial.stderr, /^error: .*partial cannot be handed over\. .*1 objects are missing .*Clone it without --filter/m);
});

test('whoever stops waiting is told that the deployment goes on; it is cancelled by a command of its own', limit, async () => {
  using repository = aWorkTree('endless');
  repository.commit(startedBy('sleep 600', ', health: { attempts: 600 }'));
  const interruptedAt = (text: string) => {
    let isSent = false;
    return (output: string, child: { kill(signal: NodeJS.Signals): boolean }): void => {
      if (isSent || !output.includes(text)) return;
      isSent = true;
      child.kill('SIGINT');
    };
  };

  const deployed = await run(['deploy', repository.path], { onOutput: interruptedAt('deploying') });
  const followed = await run(['apps', 'logs', 'endless', '--deployment', '1', '--follow'], { onOutput: interruptedAt('DEPLOYING') });
  const cancelled = await run(['apps', 'cancel', 'endless']);
  const ended = await run(['apps', 'logs', 'endless', '--deployment', '1', '--follow']);
  const again = [await run(['apps', 'cancel', 'endless']), await run(['apps', 'cancel', 'endless', '--deployment', '1'])];

  for (const { stderr, exitCode } of [deployed, followed]) {
    assert.equal(exitCode, 130, stderr);
    assert.match(stderr, /The deployment goes on\.[^]*apps logs endless --deployment 1 --follow[^]*apps cancel endless --deployment 1/);
    assert.doesNotMatch(stderr, /half done/);
  }
  assert.deepEqual([cancelled.stderr, cancelled.exitCode], ['Accepted: it is being cancelled.\n', 0]);
  assert.match(ended.stdout, /-- CANCELLED/);
  assert.deepEqual(
    again.map(({ stderr, exitCode }) => [stderr, exitCode]),
    [
      ['error: No deployment of endless is under way.\n', 5],
      ['error: Deployment 1 of endless is not under way: it is cancelled.\n', 5],
    ],
  );
});

test('whoever waits for an application or follows it is told when it is destroyed meanwhile', limit, async () => {
  using repository = aWorkTree('vanishing');
  repository.commit(startedBy('echo hello; sleep 600', ', health: { attempts: 600 }'));
  let following: Promise<CliRun> | undefined;
  let destroying: Promise<CliRun> | undefined;

  const deployed = await run(['deploy', repository.path], {
    onOutput(output) {
      if (!output.includes('deploying')) return;
      following ??= run(['apps', 'logs', 'vanishing', '--follow'], {
        onOutput: (printed) => void (printed.includes('hello') && (destroying ??= run(['apps', 'destroy', 'vanishing', '--yes']))),
      });
    },
  });
  const followed = await following!;

  assert.deepEqual([deployed.exitCode, (await destroying)?.exitCode], [5, 0], deployed.output);
  assert.match(deployed.stderr, /^error: The deployment (was cancelled|is destroyed)\.$/m);
  assert.match(followed.stderr, /^note: vanishing is gone: it was destroyed\.$/m);
  assert.equal(followed.exitCode, 0);
});

test('a program that the machine does not have is named, with what to do, in a line of its own', limit, async () => {
  using repository = aWorkTree('toolless');
  repository.commit({
    'deployguard.yaml': "deployment: { application: { install_command: 'no-such-tool restore', start_command: 'true' } }\n",
  });

  const { stderr, exitCode } = await run(['deploy', repository.path]);
  const { stdout } = await run(['apps', 'show', 'toolless']);

  assert.equal(exitCode, 5, stderr);
  assert.match(stderr, /^error: `no-such-tool restore` needs `no-such-tool`, which is not installed\..*container`\)\.\n$/m);
  assert.equal(stderr.match(/no-such-tool: not found/g)?.length, 1, stderr);
  assert.doesNotMatch(stderr + stdout, /\\n/);
});

test('an address that leads nowhere is named, and why', limit, async () => {
  const [unknown, inside, plain, short] = [
    await run(['deploy', 'https://nohost.invalid/x.git', '--app', 'nowhere']),
    await run(['deploy', 'https://localhost/x.git', '--app', 'inside']),
    await run(['deploy', 'http://example.com/x.git']),
    await run(['deploy', 'git@example.com:team/x.git']),
  ];

  assert.match(unknown.stderr, /error: There is no host of the name nohost\.invalid/);
  assert.match(inside.stderr, /error: localhost leads to a private address.*egress\.allow.*DEPLOYGUARD_EGRESS_ALLOW/);
  assert.match(plain.stderr, /error: http:\/\/ is not cloned from\. Give the https:\/\/ or ssh:\/\/ address/);
  assert.match(short.stderr, /ssh:\/\/git@example\.com\/team\/x\.git/);
  assert.deepEqual([unknown.exitCode, inside.exitCode, plain.exitCode, short.exitCode], [4, 2, 2, 2]);
});

const mistakes: readonly (readonly [name: string, args: readonly string[], message: RegExp])[] = [
  [
    'a name that no address can hold',
    ['deploy', '--app', 'Bad Name'],
    /^error: --app: "Bad Name" is no name of an application: lower-case/,
  ],
  ['a word for a commit', ['deploy', '--commit', 'latest'], /^error: --commit: "latest" is no id of a commit/],
  [
    'a short id of what the service clones',
    ['deploy', 'https://example.com/x.git', '--commit', '1234567'],
    /^error: --commit: "1234567" is no whole id/,
  ],
  ['an id that no commit has', ['deploy', '--commit', '0123456'], /^error: --commit: there is no commit 0123456 in /],
  ['a waiver of nothing', ['deploy', '--waive', 'nope', '--reason', 'x'], /^error: --waive: "nope" is no id of a finding/],
  ['no instances', ['apps', 'scale', 'x', '0'], /^error: .*`deployguard apps stop x` stops it/],
  ['more instances than can be', ['apps', 'scale', 'x', 'worker=101'], /^error: 101 instances of worker are more than the 100/],
  ['many more instances than can be', ['apps', 'scale', 'x', '1000'], /^error: 1000 instances of web are more than the 100/],
];

test('what was typed wrong is told by the name of its option, once, before anything is sent', limit, async () => {
  using repository = aWorkTree('mistaken');
  const id = repository.commit(startedBy('exit 3'));

  for (const [name, args, message] of mistakes) {
    const { stderr: told, exitCode } = await run(args, { cwd: repository.path });
    const stderr = told.replace('Packing\n', '');
    assert.match(stderr, message, name);
    assert.deepEqual([exitCode, stderr.match(/\n./)], [2, null], name);
  }
  const resolved = await run(['deploy', '--commit', id.slice(0, 7), '--detach', '--json'], { cwd: repository.path });

  assert.equal(resolved.exitCode, 0, resolved.stderr);
  assert.equal((JSON.parse(resolved.stdout) as { git_sha: string }).git_sha, id);
});

test('a setting that cannot be read is told in words, and a repository without a commit too', limit, async () => {
  using repository = aWorkTree('oversized');
  const empty = await run(['deploy', repository.path]);
  repository.commit({ 'deployguard.yaml': 'deployment: { application: { resources: { memory: 512Giga } } }\n' });
  const oversized = await run(['deploy', repository.path]);

  assert.match(empty.stderr, /error: \S+ is a repository without a commit\. Commit what is to be deployed/);
  assert.equal(empty.exitCode, 2);
  assert.match(oversized.stderr, /deployment\.application\.resources\.memory is no amount of memory: 512Mi/);
  assert.doesNotMatch(oversized.stderr, /pattern/);
});

test('of what is no application it is said what it is', limit, async () => {
  const name = 'not-one';
  const answers: CliRun[] = [];
  for (const files of [{ 'README.md': '# x\n' }, { 'compose.yaml': 'services: { web: { build: . } }\n' }]) {
    using repository = aWorkTree(name);
    repository.commit(files);
    answers.push(await run(['deploy', repository.path]));
  }
  using directory = createTemporaryDirectory();
  answers.push(await run(['deploy', directory.path, '--app', name]));

  assert.match(answers[0]!.stderr, /error: There is no application: no file says/);
  assert.match(answers[1]!.stderr, /error: compose\.yaml is not run here\. Deploy each/);
  assert.match(answers[2]!.stderr, /error: There is nothing in \S+: no file could be deployed/);
  assert.deepEqual(
    answers.map(({ exitCode }) => exitCode),
    [5, 5, 2],
  );
});

test('what cannot be done with an application is not passed over', limit, async () => {
  using repository = aWorkTree('never');
  repository.commit(startedBy('exit 3'));
  await run(['deploy', repository.path]);
  const set = (...args: string[]) => run(['apps', 'env', 'set', 'never', ...args]);

  const opened = await run(['apps', 'open', 'never']);
  const empty = [await set('NOTHING'), await set('NOTHING', '--allow-empty'), await set('OTHER=')];
  const unset = [await run(['apps', 'env', 'unset', 'never', 'NOPE']), await run(['apps', 'env', 'unset', 'never', 'NOPE', 'OTHER'])];

  assert.deepEqual([opened.stdout, opened.exitCode], ['', 5]);
  assert.match(opened.stderr, /Nothing of never is deployed/);
  assert.deepEqual(
    empty.map(({ exitCode }) => exitCode),
    [2, 0, 0],
  );
  assert.match(empty[0]!.stderr, /Standard input holds no value for NOTHING\. With --allow-empty/);
  assert.deepEqual(
    unset.map(({ stderr }) => stderr),
    ['There was no variable NOPE.\n', 'There was no variable NOPE.\nUnset. The next deployment is without it.\n'],
  );
});
