import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { aPackage, aTree } from '../../test/a-tree.ts';
import type { BuildPlan } from './build-plan.ts';
import { chooseManifests } from './choose-manifests.ts';
import { generateDockerfile } from './generate-dockerfile.ts';
import { parseDockerfile, parseJsonWords } from './parse-dockerfile.ts';
import { listRegistrySecrets } from './package-registries.ts';
import { secureDockerfile } from './secure-dockerfile.ts';

const node: BuildPlan = {
  root: '',
  language: 'node',
  version: '^22',
  packageManager: 'npm',
  installCommand: 'npm ci',
  buildCommand: 'npm run build',
  startCommand: 'npm start',
  port: 3000,
};

/** Before packages are installed, which may compile something. */
const headers = '[ ! -d /usr/local/include/node ] || export npm_config_nodedir=/usr/local';

test('a Node application: dependencies first, two stages, no root, a port that needs no rights', () => {
  const { text, port } = generateDockerfile(node, { manifests: ['package.json', 'package-lock.json'] });

  assert.equal(port, 3000);
  assert.deepEqual(text.split('\n'), [
    'FROM node:22-bookworm AS build',
    'WORKDIR /app',
    'COPY ["package.json","package-lock.json","./"]',
    `RUN ["/bin/sh","-c","${headers}\\nnpm ci"]`,
    'COPY . .',
    'RUN ["/bin/sh","-c","npm run build"]',
    'RUN ["/bin/sh","/app/.deployguard-carry-libraries.sh","gather"]',
    '',
    'FROM node:22-bookworm-slim',
    'ENV NODE_ENV=production HOST=0.0.0.0 HOSTNAME=0.0.0.0 FASTIFY_ADDRESS=0.0.0.0',
    'WORKDIR /app',
    'COPY --from=build /app /app',
    'COPY --from=build /opt/carried /opt/carried',
    'RUN ["/bin/sh","/opt/carried/carry-libraries.sh","place"]',
    'ENV PORT=3000 HOME=/tmp',
    'USER 10001:10001',
    'EXPOSE 3000',
    'CMD ["/bin/sh","-c","npm start"]',
    '',
  ]);
});

test('every application ends as a user that is not root, on a port that needs no rights', () => {
  const plans: BuildPlan[] = [
    { ...node, port: 80 },
    { root: '', language: 'python', installCommand: 'pip install -r requirements.txt', startCommand: 'python main.py' },
    { root: 'cmd', language: 'go', version: '1.21', buildCommand: 'go build -o app .', startCommand: './app' },
    { root: '', language: 'static', staticOutput: '.' },
    { root: '', language: 'node', buildCommand: 'npm run build', staticOutput: 'dist' },
  ];

  for (const plan of plans) {
    const { text, port } = generateDockerfile(plan);
    const last = text.slice(text.lastIndexOf('\nFROM '));
    assert.ok(port >= 1024);
    assert.match(last, /^USER 10001:10001$/m);
    assert.match(last, new RegExp(`^EXPOSE ${port}$`, 'm'));
    assert.equal(text.match(/^FROM /gm)?.length, 2);
  }
});

test('settings of package registries are mounted while a command runs, and named nowhere else', () => {
  const secrets = listRegistrySecrets({ npmrc: 'secret-1', goProxy: 'secret-2', cargoConfig: 'secret-3', authorities: 'pem' });
  const { text } = generateDockerfile(node, { secrets });
  const [install] = parseDockerfile(text).instructions.filter(({ name }) => name === 'RUN');

  assert.ok(!text.includes('secret-'));
  assert.deepEqual(install!.flags, [
    '--mount=type=secret,id=npmrc,target=/run/secrets/npmrc',
    '--mount=type=secret,id=goproxy,target=/run/secrets/goproxy',
    '--mount=type=secret,id=cargo.toml,target=/root/.cargo/config.toml',
    '--mount=type=secret,id=ca.pem,target=/run/secrets/ca.pem',
  ]);
  assert.match(
    parseJsonWords(install!.value)![2]!,
    /^export npm_config_userconfig=\/run\/secrets\/npmrc GOPROXY="\$\(cat \/run\/secrets\/goproxy\)" NODE_EXTRA_CA_CERTS=.*\n\[ .*\nnpm ci$/,
  );
});

test('B6 whatever a command, folder or output is called, it stays one value of one instruction', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'a\nUSER 0',
      'x"]\nRUN ["id',
      '$(id)',
      '${PATH}',
      '`id`',
      "'; id; '",
      '\\',
      'a\\\nUSER 0',
      '<<EOF\nUSER 0\nEOF',
      '--from=x',
      '\u2028',
      '\u0085',
      '\u007f',
      '# x',
      '%s',
      '{{.}}',
      '\ufeff',
    ),
  );

  fc.assert(
    fc.property(hostile, hostile, hostile, (install, start, output) => {
      const plan: BuildPlan = { root: '', language: 'node', installCommand: install, buildCommand: install, startCommand: start };
      const plain = generateDockerfile({ ...plan, installCommand: 'x', buildCommand: 'x', startCommand: 'x' }).text;
      const baseImages = { map: { node: 'r.example/node:1', debian: 'r.example/debian:1' }, registries: [] };

      const { instructions } = parseDockerfile(secureDockerfile(generateDockerfile(plan).text, { baseImages }).text);
      const site = parseDockerfile(generateDockerfile({ ...plan, staticOutput: output }).text).instructions;

      assert.deepEqual(
        instructions.map(({ name }) => name),
        parseDockerfile(plain).instructions.map(({ name }) => name),
      );
      assert.deepEqual(parseJsonWords(instructions.find(({ name }) => name === 'RUN')!.value), ['/bin/sh', '-c', `${headers}\n${install}`]);
      assert.deepEqual(parseJsonWords(instructions.at(-1)!.value), ['/bin/sh', '-c', start]);
      assert.equal(parseJsonWords(site.filter(({ name }) => name === 'RUN').at(-1)!.value)![3], output);
    }),
  );
});

test('the folder of an application cannot end its instruction, nor leave the image’s own', () => {
  const roots = ['web app', 'a$b', 'a"b', 'a\\b', "a'b", 'ä', '[x]', '#x'];

  for (const root of roots) {
    const { text } = generateDockerfile({ ...node, root });
    assert.equal(text.split('\n').filter((line) => line.startsWith('WORKDIR ')).length, 4, root);
    assert.ok(!/[^\\][$"'[\] ]/.test(/^WORKDIR (\/app\/.*)$/m.exec(text)![1]!), text);
  }
  for (const root of ['..', 'a/../..', 'a\nUSER 0', 'a\rb'])
    assert.throws(() => generateDockerfile({ ...node, root }), { code: 'ROOT_NOT_FOUND' });
});

test('a package manager comes in the version that the application asks for', () => {
  const ask = (packageManager: string, managerVersion?: string): string | undefined =>
    /install --prefix \/opt\/tools ([^"]+)"/.exec(
      generateDockerfile({ ...node, packageManager }, managerVersion === undefined ? {} : { managerVersion }).text,
    )?.[1];

  assert.equal(ask('pnpm', '10.0.0'), 'pnpm@10.0.0');
  assert.equal(ask('yarn', '1.22.22'), 'yarn@1.22.22');
  assert.equal(ask('yarn', '^1'), 'yarn@^1');
  assert.equal(ask('yarn', '4.5.0'), '@yarnpkg/cli-dist@4.5.0');
  assert.equal(ask('yarn', '10'), '@yarnpkg/cli-dist@10');
  assert.equal(ask('pnpm'), 'pnpm');
  assert.equal(ask('npm', '10.0.0'), undefined);
  assert.equal(ask('yarn'), 'yarn@1');
  assert.match(
    generateDockerfile({ ...node, packageManager: 'yarn', installCommand: 'yarn install --immutable' }).text,
    /npm install --prefix \/opt\/tools @yarnpkg\/cli-dist"/,
  );
  assert.match(
    generateDockerfile({ root: '', language: 'python', packageManager: 'uv', installCommand: 'uv sync', startCommand: 'x' }).text,
    /"pip install uv"/,
  );
});

test('languages without a base of their own are refused with what to do', () => {
  assert.throws(() => generateDockerfile({ root: '', language: 'cobol', startCommand: 'x' }), {
    code: 'LANGUAGE_UNSUPPORTED',
    message: /cobol.*Add one to the repository/,
  });
  assert.throws(() => generateDockerfile({ root: '', language: 'node' }), { code: 'NOTHING_TO_START' });
});

test('the version of a base follows what the repository asks for', () => {
  const base = (language: string, version?: string): string =>
    /^FROM (\S+)/.exec(generateDockerfile({ root: '', language, startCommand: 'x', ...(version !== undefined && { version }) }).text)![1]!;

  assert.deepEqual([base('node', '14.x'), base('node', '24')], ['node:14-bullseye', 'node:24-bookworm']);
  assert.deepEqual([base('python', '3.6'), base('python', '3.10.2')], ['python:3.6-bullseye', 'python:3.10-bookworm']);
  assert.deepEqual([base('go', '1.21'), base('go', '1.30')], ['golang:1.24-bookworm', 'golang:1.30-bookworm']);
  assert.throws(() => base('python', '2.7.18'), { code: 'LANGUAGE_UNSUPPORTED', message: /Python 2/ });
  assert.match(
    generateDockerfile({ root: '', language: 'php', version: '~8.1.0 || ~8.2.0', installCommand: 'composer install', startCommand: 'x' })
      .text,
    /"platform\.php","8\.2\.99"[^]*FROM php:8\.2-cli-bookworm$/m,
  );
});

test('Java is built by the tool that the repository brings, or asks for, and runs without it', () => {
  const bases = (plan: Omit<BuildPlan, 'root' | 'language'>, language = 'java'): string[] =>
    [...generateDockerfile({ root: '', language, startCommand: 'x', ...plan }).text.matchAll(/^FROM (\S+)/gm)].map(([, name]) => name!);

  assert.deepEqual(bases({ packageManager: 'maven', buildCommand: 'mvn -B package', version: '17' }), [
    'maven:3-eclipse-temurin-17',
    'eclipse-temurin:17-jre',
  ]);
  assert.deepEqual(bases({ packageManager: 'maven', buildCommand: './mvnw -B package', version: '1.8' }), [
    'eclipse-temurin:8-jdk',
    'eclipse-temurin:8-jre',
  ]);
  assert.deepEqual(bases({ packageManager: 'gradle', buildCommand: 'gradle build', version: '19.0.1' }, 'kotlin'), [
    'gradle:8-jdk21',
    'eclipse-temurin:21-jre',
  ]);
  for (const buildCommand of ['./gradlew build', 'chmod +x gradlew && ./gradlew build', 'sh gradlew build'])
    assert.deepEqual(bases({ packageManager: 'gradle', buildCommand })[0], 'eclipse-temurin:21-jdk');
});

test('authorities reach Java as a store of its own kind, which nothing is left of', () => {
  const plan: BuildPlan = { root: '', language: 'java', buildCommand: 'mvn package', startCommand: 'x' };
  const [build, run] = generateDockerfile(plan, { secrets: listRegistrySecrets({ authorities: 'pem' }) }).text.split('\n\n');

  assert.match(build!, /TrustStore\.java \/run\/secrets\/ca\.pem .*trustStore=.*\\nmvn package"\]$/m);
  assert.ok(!run!.includes('rust'));
  assert.ok(
    !generateDockerfile({ ...plan, language: 'node' }, { secrets: listRegistrySecrets({ authorities: 'pem' }) }).text.includes(
      'TrustStore',
    ),
  );
  assert.ok(!generateDockerfile(plan).text.includes('TrustStore'));
});

test('Rust, Ruby and PHP are built where their tools are, and run without what only the build needed', () => {
  const stages = (plan: Omit<BuildPlan, 'root'>): string[] =>
    generateDockerfile({ root: '', startCommand: 'x', ...plan })
      .text.split('\n')
      .filter((line) => /^(?:FROM|COPY --from)/.test(line));
  const rust = { language: 'rust', installCommand: 'cargo fetch --locked', buildCommand: 'cargo build --release --locked' };

  assert.deepEqual(stages({ ...rust, version: '1.60' }), [
    'FROM rust:1-bookworm AS build',
    'FROM debian:bookworm-slim',
    'COPY --from=build /app /app',
    'COPY --from=build /opt/carried /opt/carried',
  ]);
  assert.match(
    generateDockerfile({ root: '', startCommand: 'x', ...rust }).text,
    /find target -mindepth 2 -maxdepth 2 -type d -exec rm -rf/,
  );
  assert.deepEqual(stages({ language: 'ruby', version: '~> 3.3.1', installCommand: 'bundle install' }), [
    'FROM ruby:3.3-bookworm AS build',
    'FROM ruby:3.3-slim-bookworm',
    'COPY --from=build /opt/bundle /opt/bundle',
    'COPY --from=build /app /app',
    'COPY --from=build /opt/carried /opt/carried',
  ]);
  assert.deepEqual(stages({ language: 'php', version: '^8.1', installCommand: 'composer install' }), [
    'FROM composer:2 AS build',
    'FROM php:8.4-cli-bookworm',
    'COPY --from=build /app /app',
  ]);
});

test('PHP keeps sessions where a container can write', () => {
  const { text } = generateDockerfile({ root: '', language: 'php', startCommand: 'x' });

  assert.match(
    text,
    /^FROM php:.*\n(?:ENV .*\n)*ENV PHP_INI_SCAN_DIR=:\/opt\/php\nRUN .*session\.save_path = \/tmp.*> \/opt\/php\/sessions\.ini"\]$/m,
  );
});

test('Deno, Elixir and .NET run with what was fetched and compiled', () => {
  const write = (plan: Omit<BuildPlan, 'root'>): string => generateDockerfile({ root: '', startCommand: 'x', ...plan }).text;
  const bases = (language: string, version?: string): string[] =>
    [...write({ language, ...(version !== undefined && { version }) }).matchAll(/^FROM (\S+)/gm)].map(([, name]) => name!);

  const deno = write({ language: 'deno', installCommand: 'deno install --entrypoint main.ts' });
  assert.deepEqual(bases('deno'), ['denoland/deno:debian', 'denoland/deno:debian']);
  assert.deepEqual(bases('deno', '2.4.1')[0], 'denoland/deno:debian-2.4.1');
  assert.equal(deno.match(/^ENV DENO_DIR=\/opt\/deno /gm)?.length, 2);
  assert.match(deno, /^COPY --from=build \/opt\/deno \/opt\/deno$/m);

  const elixir = write({ language: 'elixir', installCommand: 'mix deps.get --only prod', buildCommand: 'mix release' });
  assert.deepEqual(bases('elixir', '1.17.3-otp-27'), ['elixir:1.17', 'debian:bookworm-slim']);
  assert.deepEqual(bases('elixir', '~> 1.14')[0], 'elixir:1.18');
  assert.match(elixir, /mix local\.hex [^"]*\\nmix deps\.get --only prod"\]$/m);
  assert.match(elixir, /^RUN \["\/bin\/sh","-c","mix release"\]$/m);

  assert.deepEqual(bases('dotnet', '8.0'), ['mcr.microsoft.com/dotnet/sdk:8.0', 'mcr.microsoft.com/dotnet/aspnet:8.0']);
  assert.deepEqual(bases('dotnet')[0], 'mcr.microsoft.com/dotnet/sdk:10.0');
});

test('what Node builds for another language is built between its installation and its build, and its packages stay behind', () => {
  const assets: BuildPlan = { root: '', language: 'node', version: '22', installCommand: 'npm ci', buildCommand: 'npm run build' };
  const rails: BuildPlan = {
    root: '',
    language: 'ruby',
    installCommand: 'bundle install',
    buildCommand: 'bundle exec rails assets:precompile',
    startCommand: 'rails server',
    assets,
  };

  const { text } = generateDockerfile(rails, { manifests: ['Gemfile'], assetManifests: ['package.json'], variableNames: ['MODE'] });

  const [dependencies, browser, build] = text.split('\n\n').map((stage) => stage.split('\n'));
  assert.equal(dependencies![0], 'FROM ruby:3.4-bookworm AS dependencies');
  assert.match(dependencies!.join('\n'), /SKIP_JS_BUILD=1 SKIP_CSS_BUILD=1/);
  assert.deepEqual(dependencies!.slice(-4), ['ARG MODE', 'COPY ["Gemfile","./"]', 'RUN ["/bin/sh","-c","bundle install"]', 'COPY . .']);
  assert.deepEqual(browser, [
    'FROM node:22-bookworm AS assets',
    'WORKDIR /app',
    'ARG MODE',
    'COPY ["package.json","./"]',
    `RUN ["/bin/sh","-c","${headers}\\nnpm ci"]`,
    'COPY --from=dependencies /app /app',
    'RUN ["/bin/sh","-c","npm run build"]',
    'RUN ["rm","-rf","node_modules"]',
  ]);
  assert.deepEqual(build, [
    'FROM dependencies AS build',
    'COPY --from=assets /app /app',
    'RUN ["/bin/sh","-c","bundle exec rails assets:precompile"]',
    'RUN ["/bin/sh","/app/.deployguard-carry-libraries.sh","gather"]',
  ]);
});

test('manifests are copied first only where an installation needs nothing else', async () => {
  const choose = (files: Record<string, string>, plan: Partial<BuildPlan> = {}) => chooseManifests({ ...node, ...plan }, aTree(files));
  const python = { language: 'python', packageManager: 'pip', installCommand: 'pip install -r requirements.txt' };

  assert.deepEqual(await choose({ 'package.json': aPackage({}), 'package-lock.json': '{}', 'index.js': '' }), [
    'package.json',
    'package-lock.json',
  ]);
  assert.deepEqual(await choose({ 'requirements.txt': 'flask==3.0\n# -r other\nrequests[socks] >= 2 ; python_version > "3"\n' }, python), [
    'requirements.txt',
  ]);
  assert.deepEqual(
    await choose(
      { 'go.mod': 'module x\nreplace a => b/c v1\n', 'go.sum': '' },
      { language: 'go', packageManager: 'go', installCommand: 'go mod download' },
    ),
    ['go.mod', 'go.sum'],
  );
  for (const fields of [
    { scripts: { postinstall: 'x' } },
    { dependencies: { a: 'file:a' } },
    { workspaces: ['a'] },
    { dependencies: { a: '../a' } },
  ])
    assert.equal(await choose({ 'package.json': aPackage(fields) }), undefined, JSON.stringify(fields));
  for (const line of ['-r other.txt', '-e .', '.', './a', 'a @ file:///x', '--constraint c.txt'])
    assert.equal(await choose({ 'requirements.txt': `flask\n${line}\n` }, python), undefined, line);
  assert.equal(
    await choose({ 'go.mod': 'replace a => ./a' }, { language: 'go', packageManager: 'go', installCommand: 'go mod download' }),
    undefined,
  );
  assert.equal(await choose({ 'package.json': aPackage({}) }, { installCommand: 'npm ci && ./setup' }), undefined);
  assert.equal(await choose({ 'package.json': aPackage({}) }, { root: 'web' }), undefined);
  // npm compiles what it finds.
  assert.equal(await choose({ 'package.json': aPackage({}), 'binding.gyp': '{}' }), undefined);
  // What packages do as they are installed reads these.
  assert.equal(await choose({ 'package.json': aPackage({ dependencies: { '@prisma/client': '^6.0.0' } }) }), undefined);
  for (const file of ['prisma/schema.prisma', 'src/database/models.prisma', '.puppeteerrc', '.puppeteerrc.cjs', 'puppeteer.config.js'])
    assert.equal(await choose({ 'package.json': aPackage({}), [file]: '' }), undefined, file);
  assert.deepEqual(await choose({ 'package.json': aPackage({}), 'docs/puppeteer.config.js': '', 'prisma.ts': '' }), ['package.json']);
});
