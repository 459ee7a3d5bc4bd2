import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram, runProcess } from '@deployguard/process';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { aBuild, testSearchPath } from '../../test/a-build.ts';
import { aSandbox } from '../../test/a-sandbox.ts';
import { startOf } from '../../test/start-of-build.ts';
import type { DirectoryBuild, DirectoryBuildOptions } from './build-directory.ts';
import { removeDirectoryBuild } from './directory-builds.ts';

const limit = { timeout: 180_000 };
// Nothing to install.
const hello = { Procfile: 'web: node app.js\n', 'app.js': 'console.log("hello")' };

test('a Node application with a dependency is installed, built and can be started', limit, async () => {
  await using app = aBuild({
    'package.json': JSON.stringify({
      name: 'app',
      dependencies: { greeting: 'file:greeting' },
      scripts: { build: 'node build.js', start: 'node built.js' },
    }),
    'greeting/package.json': JSON.stringify({ name: 'greeting', version: '1.0.0', main: 'main.js' }),
    'greeting/main.js': "module.exports = 'hello from a dependency';",
    'build.js': `require('node:fs').writeFileSync('built.js', 'console.log(' + JSON.stringify(require('greeting')) + ')');`,
  });

  const built = await app.build();

  assert.equal(await startOf(built), 'hello from a dependency\n');
  assert.ok(app.log.includes('system: $ npm install') && app.log.includes('system: $ npm run build'), app.log.join('\n'));
});

test('a Node application that asks where to listen is told where it is asked', limit, async () => {
  const names = ['HOST', 'HOSTNAME', 'FASTIFY_ADDRESS'];
  const start = `node -p "${JSON.stringify(names).replaceAll('"', "'")}.map((name) => process.env[name] || 'localhost').join()"`;
  await using app = aBuild({ 'package.json': JSON.stringify({ name: 'app', scripts: { start } }) });

  const built = await app.build({ startCommand: start });

  assert.equal(await startOf(built), '127.0.0.1,127.0.0.1,127.0.0.1\n');
});

test('what a build installs for all users of a machine is in its release alone, and can be started there', limit, async () => {
  await using app = aBuild({
    'tool/package.json': JSON.stringify({ name: 'tool', version: '1.0.0', bin: { 'a-tool-of-this-release': 'tool.js' } }),
    'tool/tool.js': '#!/usr/bin/env node\nconsole.log("hello from a tool");',
  });

  const built = await app.build(
    { installCommand: 'npm install --global ./tool && a-tool-of-this-release', startCommand: 'a-tool-of-this-release' },
    { sandbox: await aSandbox() },
  );

  assert.equal(await startOf(built), 'hello from a tool\n');
  assert.ok(app.log.includes('stdout: hello from a tool'), app.log.join('\n'));
  assert.equal(findProgram('a-tool-of-this-release', testSearchPath), undefined);
});

test('B12 in a sandbox a build leaves nothing beside its folders, nor puts something else in their place', limit, async () => {
  await using app = aBuild(hello);
  const lines = ['echo x > ../beside', 'mv ../app ../real', 'rmdir ../globals', 'ln -s /etc ../static-server.mjs'];

  const built = await app.build({ buildCommand: lines.join('; ') + '; true' }, { sandbox: await aSandbox() });

  assert.deepEqual(readdirSync(join(built.artifact.path, '..')).sort(), ['app', 'globals']);
  assert.equal(await startOf(built), 'hello\n');
});

test('B4 a build cannot put something else in the place of its folder', limit, async () => {
  await using app = aBuild(hello);
  const move = 'd=$(cd .. && pwd) && mv $d/app $d/real';

  for (const buildCommand of [move, `${move} && ln -s /etc $d/app`, `${move} && touch $d/app`, `${move} && ln -s real $d/app`])
    await assert.rejects(app.build({ buildCommand }), { code: 'BUILD_FAILED', message: /in the place of/ }, buildCommand);
  assert.deepEqual(readdirSync(app.buildsDirectory), []);
});

test('what Node builds for an application in PHP is built before it, unless it is not wanted', limit, async () => {
  await using app = aBuild({
    'index.php': '<?php readfile("public/app.js");',
    'package.json': JSON.stringify({ name: 'app', scripts: { build: 'node bundle.js' }, dependencies: { greeting: 'file:greeting' } }),
    'greeting/package.json': JSON.stringify({ name: 'greeting', version: '1.0.0', main: 'main.js' }),
    'greeting/main.js': "module.exports = 'hello from a bundle';",
    'bundle.js': `fs = require('node:fs'); fs.mkdirSync('public'); fs.writeFileSync('public/app.js', require('greeting'));`,
  });

  const built = await app.build();
  const without = await app.build({ assetsCommand: 'none' });

  assert.equal(readFileSync(join(built.artifact.path, 'public/app.js'), 'utf8'), 'hello from a bundle');
  assert.equal(existsSync(join(without.artifact.path, 'public/app.js')), false);
});

test('a Python application gets an environment of its own', limit, async () => {
  await using app = aBuild({
    'requirements.txt': './vendor/greeting-1.0-py3-none-any.whl\n',
    'vendor/greeting-1.0-py3-none-any.whl': await aWheel(),
    'main.py': 'import greeting, sys\nprint(greeting.text, sys.prefix)\n',
  });

  const built = await app.build();

  assert.equal(await startOf(built), `hello from a wheel ${join(built.artifact.path, '.venv')}\n`);
});

test('a package manager that the machine lacks comes from the registry that is set, and starts the application too', limit, async () => {
  await using registry = await aRegistry(
    { name: 'pnpm', version: '9.9.9', bin: 'tool.js' },
    '#!/usr/bin/env node\nconsole.log(process.argv.slice(2).join("-"));\n',
  );
  await using app = aBuild({
    'package.json': JSON.stringify({ name: 'app', scripts: { start: 'x' } }),
    'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
  });
  const system = join(app.path, 'bin');
  mkdirSync(system);
  for (const name of ['node', 'npm', 'sh', 'env']) symlinkSync(findProgram(name, testSearchPath)!, join(system, name));

  const built = await app.build({}, { searchPath: system, registries: { npmrc: `registry=${registry.address}\n` } });

  assert.ok(app.log.includes('system: $ npm install pnpm@9') && app.log.includes('stdout: install---frozen-lockfile'), app.log.join('\n'));
  assert.equal(await startOf(built), 'run-start\n');
});

test('of a package manager that the machine lacks comes the version that reads the lock file around the application', limit, async () => {
  await using registry = await aRegistry(
    { name: 'pnpm', version: '8.15.9', bin: 'tool.js' },
    '#!/usr/bin/env node\nconsole.log(process.argv.slice(2).join("-"));\n',
  );
  await using app = aBuild({
    'pnpm-lock.yaml': "lockfileVersion: '6.0'\n",
    'web/package.json': JSON.stringify({ name: 'web', scripts: { start: 'x' } }),
  });
  const system = join(app.path, 'bin');
  mkdirSync(system);
  for (const name of ['node', 'npm', 'sh', 'env']) symlinkSync(findProgram(name, testSearchPath)!, join(system, name));

  await app.build(
    { root: 'web', packageManager: 'pnpm', installCommand: 'pnpm install', startCommand: 'pnpm run start' },
    { searchPath: system, registries: { npmrc: `registry=${registry.address}\n` } },
  );

  assert.ok(app.log.includes('system: $ npm install pnpm@8') && app.log.includes('stdout: install'), app.log.join('\n'));
});

const yarnCache =
  'cache=${YARN_CACHE_FOLDER:-$([ "$YARN_ENABLE_GLOBAL_CACHE" = false ] && echo .yarn/cache || echo "$YARN_GLOBAL_FOLDER/cache")}';
const yarnApplication = { 'package.json': '{}', 'yarn.lock': '__metadata:\n  version: 8\n' };
const managers: Readonly<Record<string, { readonly files: Record<string, string>; readonly keeps: string; readonly start?: string }>> = {
  'a Python that uv fetched': {
    files: { 'main.py': '', 'uv.lock': '' },
    keeps: 'cache=${UV_PYTHON_INSTALL_DIR:-$XDG_DATA_HOME/uv/python}',
  },
  'what Deno fetched': { files: { 'deno.json': '{}', 'main.ts': '' }, keeps: 'cache=$DENO_DIR' },
  'what Deno fetched, while it keeps data beside it': {
    files: { 'deno.json': '{}', 'main.ts': '' },
    keeps: 'cache=$DENO_DIR',
    start: 'mkdir -p "$DENO_DIR/location_data/hash" && ',
  },
  'packages that Yarn loads from its cache': { files: yarnApplication, keeps: yarnCache },
};

for (const [what, { files, keeps, start = '' }] of Object.entries(managers))
  test(`an application in a sandbox finds ${what}`, limit, async () => {
    await using app = aBuild(files);

    const built = await app.build(
      {
        packageManager: 'none',
        installCommand: `${keeps}; mkdir -p "$cache" && echo kept > "$cache/package" && echo "$cache/package" > place`,
        startCommand: `${start}cat "$(cat place)"`,
      },
      { sandbox: await aSandbox() },
    );

    assert.equal(await startInSandbox(app.path, built), 'kept\n');
  });

/** What a copy of a build prints that sees, beside itself, only builds. */
async function startInSandbox(directory: string, { artifact, start, environment }: DirectoryBuild): Promise<string> {
  const release = join(directory, 'release');
  cpSync(artifact.path, release, { recursive: true, verbatimSymlinks: true });
  const { stdout, stderr } = await runProcess({
    program: '/bin/sh',
    args: ['-c', start as string],
    cwd: release,
    env: environment,
    sandbox: { ...(await aSandbox()), readable: [release, join(directory, 'builds')], writable: [], temporaryBytes: 1024 ** 2 },
  });
  return `${stdout.toString()}${stderr}`;
}

test('in a sandbox PHP itself removes old sessions, for no task of the system sees them', limit, async () => {
  await using app = aBuild({ 'index.php': '' });
  const plan = { startCommand: 'cat "${PHP_INI_SCAN_DIR#:}"/*.ini' };

  const built = await app.build(plan, { sandbox: await aSandbox() });

  assert.equal(await startInSandbox(app.path, built), 'session.gc_probability = 1\n');
});

test('of packages that Yarn unpacks, what it fetched is kept for the next build alone', limit, async () => {
  await using app = aBuild({ ...yarnApplication, '.yarnrc.yml': 'enableTelemetry: false\nnodeLinker: "node-modules"\n' });

  await app.build({ packageManager: 'none', installCommand: `${yarnCache}; echo "$cache"`, startCommand: 'true' });

  assert.ok(app.log.includes(`stdout: ${app.path}/cache/yarn/cache`), app.log.join('\n'));
});

test('B11 the same commit is built once; another command, variable or commit is another build, in another directory', limit, async () => {
  await using app = aBuild(hello);
  const first = await app.build();

  const again = await app.build();

  assert.deepEqual(again, { ...first, isUnchanged: true });
  assert.deepEqual(app.log, []);
  const others = [await app.build({ buildCommand: 'true' }), await app.build({}, { variables: { MODE: 'x' } })];
  app.source.commit({ files: { 'app.js': 'console.log("other")' } });
  others.push(await app.build());
  for (const part of ['digest', 'path'] as const) assert.equal(new Set([first, ...others].map(({ artifact }) => artifact[part])).size, 4);
  assert.equal(await startOf(first), 'hello\n');
  assert.equal(await startOf(others[2]!), 'other\n');
});

test('the same commit is built anew once the machine has another program for its language', limit, async () => {
  await using app = aBuild({ Procfile: 'web: python3 main.py\n', 'main.py': 'print("hello")' });
  const python = findProgram('python3', testSearchPath)!;
  const programs = join(app.path, 'bin');
  mkdirSync(programs);
  const place = join(programs, 'python3');
  const build = async (): Promise<boolean> => (await app.build({}, { searchPath: `${programs}:${testSearchPath}` })).isUnchanged;
  symlinkSync(python, place);
  const before = [await build(), await build()];

  rmSync(place);
  writeFileSync(place, `#!/bin/sh\nexec ${python} "$@"\n`, { mode: 0o755 });
  const after = [await build(), await build()];
  writeFileSync(place, `#!/bin/sh\n# of another version\nexec ${python} "$@"\n`);
  const last = [await build(), await build()];

  assert.deepEqual(
    [before, after, last],
    Array.from({ length: 3 }, () => [false, true]),
  );
});

test('a build that is removed is gone, and can be built again', limit, async () => {
  await using app = aBuild(hello);
  const first = await app.build();

  await removeDirectoryBuild(app.buildsDirectory, first.artifact.digest);

  assert.deepEqual(readdirSync(app.buildsDirectory), []);
  assert.equal((await app.build()).isUnchanged, false);
});

test('a command that fails says how it ended, and leaves nothing', limit, async () => {
  await using app = aBuild(hello);

  await assert.rejects(app.build({ buildCommand: 'echo wrong turn >&2; exit 3' }), {
    code: 'BUILD_FAILED',
    fault: 'application',
    message: /status 3[^]*wrong turn/,
  });
  await assert.rejects(app.build({ buildCommand: 'no-such-tool --now' }), {
    code: 'TOOL_MISSING',
    message: /^`no-such-tool --now` needs `no-such-tool`, which is not installed\. Install it on the machine[^\n]*container[^\n]*\n/,
  });
  await assert.rejects(app.build({ buildCommand: 'npm run nothing; echo "sh: 1: next: not found" >&2; exit 127' }), {
    code: 'TOOL_MISSING',
    message: /runs `next`, which is not there\. Is the package/,
  });
  assert.deepEqual(readdirSync(app.buildsDirectory), []);
});

test('a build that was killed leaves nothing that looks finished, and the next one ends and removes what is left', limit, async () => {
  await using app = aBuild(hello);
  await app.build();
  const worker = fork(join(import.meta.dirname, '..', '..', 'test', 'build-main.ts'), [
    app.source.path,
    app.path,
    'echo half > built; echo ready $$; exec sleep 300',
  ]);
  const [pid] = (await once(worker, 'message')) as [number];
  worker.kill('SIGKILL');
  await once(worker, 'exit');
  const left = readdirSync(app.buildsDirectory);
  assert.equal(left.length, 3, 'the finished build, its record, and the unfinished one');

  const built = await app.build({ buildCommand: 'echo whole > built' });

  await untilGone([String(pid)]);
  assert.equal(readFileSync(join(built.artifact.path, 'built'), 'utf8'), 'whole\n');
  assert.equal(readdirSync(app.buildsDirectory).length, 4, 'two finished builds and their records');
});

test('B11 a build in a sandbox finds nothing that one before it left, but for the cache of its own application', limit, async () => {
  await using app = aBuild(hello);
  await using other = aBuild(hello);
  const options = { sandbox: await aSandbox() };
  const places = '"$HOME" "$TMPDIR" /tmp /dev/shm . "$npm_config_cache" "$PIP_CACHE_DIR" "$GOCACHE" "$HOME/.m2/repository"';
  const leave = `for place in ${places}; do mkdir -p "$place" && echo x >"$place/left-behind" && echo "left $place"; done`;
  const search = 'find / -name left-behind -not -path "/proc/*" 2>/dev/null | sed "s/^/found /"; true';
  const listFound = ({ log }: typeof app): string[] =>
    log.flatMap((line) => (line.startsWith('stdout: found ') ? [line.slice('stdout: found '.length)] : []));

  await app.build({ buildCommand: `${leave}; ${search}` }, options);
  const [left, seen] = [app.log.filter((line) => line.startsWith('stdout: left ')), listFound(app)];
  await other.build({ buildCommand: search }, options);
  const ofOther = listFound(other);
  await app.build({ buildCommand: search }, options);

  assert.equal(left.length, 9, app.log.join('\n'));
  assert.ok(seen.length >= 9, app.log.join('\n'));
  assert.deepEqual(ofOther, []);
  const kept = listFound(app).map((path) => path.replace(app.path, ''));
  assert.deepEqual(kept.sort(), ['/cache/go/left-behind', '/cache/maven/left-behind', '/cache/npm/left-behind', '/cache/pip/left-behind']);
});

test('B12 a build in a sandbox installs, and reads and changes nothing that is not its own; without one it could', limit, async () => {
  const attempts = async (sandbox?: DirectoryBuildOptions['sandbox']): Promise<readonly string[]> => {
    await using app = aBuild({
      'package.json': JSON.stringify({ name: 'app', dependencies: { greeting: 'file:greeting' }, scripts: { start: 'node app.js' } }),
      'greeting/package.json': JSON.stringify({ name: 'greeting', version: '1.0.0', main: 'main.js' }),
      'greeting/main.js': "module.exports = 'hello from a dependency';",
      'app.js': "console.log(require('greeting'))",
    });
    const key = join(app.path, 'keyring');
    writeFileSync(key, 'the key of the service');
    const tries = [
      `cat ${key}`,
      `ls ${app.source.path}`,
      `kill -0 ${process.pid}`,
      `touch ${app.path}/changed`,
      `tr a b < /proc/${process.pid}/environ`,
    ];
    const lines = tries.map((line, index) => `(${line}) > /dev/null 2>&1 && echo done ${index}`);
    const built = await app.build({ buildCommand: `${lines.join('; ')}; echo "$HOME" > "$HOME/x" && touch built` }, sandbox && { sandbox });
    assert.equal(await startOf(built), 'hello from a dependency\n');
    assert.ok(existsSync(join(built.artifact.path, 'built')));
    assert.equal(existsSync(join(app.path, 'changed')), sandbox === undefined);
    return app.log.filter((line) => line.startsWith('stdout: done')).map((line) => line.slice(-1));
  };

  assert.deepEqual(await attempts(), ['0', '1', '2', '3', '4']);
  // In its own `/tmp`, in which these folders lie, it may make what it wants; nothing of it was there before, or is afterwards.
  assert.deepEqual(await attempts(await aSandbox()), ['3']);
});

test('B4 a build sees nothing of this process, and has its own home', limit, async () => {
  await using app = aBuild(hello);
  process.env['DEPLOYGUARD_TEST_SECRET'] = 'do not pass on';

  const built = await app.build({ buildCommand: 'env > ../environment; pwd; echo "$HOME"' }, { variables: { MODE: 'a\nb' } });

  const environment = readFileSync(join(built.artifact.path, '..', 'environment'), 'utf8');
  assert.ok(!environment.includes('do not pass on'));
  assert.match(environment, /^MODE=a\nb$/m);
  assert.ok(app.log.includes(`stdout: ${built.artifact.path}`));
  assert.ok(!app.log.includes(`stdout: ${process.env['HOME']}`));
  delete process.env['DEPLOYGUARD_TEST_SECRET'];
});

test('B8 settings of a package registry reach the build, never its log or its result', limit, async () => {
  await using app = aBuild(hello);
  const token = ['token', 'of', 'the', 'registry'].join('-');
  const registries = {
    npmrc: `//registry.example/:_authToken=${token}\n`,
    pipConf: `[global]\nindex-url = https://user:${token}@registry.example/simple\n`,
    goProxy: `https://user:${token}@registry.example`,
    cargoConfig: `[registries.own]\ntoken = "${token}"\n`,
  };

  const built = await app.build(
    {
      buildCommand:
        'cat "$npm_config_userconfig" "$PIP_CONFIG_FILE" "$HOME/.cargo/config.toml"; echo "$GOPROXY"; npm config get //registry.example/:_authToken; env',
    },
    { registries },
  );

  assert.ok(app.log.filter((line) => line.includes('***')).length >= 4, app.log.join('\n'));
  assert.ok(!app.log.join('\n').includes(token));
  const { stdout, exitCode } = await runProcess({
    program: 'grep',
    args: ['-r', token, app.buildsDirectory],
    env: { PATH: '/usr/bin:/bin' },
  });
  assert.deepEqual([stdout.toString(), exitCode], ['', 1]);
  // What a program for Node is started with, and nothing of the registries.
  assert.deepEqual(Object.keys(built.environment).toSorted(), ['FASTIFY_ADDRESS', 'HOST', 'HOSTNAME', 'NODE_ENV', 'PATH']);
});

test('B8 credentials of package registries are masked as they stand in the settings and as programs read them', limit, async () => {
  await using app = aBuild(hello);
  const word = (name: string): string => [name, 'is', 'not', 'shown'].join('.');
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const registries = {
    npmrc: [
      `//one.example/:_auth=${base64(`user:${word('basic')}`)}`,
      `//two.example/:_password="${base64(`${word('packed')}~?`)}"`,
      `//three.example/:_authToken = '${word('single')}'`,
    ].join('\n'),
    pipConf: `[global]\nindex-url = https://user:a%2F${word('coded')}@registry.example/simple\n`,
    goProxy: `https://${word('alone')}:@go.example,https://user:at@${word('at')}@go.example,direct`,
    cargoConfig: `[registries]\none = { index = "sparse+https://x/", token = "Bearer ${word('bearer')}" }\ntwo.token = 'x"${word('literal')}'\n`,
    mavenSettings: [
      `<password>a&amp;b&#x3c;${word('escaped')}</password><passphrase>${word('phrase')}</passphrase>`,
      `<password><![CDATA[a&<${word('data')}]]></password>`,
      `<httpHeaders><property><name>Deploy-Token</name><value>${word('header')}</value></property></httpHeaders>`,
      `<activation><property><name>shown</name><value>shown</value></property></activation>`,
    ].join('\n'),
  };
  const printed = [
    word('basic'),
    `user:${word('basic')}`,
    `${word('packed')}~?`,
    word('single'),
    `a/${word('coded')}`,
    `a%2F${word('coded')}`,
    word('alone'),
    `at@${word('at')}`,
    word('bearer'),
    `x"${word('literal')}`,
    `a&b<${word('escaped')}`,
    `a&amp;b&lt;${word('escaped')}`,
    word('phrase'),
    `a&<${word('data')}`,
    `a&amp;&lt;${word('data')}`,
    word('header'),
  ];
  app.source.commit({ files: { printed: `${printed.join('\n')}\n` } });

  await app.build(
    { buildCommand: 'cat printed; echo "Bearer of user is shown"; cat "$HOME"/.cargo/config.toml "$npm_config_userconfig"' },
    { registries },
  );

  const log = app.log.filter((line) => line.startsWith('stdout: ')).map((line) => line.slice('stdout: '.length));
  assert.deepEqual(log.slice(0, printed.length + 1), [...printed.map(() => '***'), 'Bearer of user is shown']);
  assert.doesNotMatch(log.join('\n'), /not\.shown/);
});

test('B4 variables that decide which programs run are refused', async () => {
  await using app = aBuild(hello);

  for (const name of [
    'PATH',
    'LD_PRELOAD',
    'NODE_OPTIONS',
    'BASH_ENV',
    'GIT_SSH_COMMAND',
    'DOCKER_HOST',
    'a=b',
    'a b',
    '',
    '1A',
    'DEPLOYGUARD_BUILD',
  ])
    await assert.rejects(app.build({}, { variables: { [name]: 'x' } }), { code: 'BUILD_VARIABLE_REFUSED' }, name);
  await assert.rejects(app.build({}, { variables: { A: 'a\0b' } }), { code: 'BUILD_VARIABLE_REFUSED' });
});

test('finished files are served from the release directory alone', limit, async () => {
  await using app = aBuild({ 'index.html': 'home', 'docs/index.html': 'docs' });

  const built = await app.build();

  assert.deepEqual(built.start, [process.execPath, join(dirname(built.artifact.path), 'static-server.mjs'), built.artifact.path]);
  assert.ok(existsSync(built.start[1]!));
  for (const staticOutput of ['..', '../..', '/etc', 'missing', 'index.html'])
    await assert.rejects(app.build({ staticOutput }), { code: 'STATIC_OUTPUT_MISSING' }, staticOutput);
  await assert.rejects(app.build({ staticOutput: 'out', buildCommand: 'ln -s /etc out' }), { code: 'STATIC_OUTPUT_MISSING' });
  // Beside its folder, where the service puts files of its own later.
  const victim = join(app.path, 'victim');
  writeFileSync(victim, 'of somebody else', { mode: 0o600 });
  await app.build({ staticOutput: 'out', buildCommand: `mkdir out; ln -s ${victim} ../static-server.mjs` });
  assert.equal(readFileSync(victim, 'utf8'), 'of somebody else');
});

test('the root of an application is a folder of the commit', limit, async () => {
  await using app = aBuild({ 'web/index.html': 'web', 'README.md': 'x' });

  assert.match((await app.build({ root: 'web', staticOutput: '.' })).artifact.path, /\/app$/);
  for (const root of ['..', '../..', 'missing'])
    await assert.rejects(app.build({ root, staticOutput: '.' }), { code: 'ROOT_NOT_FOUND' }, root);
});

test('a member of a workspace starts in its folder, with what is installed and what lies around it', limit, async () => {
  await using app = aBuild({
    'package.json': JSON.stringify({ name: 'top', private: true, workspaces: ['apps/*', 'libraries/*'] }),
    'libraries/greeting/package.json': JSON.stringify({ name: 'greeting', version: '1.0.0', main: 'index.js' }),
    'libraries/greeting/index.js': 'module.exports = "hello";',
    'apps/web/package.json': JSON.stringify({ name: 'web', version: '1.0.0', dependencies: { greeting: '1.0.0' } }),
    'apps/web/server.js': 'console.log(require("greeting"), require("node:path").basename(process.cwd()))',
  });

  const built = await app.build({ root: 'apps/web', packageManager: 'npm', installCommand: 'npm install', startCommand: 'node server.js' });
  const copy = join(app.path, 'release');
  cpSync(built.artifact.path, copy, { recursive: true, verbatimSymlinks: true });

  assert.equal(built.artifact.folder, 'apps/web');
  assert.equal(await startOf({ ...built, artifact: { ...built.artifact, path: copy } }), 'hello web\n');
});

/** One module, as https://packaging.python.org/en/latest/specifications/binary-distribution-format/ says. */
async function aWheel(): Promise<Buffer> {
  const script = [
    'import io, sys, zipfile',
    'out = io.BytesIO()',
    'with zipfile.ZipFile(out, "w") as wheel:',
    '  wheel.writestr("greeting.py", "text = \'hello from a wheel\'")',
    '  wheel.writestr("greeting-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: greeting\\nVersion: 1.0\\n")',
    '  wheel.writestr("greeting-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")',
    '  wheel.writestr("greeting-1.0.dist-info/RECORD", "greeting.py,,\\n")',
    'sys.stdout.buffer.write(out.getvalue())',
  ].join('\n');
  return (await runProcess({ program: 'python3', args: ['-c', script], env: { PATH: testSearchPath }, timeoutSeconds: 60 })).stdout;
}

/** A registry of npm that holds one package of one file. */
async function aRegistry(
  fields: { name: string; version: string; bin: string },
  program: string,
): Promise<AsyncDisposable & { address: string }> {
  const directory = createTemporaryDirectory();
  mkdirSync(join(directory.path, 'package'));
  writeFileSync(join(directory.path, 'package', 'package.json'), JSON.stringify({ ...fields, bin: { [fields.name]: fields.bin } }));
  writeFileSync(join(directory.path, 'package', fields.bin), program, { mode: 0o755 });
  const { exitCode } = await runProcess({
    program: 'tar',
    args: ['-czf', 'package.tgz', 'package'],
    cwd: directory.path,
    env: { PATH: testSearchPath },
  });
  assert.equal(exitCode, 0);
  const server = createServer((request, response) => {
    const address = `http://${request.headers.host}`;
    if (request.url === '/package.tgz') return response.end(readFileSync(join(directory.path, 'package.tgz')));
    if (request.url !== `/${fields.name}`) return response.writeHead(404).end('{}');
    const version = { ...fields, bin: { [fields.name]: fields.bin }, dist: { tarball: `${address}/package.tgz` } };
    return response.end(
      JSON.stringify({ name: fields.name, 'dist-tags': { latest: fields.version }, versions: { [fields.version]: version } }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      directory.dispose();
    },
  };
}

async function untilGone(pids: readonly string[]): Promise<void> {
  assert.ok(pids.length > 0);
  for (let tries = 0; tries < 1200 && pids.some(isAlive); tries++) await delay(50);
  assert.ok(!pids.some(isAlive));
}

function isAlive(pid: string): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
