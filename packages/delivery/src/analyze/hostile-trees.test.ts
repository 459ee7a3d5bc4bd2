import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { aPackage, aTree } from '../../test/a-tree.ts';
import { analyzeTree } from './analyze-tree.ts';
import { parseJsonWithComments } from './parse-json-with-comments.ts';

test('manifests that are broken, too deep or too large cost a note each', async () => {
  const tree = aTree({
    'package.json': '{"name": ',
    'pyproject.toml': '[project\nname = 1',
    'compose.yaml': `a: &a [x]\nb: ${'['.repeat(5_000)}`,
    'deno.json': '['.repeat(200_000),
    'composer.json': `{"x": "${'y'.repeat(600 * 1024)}"}`,
    'go.mod': Buffer.from([0xff, 0xfe, 0x00, 0x80]),
    Procfile: 'web:\n: nothing\n',
  });

  const { notes } = await analyzeTree(tree);

  assert.deepEqual([...new Set(notes.map(({ file }) => file))].sort(), [
    'compose.yaml',
    'composer.json',
    'deno.json',
    'package.json',
    'pyproject.toml',
  ]);
});

test('YAML that would take long is not read', async () => {
  const many = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n');

  const { notes } = await analyzeTree(aTree({ 'compose.yaml': many, 'index.html': '' }));

  assert.deepEqual(
    notes.map(({ file }) => file),
    ['compose.yaml'],
  );
});

test('aliases that multiply are not expanded', async () => {
  const levels = Array.from({ length: 30 }, (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(', ')}]`);
  const tree = aTree({ 'compose.yaml': `l0: &l0 x\n${levels.join('\n')}\nservices: *l30\n`, 'index.html': '' });

  const { notes, staticOutput } = await analyzeTree(tree);

  assert.deepEqual(
    notes.map(({ file }) => file),
    ['compose.yaml'],
  );
  assert.equal(staticOutput?.value, '.');
});

test('a manifest that is a symbolic link is not followed, and that is said', async () => {
  const { language, notes } = await analyzeTree(aTree({ 'README.md': '' }, ['package.json', 'docs/package.json', 'x']));

  assert.equal(language, undefined);
  assert.deepEqual(
    notes.map(({ file }) => file),
    ['package.json'],
  );
});

test('fields of other types than expected are no answers', async () => {
  const odd = [null, 7, true, [], {}, [[]], { a: { b: 1 } }, 'x'.repeat(10_000), '__proto__'];
  for (const value of odd) {
    const tree = aTree({
      'package.json': JSON.stringify({
        scripts: value,
        dependencies: value,
        engines: value,
        packageManager: value,
        main: value,
        workspaces: value,
      }),
      'pyproject.json': JSON.stringify(value),
      'composer.json': JSON.stringify({ require: value }),
      'deno.json': JSON.stringify({ tasks: value, imports: value }),
      'compose.yaml': JSON.stringify({ services: value }),
      'pnpm-workspace.yaml': JSON.stringify({ packages: value }),
    });

    await analyzeTree(tree);
  }
});

test('commands hold no name of the repository that a shell would take for more than a word', async () => {
  const tree = aTree({
    'Cargo.toml': '[package]\nname = "a; touch x"\n',
    'src/main.rs': '',
    'package.json': aPackage({ main: '$(id).js' }),
    '$(id).js': 'x.listen(1)',
    'app;id.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web">',
    'pyproject.toml': '[project]\nscripts = { "x;id" = "a:b" }\n',
  });

  const { startCommand, buildCommand } = await analyzeTree(tree);

  assert.doesNotMatch(`${startCommand?.value} ${buildCommand?.value}`, /[;$]/);
});

test('no expression runs away on long lines of what it looks for', async () => {
  const pieces = [
    'process.env.',
    '{a,',
    'get("',
    'def f(a):\n  os.getenv(a)\n',
    'class A(BaseSettings):\n  a: b\n',
    'const a = (a) => process.env[a];',
    'cleanEnv(process.env,\n A: a(',
    'func a(a) { os.Getenv(a) }',
    '%env(a:',
    "'\\\n",
    '.get("/ping',
    'app.get("/ping")\n',
    '\n  get "/ping"',
    '@GetMapping("/x"',
    'a: 1\n  ',
    'listen({',
    '/*',
    '"',
    '\\',
    '<!--',
    'def create_app(',
    'PORT ||',
    'server:\n ',
    '${',
    'build: {',
    ' = ',
    '<dependencies>',
    'use (',
    'FROM x\\\n',
    'FROM a AS a\nFROM a\n',
    'ENV A=$A$A\n',
    'RUN <<A\n',
    'include "a", ',
    'plugins {',
    '<finalName>${project.version}',
    '<parent>',
    '<ProjectReference Include="a.csproj" />',
    'COPY ${A}* a\n',
    '"org.springframework.boot"',
    '{Bandit, ',
    '\nport ',
    '"outputPath": {',
    '"build": "vite build',
    'PORT, 10) || a',
    'PORT: {',
    'PORT ? ',
    'adapter-',
    'migrations: {',
  ];
  const names = [
    'index.js',
    'main.py',
    'pom.xml',
    'vite.config.ts',
    'package.json',
    'deno.jsonc',
    'Dockerfile',
    'main.go',
    'go.work',
    'Gemfile',
    'config.ru',
    'config/puma.rb',
    'mix.exs',
    'src/A.java',
    'config/routes.rb',
    'config/packages/a.yaml',
    'app.module.ts',
    'lib/shop.ex',
    'src/main/resources/application.yml',
    'Procfile',
    'angular.json',
    'prisma/schema.prisma',
    'svelte.config.js',
    'knexfile.js',
    'bin/www',
    'tsconfig.json',
  ];
  const others = ['a.csproj', 'web/Dockerfile', 'web/a.jar', 'settings.gradle', 'build.gradle', 'main.ts'];
  for (const piece of pieces) {
    const content = piece.repeat(Math.floor((120 * 1024) / piece.length));
    const started = process.cpuUsage();

    for (const files of [names, others]) await analyzeTree(aTree(Object.fromEntries(files.map((name) => [name, content]))));

    // A quadratic one takes minutes.
    assert.ok(process.cpuUsage(started).user < 20_000_000, JSON.stringify(piece));
  }
});

test('scripts that run each other, and long ones, are no work', async () => {
  const scripts = Object.fromEntries(
    Array.from({ length: 150 }, (_, index) => [
      index === 0 ? 'build' : `s${index}`,
      Array.from({ length: 149 }, (__, other) => `npm run s${other + 1}`).join(' & ') + ' & knex migrate:latest',
    ]),
  );
  const long = 'FOO= '.repeat(90_000);
  const started = process.cpuUsage();

  await analyzeTree(aTree({ 'package.json': aPackage({ scripts, dependencies: { next: '15' } }) }));
  await analyzeTree(
    aTree({ 'package.json': aPackage({ scripts: { build: long, start: `${long}node a.js`, serve: 'serve '.repeat(400) } }) }),
  );

  assert.ok(process.cpuUsage(started).user < 5_000_000);
});

const valid: Readonly<Record<string, string>> = {
  'package.json': aPackage({
    scripts: { build: 'vite build', start: 'node index.js' },
    dependencies: { express: '5', pg: '8' },
    workspaces: ['apps/*'],
  }),
  'index.js': 'app.get("/health", f); app.listen(process.env.PORT ?? 3000);',
  'pyproject.toml': '[project]\nname = "x"\ndependencies = ["fastapi", "uvicorn"]\n[tool.uv]\ndev = []\n',
  'main.py': 'app = FastAPI()\nos.environ["A"]\n',
  'go.mod': 'module x\n\ngo 1.23\n\nrequire github.com/gin-gonic/gin v1.10.0\n',
  'main.go': 'package main\n\nfunc main() { r.Run(":8080") }\n',
  'Cargo.toml': '[package]\nname = "x"\n[dependencies]\naxum = "1"\n[[bin]]\nname = "y"\n',
  'pom.xml':
    '<project><artifactId>a</artifactId><version>1</version><parent><artifactId>spring-boot-starter-parent</artifactId></parent></project>',
  'compose.yaml': 'services:\n  db: { image: "postgres:17" }\n',
  'deno.jsonc': '{ // x\n "tasks": { "start": "y" }, }',
  'mix.exs': 'def project, do: [app: :hello, deps: [{:phoenix, "1"}]]',
  Dockerfile: 'FROM a\nEXPOSE 80\nCMD ["x"]\n',
  Procfile: 'web: node index.js\n',
};

test('whatever files are cut off or changed, an answer comes, and it is the same again', async () => {
  const damaged = fc.dictionary(
    fc.constantFrom(...Object.keys(valid)),
    fc.record({
      cut: fc.double({ min: 0, max: 1, noNaN: true }),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      inserted: fc.string({ unit: 'binary', maxLength: 8 }),
    }),
    { minKeys: 1 },
  );
  await fc.assert(
    fc.asyncProperty(damaged, async (damages) => {
      const files = Object.fromEntries(
        Object.entries(damages).map(([name, { cut, at, inserted }]) => {
          const kept = valid[name]!.slice(0, Math.ceil(valid[name]!.length * cut));
          const place = Math.floor(kept.length * at);
          return [name, kept.slice(0, place) + inserted + kept.slice(place)];
        }),
      );

      const first = await analyzeTree(aTree(files));

      assert.deepEqual(await analyzeTree(aTree(files)), first);
    }),
    { numRuns: 60, seed: 20261121 },
  );
});

test('JSON with comments is read as it is meant', () => {
  const text = '\uFEFF{ // one\n "a": "b // c, ]", /* two */ "d": [1, 2, ], "e": "\\"/*", }';

  assert.deepEqual(parseJsonWithComments(text), { a: 'b // c, ]', d: [1, 2], e: '"/*' });
});
