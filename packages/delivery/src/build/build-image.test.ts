// Builds images for real: npm run test:image. Takes minutes and root, so it is no part of the tests that run everywhere. See test/an-engine.ts.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openLocalRepository } from '@deployguard/git';
import { runProcess } from '@deployguard/process';
import { createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import type { TestCommit } from '@deployguard/testkit';
import { findTestEngine, skipContainerTests, startTestRegistry } from '../../test/an-engine.ts';
import type { TestRegistry } from '../../test/an-engine.ts';
import { analyzeTree } from '../analyze/analyze-tree.ts';
import { openGitTree } from '../analyze/open-git-tree.ts';
import { listImages } from '../containers/list-images.ts';
import { runEngine } from '../containers/run-engine.ts';
import { listImagePackages } from '../sbom/list-image-packages.ts';
import { buildImage } from './build-image.ts';
import type { ImageBuild, ImageBuildOptions } from './build-image.ts';
import { planBuild } from './build-plan.ts';
import type { BuildPlan } from './build-plan.ts';
import { removeOldSteps } from './remove-old-steps.ts';
import { removeUnusedImages } from './remove-unused-images.ts';
import { ownerLabel } from './secure-dockerfile.ts';

const engine = findTestEngine();
const limit = { timeout: 600_000 };
const limits = { timeoutSeconds: 300, memoryBytes: 1024 ** 3, cpuMillis: 1000, diskBytes: 4 * 1024 ** 3, logBytes: 1024 ** 2 };

/** Answers with the beginning of a hash, which takes a library of the system. */
const elixirServer = `defmodule App do
  use Application

  def start(_type, _args) do
    {:ok, socket} = :gen_tcp.listen(String.to_integer(System.get_env("PORT")), [:binary, active: false, reuseaddr: true])
    Supervisor.start_link([{Task, fn -> accept(socket) end}], strategy: :one_for_one)
  end

  defp accept(socket) do
    {:ok, client} = :gen_tcp.accept(socket)
    {:ok, _request} = :gen_tcp.recv(client, 0)
    <<hash::binary-size(8), _rest::binary>> = Base.encode16(:crypto.hash(:sha256, "test"), case: :lower)
    body = "elixir " <> hash
    :gen_tcp.send(client, "HTTP/1.1 200 OK\\r\\ncontent-length: #{byte_size(body)}\\r\\nconnection: close\\r\\n\\r\\n" <> body)
    :gen_tcp.close(client)
    accept(socket)
  end
end
`;

if (engine !== undefined) {
  let registry: TestRegistry;
  let map: Record<string, string>;
  before(async () => {
    registry = await startTestRegistry();
    map = await registry.makeBases('debian', 'node', 'python', 'golang', 'deno', 'elixir');
  }, limit);
  after(async () => {
    for (const id of new Set(await listImages(engine, ['--quiet', '--filter', `reference=${registry.address}/tests/*`])))
      await runEngine(engine, ['rmi', '--force', id]).catch(() => {});
    await registry[Symbol.asyncDispose]();
  });

  test('a Node application becomes an image that answers, as a user that is not root, on a read-only root', limit, async () => {
    await using app = anApp({
      'package.json': JSON.stringify({
        name: 'app',
        scripts: { start: 'node server.js', build: "node -e \"fs.writeFileSync('built', 'built')\"" },
      }),
      'server.js':
        "require('node:http').createServer((q, r) => r.end(`${require('node:fs').readFileSync('built')} ${process.getuid()} ${process.env.NODE_ENV}`)).listen(process.env.PORT)",
    });

    const built = await app.build({}, { isPushed: true });

    assert.equal(await app.ask(built), 'built 10001 production');
    assert.match(built.artifact.reference, new RegExp(`^${registry.address}/tests/${app.name}@sha256:[0-9a-f]{64}$`));
    assert.equal(await registry.findDigest(`tests/${app.name}`, app.commit()), built.artifact.digest);
    assert.notEqual(await registry.findDigest(`tests/${app.name}`, 'latest'), undefined);
    assert.deepEqual(await app.build({}, { isPushed: true }), { ...built, isUnchanged: true });
  });

  test('the bases of Node know its user: Dockerfiles build and run as it', limit, async () => {
    for (const from of ['node:22', 'node:22-slim']) {
      await using app = anApp({
        Dockerfile: `FROM ${from}\nUSER node\nWORKDIR /home/node/app\nCOPY --chown=node . .\nRUN npm --version >~/version\nEXPOSE 8080\nCMD ["node", "server.js"]\n`,
        'server.js':
          "require('node:http').createServer((q, r) => r.end(`${process.getuid()} ${require('node:os').userInfo().homedir}`)).listen(8080)",
      });

      assert.equal(await app.ask(await app.build()), '1000 /home/node');
    }
  });

  test('Python, Go and static applications become images that answer', limit, async () => {
    await using python = anApp({
      'requirements.txt': '# nothing\n',
      'main.py':
        'import http.server, os\nclass H(http.server.BaseHTTPRequestHandler):\n  def do_GET(self):\n    self.send_response(200); self.end_headers(); self.wfile.write(b"python " + str(os.getuid()).encode())\nhttp.server.HTTPServer(("", int(os.environ["PORT"])), H).serve_forever()\n',
    });
    await using go = anApp({
      'go.mod': 'module example.com/app\n\ngo 1.21\n',
      'main.go':
        'package main\n\nimport (\n\t"fmt"\n\t"net/http"\n\t"os"\n)\n\nfunc main() {\n\thttp.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "go %d", os.Getuid()) })\n\thttp.ListenAndServe(":"+os.Getenv("PORT"), nil)\n}\n',
    });
    await using site = anApp({ 'index.html': 'a static site' });

    assert.equal(await python.ask(await python.build()), 'python 10001');
    assert.equal(await go.ask(await go.build()), 'go 10001');
    assert.equal(await site.ask(await site.build()), 'a static site');
  });

  test('what is compiled runs with the libraries that it is linked with, which the image that it runs on lacks', limit, async () => {
    await using node = anApp({
      'package.json': JSON.stringify({ name: 'app', scripts: { start: 'node server.js' } }),
      'binding.gyp': JSON.stringify({ targets: [{ target_name: 'threads', sources: ['threads.c'], libraries: ['-lgomp'] }] }),
      'threads.c':
        '#include <node_api.h>\nextern int omp_in_parallel(void);\nstatic napi_value ask(napi_env env, napi_callback_info info) { napi_value value; napi_create_int32(env, omp_in_parallel(), &value); return value; }\nNAPI_MODULE_INIT() { napi_value ask_function; napi_create_function(env, "ask", 3, ask, 0, &ask_function); return ask_function; }\n',
      'server.js':
        "const ask = require('./build/Release/threads.node'); require('node:http').createServer((q, r) => r.end(`in parallel: ${ask()}, compiler: ${require('node:fs').existsSync('/usr/bin/gcc')}`)).listen(process.env.PORT)",
    });
    await using go = anApp({
      'go.mod': 'module example.com/app\n\ngo 1.21\n',
      'main.go':
        'package main\n\n// #cgo LDFLAGS: -lgomp\n// extern int omp_in_parallel(void);\nimport "C"\nimport (\n\t"fmt"\n\t"net/http"\n\t"os"\n\t"time"\n)\n\nfunc main() {\n\tzone, err := time.LoadLocation("Asia/Tokyo")\n\thttp.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "in parallel: %d, %v %v", C.omp_in_parallel(), zone, err) })\n\thttp.ListenAndServe(":"+os.Getenv("PORT"), nil)\n}\n',
    });

    const built = await node.build();

    assert.equal(await node.ask(built), 'in parallel: 0, compiler: false');
    const { components } = await listImagePackages(engine, built.artifact.reference, { workDirectory: node.path });
    const packages = components.map(({ name }) => name);
    assert.ok(packages.includes('debian/libgomp1') && !packages.includes('debian/gcc'), packages.join(' '));
    assert.equal(new Set(packages).size, packages.length);
    assert.equal(await go.ask(await go.build()), 'in parallel: 0, Asia/Tokyo <nil>');
  });

  test('Deno and Elixir applications become images that answer', limit, async () => {
    await using deno = anApp({
      'deno.json': '{ "tasks": { "start": "deno run --allow-net --allow-env main.ts" } }',
      'main.ts': 'import { name } from "./name.ts";\nDeno.serve({ port: 9000 }, () => new Response(`deno ${name}`));\n',
      'name.ts': 'export const name: string = "typed";\n',
    });
    await using elixir = anApp({
      'mix.exs':
        'defmodule App.MixProject do\n  use Mix.Project\n\n  def project, do: [app: :app, version: "0.1.0", elixir: "~> 1.14", deps: []]\n  def application, do: [mod: {App, []}, extra_applications: [:crypto]]\nend\n',
      'lib/app.ex': elixirServer,
    });

    assert.equal(await deno.ask(await deno.build()), 'deno typed');
    assert.equal(await elixir.ask(await elixir.build()), 'elixir 9f86d081');
  });

  test('what Node builds for an application in PHP is in its image, and the packages that it was built with are not', limit, async () => {
    await using app = anApp({
      'index.php': '<?php readfile("public/app.txt");',
      'package.json': JSON.stringify({ name: 'app', scripts: { build: 'node bundle.js' }, dependencies: { greeting: 'file:greeting' } }),
      'greeting/package.json': JSON.stringify({ name: 'greeting', version: '1.0.0', main: 'main.js' }),
      'greeting/main.js': "module.exports = 'hello from a bundle';",
      'bundle.js': `fs = require('node:fs'); fs.mkdirSync('public'); fs.writeFileSync('public/app.txt', require('greeting'));`,
      'answer.cjs':
        "fs = require('node:fs'); require('node:http').createServer((q, r) => r.end(`${fs.readFileSync('public/app.txt')} ${fs.existsSync('node_modules')}`)).listen(process.env.PORT)",
    });
    const bases = { ...map, composer: map['node']!, php: map['node']! };

    const built = await app.build({ startCommand: 'node answer.cjs' }, { baseImages: { map: bases, registries: [] } });

    assert.ok(
      app.log.some((line) => / AS stage-\d+-assets$/.test(line)),
      app.log.join('\n'),
    );
    assert.equal(await app.ask(built), 'hello from a bundle false');
  });

  test('the Dockerfile of a repository is built, on what stands for its base', limit, async () => {
    await using app = anApp({
      Dockerfile: 'FROM node:22\nWORKDIR /srv\nCOPY server.js .\nUSER 1234\nEXPOSE 3000\nENV PORT=3000\nCMD ["node", "server.js"]\n',
      'server.js': "require('node:http').createServer((q, r) => r.end(`own ${process.getuid()}`)).listen(process.env.PORT)",
    });

    const built = await app.build();

    assert.equal(built.port, 3000);
    assert.equal(await app.ask(built), 'own 1234');
  });

  test('an unchanged commit is built once; a change of a source file installs nothing anew', limit, async () => {
    await using app = anApp({
      'package.json': JSON.stringify({ name: 'app', scripts: { start: 'node server.js' } }),
      'package-lock.json': JSON.stringify({ name: 'app', lockfileVersion: 3, packages: { '': { name: 'app' } } }),
      'server.js': 'first',
    });
    const first = await app.build();

    const again = await app.build();
    app.source.commit({ files: {}, message: 'nothing changed' });
    const sameFiles = await app.build();
    app.source.commit({ files: { 'server.js': 'second' } });
    const other = await app.build();

    assert.deepEqual(again, { ...first, isUnchanged: true });
    assert.deepEqual([sameFiles.isUnchanged, sameFiles.artifact], [true, first.artifact]);
    assert.equal(other.isUnchanged, false);
    assert.notEqual(other.artifact.digest, first.artifact.digest);
    const install = app.log.findIndex((line) => line.includes('npm ci"'));
    assert.match(app.log.slice(install).join('\n'), /^[^\n]*npm ci[^\n]*\n[^\n]*Using cache/);
  });

  test('a command runs again when what it mounts has changed, and for another application with the same Dockerfile', limit, async () => {
    const files = {
      Dockerfile:
        'FROM debian\nWORKDIR /srv\nRUN --mount=type=bind,source=lists/a.txt,target=/tmp/a cp /tmp/a kept; echo ran\nCOPY other.txt .\n',
      'lists/a.txt': 'one',
      'other.txt': 'x',
    };
    await using app = anApp(files);
    await using alike = anApp(files);
    const hasRun = ({ log }: typeof app): boolean => log.includes('stdout: ran');
    const readKept = async ({ imageId }: ImageBuild): Promise<string> =>
      await runEngine(engine, ['run', '--rm', ...(engine.runArguments ?? []), imageId, 'cat', '/srv/kept']);

    const first = await app.build();
    assert.deepEqual([hasRun(app), await readKept(first)], [true, 'one']);
    app.source.commit({ files: { 'other.txt': 'y' } });
    await app.build();
    assert.equal(hasRun(app), false);
    app.source.commit({ files: { 'lists/a.txt': 'two' } });
    const changed = await app.build();
    assert.deepEqual([hasRun(app), await readKept(changed)], [true, 'two']);
    await alike.build();
    assert.equal(hasRun(alike), true);
  });

  if (engine.kind === 'podman')
    test(
      'of what steps of earlier builds made, that stays which the last one took; nothing, once the application is gone',
      limit,
      async () => {
        await using app = anApp({
          Dockerfile:
            'FROM debian AS build\nRUN echo rare >/rare\nCOPY source.txt /\nRUN cp /source.txt /made && printf made\nFROM debian\nCOPY --from=build /made /made\n',
          'source.txt': 'first',
        });
        await app.build();
        const first = await app.listSteps();
        for (const text of ['second', 'third']) {
          app.source.commit({ files: { 'source.txt': text } });
          await app.build();
        }

        const last = await app.listSteps();
        await app.forget();

        // The command of the first stage that nothing is built on; what it is built on is not listed.
        assert.equal(first.length, 1);
        assert.equal(last.length, 1);
        assert.notDeepEqual(last, first);
        assert.ok(app.log.some((line) => line.startsWith('stdout: --> Using cache ')));
        assert.deepEqual(await app.listSteps(), []);
      },
    );

  test('no secret of a package registry is in any layer of any stage, in the description of the image, or in the log', limit, async () => {
    const token = ['registry', 'token', 'that', 'nobody', 'else', 'has'].join('-');
    await using app = anApp({
      'package.json': JSON.stringify({ name: 'app', scripts: { start: 'node x.js', build: 'cat "$npm_config_userconfig"' } }),
      // No layer of an earlier run fits.
      'x.js': `// ${Date.now()}`,
    });

    const built = await app.build({}, { registries: { npmrc: `//registry.example/:_authToken=${token}\n` } });

    assert.ok(
      app.log.some((line) => line.includes('_authToken=***')),
      app.log.join('\n'),
    );
    assert.ok(!app.log.join('\n').includes(token));
    const archive = join(app.path, 'image.tar');
    const unpacked = join(app.path, 'unpacked');
    mkdirSync(unpacked);
    await runEngine(engine, ['save', '--output', archive, built.tags[1]!]);
    await run('tar', ['-xf', archive, '-C', unpacked]);
    const layers = readdirSync(unpacked, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tar$|^blobs\//.test(name));
    assert.ok(layers.length > 1);
    assert.equal((await run('grep', ['-rlaF', token, unpacked], 1)).trim(), '');
    if (engine.kind === 'docker') return;
    const stages = new Set(app.log.flatMap((line) => /^stdout: --> ([0-9a-f]{11,})$/.exec(line)?.[1] ?? []));
    assert.ok(stages.size > 3);
    for (const id of stages) {
      const directory = await runEngine(engine, ['image', 'inspect', '--format', '{{.GraphDriver.Data.UpperDir}}', id]);
      assert.equal((await run('grep', ['-rlaF', token, directory.trim()], 1)).trim(), '');
    }
  });

  test('variables of a build reach its commands byte by byte; another value builds anew', limit, async () => {
    await using app = anApp({ 'index.html': 'x' });

    for (const value of [`${app.name} "quoted" $HOME \`id\`\nUSER 0 \\ end`, `${app.name} other`]) {
      await app.build({ buildCommand: `node -e 'console.log("got " + JSON.stringify(process.env.MODE))'` }, { variables: { MODE: value } });

      assert.ok(app.log.includes(`stdout: got ${JSON.stringify(value)}`), app.log.join('\n'));
    }
  });

  test('a hostile Dockerfile never reaches the engine', limit, async () => {
    for (const line of [
      'RUN --mount=type=bind,source=/etc,target=/x cat /x/shadow',
      'RUN --mount=type=bind,nosuid,source=.,target=/x ln -s / /x/evil',
      'RUN --security=insecure id',
      'ADD http://127.0.0.1/x /',
      'COPY --from=docker.io/library/alpine / /',
    ]) {
      await using app = anApp({ Dockerfile: `FROM debian\n${line}\n` });

      await assert.rejects(
        app.build(),
        ({ code }: { code: string }) => code === 'DOCKERFILE_REFUSED' || code === 'BASE_IMAGE_REFUSED',
        line,
      );
      assert.deepEqual(app.log, []);
    }
  });

  test('B2 what a command mounts of its context it can only read', limit, async () => {
    await using app = anApp({
      Dockerfile:
        'FROM debian\nRUN --mount=type=bind,source=.,target=/context cat /context/file && ! ln -s / /context/evil && ! rm /context/file\n',
      file: 'mounted\n',
    });

    await app.build();

    assert.ok(app.log.includes('stdout: mounted'), app.log.join('\n'));
  });

  test('a base of an open registry is built on as it is looked at, and has its builds do nothing', limit, async () => {
    await using victim = anApp({ Dockerfile: 'FROM debian\nRUN echo secret > /secret\n' });
    await victim.build();
    await using thief = anApp({ Dockerfile: `FROM ${registry.address}/tests/${victim.name}\nRUN cat /secret\n` });
    await using plain = anApp({ Dockerfile: `FROM ${await pushBase('plain')} AS base\nFROM base\nRUN test ! -e /secret && cat /made\n` });
    await using hostile = anApp({
      Dockerfile: `FROM ${await pushBase('hostile', `COPY --from=${registry.address}/tests/${victim.name}:latest /secret /`)}\nRUN cat /secret\n`,
    });
    const baseImages = { map, registries: [registry.address] };

    await assert.rejects(thief.build({}, { baseImages }), { code: 'BASE_IMAGE_REFUSED', message: /images of applications/ });
    await assert.rejects(hostile.build({}, { baseImages }), { code: 'BASE_IMAGE_REFUSED', message: /ONBUILD/ });
    // Fetched before.
    await assert.rejects(hostile.build({}, { baseImages }), { code: 'BASE_IMAGE_REFUSED', message: /ONBUILD/ });
    assert.deepEqual(hostile.log, []);
    await hostile.assertNothingLeft();
    await plain.build({}, { baseImages });
    assert.ok(plain.log.includes('stdout: plain'), plain.log.join('\n'));
    assert.ok(
      plain.log.some((line) => /FROM 127\.0\.0\.1:\d+\/base\/plain@sha256:[0-9a-f]{64} AS stage-0-base$/.test(line)),
      plain.log.join('\n'),
    );
  });

  test('a command that fails, a base that is not there, and an engine that is not there say so', limit, async () => {
    await using app = anApp({ Dockerfile: 'FROM debian\nRUN echo wrong turn && exit 7\n' });
    await using missing = anApp({ Dockerfile: 'FROM gone\n' });

    await assert.rejects(app.build(), { code: 'BUILD_FAILED', message: /wrong turn/ });
    await assert.rejects(missing.build({}, { baseImages: { map: { gone: `${registry.address}/base/gone:1` }, registries: [] } }), {
      code: 'REGISTRY_UNREACHABLE',
    });
    await assert.rejects(app.build({}, { engine: { ...engine, program: 'no-such-engine' } }), { code: 'ENGINE_UNAVAILABLE' });
    await app.assertNothingLeft();
  });

  test('a build takes no more memory and time than it may', limit, async () => {
    await using app = anApp({ Dockerfile: 'FROM node\nRUN node -e "const all = []; for (;;) all.push(Buffer.alloc(1e8, 1))"\n' });
    await using slow = anApp({ Dockerfile: 'FROM debian\nRUN sleep 300\n' });

    await assert.rejects(app.build({}, { limits: { ...limits, memoryBytes: 256 * 1024 ** 2 } }), { code: 'BUILD_FAILED' });
    await assert.rejects(slow.build({}, { limits: { ...limits, timeoutSeconds: 3 } }), { code: 'BUILD_TIMED_OUT' });
    await app.assertNothingLeft();
    await slow.assertNothingLeft();
  });

  if (engine.kind === 'docker')
    test('the commands of a build have the share of the processors that it may have', limit, async () => {
      const print = 'cd /sys/fs/cgroup; cat cpu.max 2>/dev/null || cat cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us';
      await using app = anApp({ Dockerfile: `FROM debian\nRUN echo "at most" $(${print})\n` });

      await app.build({}, { limits: { ...limits, cpuMillis: 250 } });

      assert.ok(app.log.includes('stdout: at most 25000 100000'), app.log.join('\n'));
    });

  // What it prints of groups is the machine's with Podman alone.
  if (engine.kind === 'podman')
    test('B9 the commands of a build cannot take more of the processors than it may have', limit, async () => {
      const take = 'for file in cpu/cpu.cfs_quota_us cpu.cfs_quota_us cpu.max; do (echo -1 >/sys/fs/cgroup/$file) 2>/dev/null; done';
      await using app = anApp({ Dockerfile: `FROM debian\nRUN cat /proc/self/cgroup; ${take}; echo taken; sleep 3\n` });
      let group: string | undefined;
      let quota: string | undefined;

      await app.build(
        {},
        {
          limits: { ...limits, cpuMillis: 250 },
          onLog: ({ text }) => {
            group ??= /^(?:\d+:(?:[a-z]+,)*cpu(?:,[a-z]+)*|0:):\/(.+)$/.exec(text)?.[1];
            if (text !== 'taken') return;
            const [file] = globSync(`/sys/fs/cgroup/{cpu/,}${group}/{cpu.cfs_quota_us,cpu.max}`);
            quota = file && readFileSync(file, 'utf8').trim();
          },
        },
      );

      assert.match(String(quota), /^25000( 100000)?$/, app.log.join('\n'));
    });

  test('B9 the commands of a build start no more processes than they may, each of them, and no group stays', limit, async () => {
    const startMany = 'i=0; while [ $i -lt 3000 ]; do sleep 30 & i=$((i+1)); done';
    await using app = anApp({ Dockerfile: `FROM debian\nRUN echo first\nRUN ${startMany}\n` });

    await assert.rejects(app.build(), { code: 'BUILD_FAILED', message: /fork/i });

    await app.assertNothingLeft();
    assert.deepEqual(globSync(`/sys/fs/cgroup/{,*/}deployguard-${process.pid}-*`), []);
  });

  test('a cancelled build leaves no process, container or file', limit, async () => {
    await using app = anApp({ Dockerfile: 'FROM debian\nRUN (setsid sleep 4321 &) ; echo started; sleep 4321\n' });
    const controller = new AbortController();

    const building = app.build({}, { signal: controller.signal, onLog: ({ text }) => text === 'started' && controller.abort() });

    await assert.rejects(building, { code: 'CANCELLED', fault: 'user' });
    await app.assertNothingLeft();
  });

  if (engine.kind === 'podman')
    test('a cancelled build removes no container but its own, whatever its command calls itself', limit, async () => {
      const victim = (await runEngine(engine, ['create', map['debian']!, 'true'])).trim();
      await using app = anApp({ Dockerfile: `FROM debian\nRUN echo ${victim.slice(0, 12)} >/etc/hostname; echo started; sleep 4321\n` });
      const controller = new AbortController();

      const building = app.build({}, { signal: controller.signal, onLog: ({ text }) => text === 'started' && controller.abort() });

      await assert.rejects(building, { code: 'CANCELLED' });
      await app.assertNothingLeft();
      await runEngine(engine, ['rm', victim]);
    });

  test('what a killed worker left is removed by the next build', limit, async () => {
    await using app = anApp({ Dockerfile: 'FROM debian\nRUN echo one\nENV TWO=2\nRUN echo started; sleep 4321\n' });
    const order = join(app.path, 'order.json');
    writeFileSync(
      order,
      JSON.stringify({
        engine,
        source: app.source.path,
        path: app.path,
        name: app.name,
        registry: registry.address,
        baseImages: { map, registries: [] },
        limits,
      }),
    );
    const worker = fork(join(import.meta.dirname, '..', '..', 'test', 'build-image-main.ts'), [order]);
    await once(worker, 'message');
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    app.source.commit({ files: { Dockerfile: 'FROM debian\nRUN echo done\n' } });

    await app.build();

    await app.assertNothingLeft();
  });

  const anApp = (files: NonNullable<TestCommit['files']>) => {
    const directory = createTemporaryDirectory();
    const source = createTestRepository();
    const name = `app-${Math.random().toString(36).slice(2, 10)}`;
    const log: string[] = [];
    source.commit({ files });
    const workDirectory = join(directory.path, 'work');
    const imageRepository = `${registry.address}/tests/${name}`;
    const forget = async (): Promise<void> => {
      await removeUnusedImages(engine, imageRepository, []);
      await removeOldSteps(engine, imageRepository, new Set());
    };
    return {
      source,
      name,
      log,
      path: directory.path,
      commit: () => source.resolveRef('HEAD'),
      async build(overrides: Partial<BuildPlan> = {}, options: Partial<ImageBuildOptions> = {}): Promise<ImageBuild> {
        log.length = 0;
        const git = join(directory.path, 'git');
        mkdirSync(git, { recursive: true });
        await using repository = await openLocalRepository(source.path, { workDirectory: git });
        const tree = await openGitTree(repository);
        const { onLog, ...others } = options;
        return await buildImage({
          engine,
          repository,
          commit: tree.commit,
          tree,
          plan: planBuild(await analyzeTree(tree), overrides),
          imageRepository,
          isPushed: false,
          workDirectory,
          baseImages: { map, registries: [] },
          limits,
          onLog: (line) => {
            log.push(`${line.stream}: ${line.text}`);
            onLog?.(line);
          },
          ...others,
        });
      },
      /** What the image answers, run as strictly as can be. */
      async ask({ artifact, port }: ImageBuild): Promise<string> {
        const strict = ['--read-only', '--tmpfs', '/tmp', '--cap-drop', 'all', '--security-opt', 'no-new-privileges', '--memory', '256m'];
        const publish = ['--publish', `127.0.0.1::${port}`];
        const id = (
          await runEngine(engine, ['run', '--detach', '--rm', ...strict, ...publish, ...(engine.runArguments ?? []), artifact.reference])
        ).trim();
        try {
          const address = (await runEngine(engine, ['port', id])).replace(/^.*-> /, '').trim();
          for (let tries = 0; tries < 600; tries++) {
            const answer = await fetch(`http://${address}/`).catch(() => undefined);
            if (answer?.ok) return await answer.text();
            await delay(100);
          }
          assert.fail(`${name} does not answer.`);
        } finally {
          await runEngine(engine, ['rm', '--force', id]);
        }
      },
      /** What Podman keeps for the next build, and nothing is built on. */
      listSteps: async () =>
        await listImages(engine, ['--all', '--quiet', '--filter', 'dangling=true', '--filter', `label=${ownerLabel}=${imageRepository}`]),
      forget,
      /** Of what `sleep 4321` stands for. */
      async assertNothingLeft(): Promise<void> {
        assert.deepEqual(readdirSync(workDirectory), []);
        assert.deepEqual(listSleepers(), []);
        if (engine.kind === 'podman')
          assert.equal(await runEngine(engine, ['ps', '--all', '--external', '--quiet', '--filter', `ancestor=${imageRepository}`]), '');
      },
      async [Symbol.asyncDispose](): Promise<void> {
        await forget();
        await source.dispose();
        directory.dispose();
      },
    };
  };

  /** An image of somebody else's that only the registry has, with what it wants done by those that are built on it. */
  const pushBase = async (name: string, trigger?: string): Promise<string> => {
    using files = createTemporaryDirectory();
    const onBuild = trigger === undefined ? '' : `ONBUILD ${trigger}\n`;
    writeFileSync(join(files.path, 'Dockerfile'), `FROM ${map['debian']}\nRUN echo ${name} > /made\n${onBuild}`);
    const tag = `${registry.address}/base/${name}`;
    // Podman leaves triggers out of images in its own format.
    const format = engine.kind === 'podman' ? ['--format', 'docker'] : [];
    await runEngine(engine, ['build', '--quiet', ...format, '--tag', tag, ...(engine.buildArguments ?? []), files.path]);
    await runEngine(engine, ['push', ...(engine.pushArguments ?? []), tag]);
    await runEngine(engine, ['rmi', tag]);
    return tag;
  };

  const listSleepers = (): string[] =>
    readdirSync('/proc').filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'latin1') === ['sleep', '4321', ''].join('\0');
      } catch {
        return false;
      }
    });

  const run = async (program: string, args: readonly string[], expected = 0): Promise<string> => {
    const { stdout, stderr, exitCode } = await runProcess({ program, args, env: { PATH: process.env['PATH']! } });
    assert.equal(exitCode, expected, stderr);
    return stdout.toString();
  };
} else skipContainerTests('building images');
