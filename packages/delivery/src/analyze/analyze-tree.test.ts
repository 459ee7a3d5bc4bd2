import assert from 'node:assert/strict';
import test from 'node:test';
import { aPackage, aTree } from '../../test/a-tree.ts';
import type { Answer } from './answer.ts';
import type { Analysis } from './analysis.ts';
import { planBuild } from '../build/build-plan.ts';
import { analyzeTree } from './analyze-tree.ts';

const fields = [
  'language',
  'framework',
  'version',
  'packageManager',
  'installCommand',
  'buildCommand',
  'startCommand',
  'port',
  'releaseCommand',
  'healthPath',
  'staticOutput',
] as const;

/** The values alone. */
function valuesOf(analysis: Analysis): Record<string, unknown> {
  return Object.fromEntries(fields.flatMap((field) => (analysis[field] === undefined ? [] : [[field, analysis[field].value]])));
}

const lists = ({ services, envVars }: Analysis): string[][] => [services.map(({ value }) => value), envVars.map(({ value }) => value)];

test('a top without an application leads to the only folder that holds one', async () => {
  const tree = aTree({
    'README.md': '# Shop',
    'backend/requirements.txt': 'flask\ngunicorn\n',
    'backend/app.py': 'app = Flask(__name__)\n',
  });

  const analysis = await analyzeTree(tree);

  assert.equal(analysis.root.value, 'backend');
  assert.equal(analysis.startCommand?.value, 'gunicorn --bind 0.0.0.0:${PORT:-8000} app:app');
  assert.deepEqual([analysis.startCommand?.file, analysis.startCommand?.line], ['backend/app.py', 1]);
});

test('several applications are a question, and --root its answer', async () => {
  const tree = aTree({
    'client/package.json': aPackage({ scripts: { build: 'vite build' }, devDependencies: { vite: '7' } }),
    'server/package.json': aPackage({ scripts: { start: 'node index.js' } }),
    'examples/demo/package.json': aPackage({ scripts: { start: 'node index.js' } }),
  });

  const unclear = await analyzeTree(tree);
  const chosen = await analyzeTree(tree, { root: './server/' });

  assert.deepEqual(valuesOf(unclear), {});
  assert.deepEqual(
    unclear.ambiguities.map(({ field, choices }) => [field, choices.map(({ value }) => value)]),
    [['root', ['client', 'server']]],
  );
  assert.equal(chosen.startCommand?.value, 'npm run start');
  assert.deepEqual(chosen.ambiguities, []);
});

test('a library beside an application of a workspace is none', async () => {
  const tree = aTree({
    'package.json': aPackage({ workspaces: ['apps/*', 'packages/*'] }),
    'apps/web/package.json': aPackage({ scripts: { start: 'next start' }, dependencies: { next: '15' } }),
    'packages/ui/package.json': aPackage({ main: 'index.js' }),
    'packages/ui/index.js': 'export const button = 1;',
  });

  const { root, ambiguities } = await analyzeTree(tree);

  assert.equal(root.value, 'apps/web');
  assert.deepEqual(ambiguities, []);
});

test('a server with a doubtful start beside pages is still a question', async () => {
  const tree = aTree({
    'client/package.json': aPackage({ scripts: { build: 'vite build' }, devDependencies: { vite: '7' } }),
    'server/requirements.txt': 'flask\n',
    'server/app.py': 'app = Flask(__name__)\n',
  });

  const { ambiguities } = await analyzeTree(tree);

  assert.deepEqual(
    ambiguities.map(({ field, choices }) => [field, choices.map(({ value }) => value)]),
    [['root', ['client', 'server']]],
  );
});

test('a root without files is refused', async () => {
  await assert.rejects(analyzeTree(aTree({ 'a/b.txt': '' }), { root: 'c' }), { code: 'ROOT_NOT_FOUND' });
});

test('what a member of a Cargo workspace builds lies in its own folder', async () => {
  const files = {
    'Cargo.toml': '[workspace]\nmembers = ["one", "two"]\n',
    'one/Cargo.toml': '[package]\nname = "one"\n',
    'one/src/main.rs': '',
    'two/Cargo.toml': '[package]\nname = "two"\n',
    'two/src/main.rs': '',
  };

  const { ambiguities } = await analyzeTree(aTree(files));
  const { buildCommand, startCommand } = await analyzeTree(aTree(files), { root: 'two' });

  assert.deepEqual(
    ambiguities.map(({ field, choices }) => [field, choices.map(({ value }) => value)]),
    [['root', ['one', 'two']]],
  );
  assert.deepEqual([buildCommand?.value, startCommand?.value], ['cargo build --release --target-dir target', './target/release/two']);
});

test('a member of a workspace is installed as the lock file of the workspace says', async () => {
  const tree = aTree({
    'package.json': aPackage({ private: true, packageManager: 'pnpm@9.1.0', engines: { node: '20' } }),
    'pnpm-workspace.yaml': 'packages:\n  - "apps/*"\n',
    'pnpm-lock.yaml': '',
    'apps/web/package.json': aPackage({ scripts: { build: 'next build', start: 'next start' }, dependencies: { next: '15' } }),
    'other/package.json': aPackage({}),
  });

  const analysis = await analyzeTree(tree, { root: 'apps/web' });
  const outside = await analyzeTree(tree, { root: 'other' });

  assert.deepEqual(valuesOf(analysis), {
    language: 'node',
    framework: 'nextjs',
    packageManager: 'pnpm',
    installCommand: 'pnpm install --frozen-lockfile',
    buildCommand: 'pnpm run build',
    startCommand: 'pnpm run start',
    port: 3000,
  });
  assert.equal(analysis.installCommand?.file, 'pnpm-lock.yaml');
  assert.equal(outside.packageManager?.value, 'npm');
});

test('lock files of two package managers are reported, and the answer is not sure', async () => {
  const tree = aTree({ 'package.json': aPackage({ scripts: { start: 'node .' } }), 'yarn.lock': '', 'package-lock.json': '{}' });

  const { packageManager, ambiguities } = await analyzeTree(tree);

  assert.equal(packageManager?.confidence, 'low');
  assert.deepEqual(
    ambiguities[0]?.choices.map(({ value, file }) => [value, file]),
    [
      ['yarn', 'yarn.lock'],
      ['npm', 'package-lock.json'],
    ],
  );
});

test('two lock files of what is built for browsers leave the language clear, and are a question of its own', async () => {
  const node = { 'package.json': aPackage({ scripts: { build: 'vite build' } }), 'yarn.lock': '', 'package-lock.json': '{}' };
  const laravel = { 'composer.json': '{"require": {"laravel/framework": "^12"}}', artisan: '', 'public/index.php': '' };
  const django = { 'requirements.txt': 'Django\n', 'manage.py': '', 'shop/wsgi.py': '' };

  const [php, python] = await Promise.all([laravel, django].map((files) => analyzeTree(aTree({ ...files, ...node }))));

  assert.deepEqual(
    [php!.language?.value, php!.startCommand?.rule, php!.assets?.packageManager?.value],
    ['php', 'php-built-in-server', 'yarn'],
  );
  assert.deepEqual(
    php!.ambiguities.map(({ field }) => field),
    ['packageManager'],
  );
  assert.deepEqual([python!.language?.value, python!.ambiguities], ['python', []]);
});

test('what is to be said about a start or a build is not said where another one counts', async () => {
  const files = {
    'requirements.txt': 'Django\n',
    'manage.py': "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
    'shop/settings.py': 'KEY = os.environ["KEY"]\nINSTALLED_APPS = ["django.contrib.staticfiles"]\nSTATIC_ROOT = "static"\n',
    'shop/wsgi.py': '',
  };

  const [own, started, built] = await Promise.all(
    [{}, { Procfile: 'web: uwsgi shop.ini\n' }, { Dockerfile: 'FROM python\nCMD ["uwsgi", "shop.ini"]\n' }].map((more) =>
      analyzeTree(aTree({ ...files, ...more })),
    ),
  );

  assert.deepEqual(
    [own, started, built].map((analysis) => analysis!.notes.map(({ file }) => file)),
    [['shop/wsgi.py', 'shop/settings.py'], ['shop/settings.py'], []],
  );
});

test('the top of a uv workspace that is no member itself is no application', async () => {
  const tree = aTree({
    'pyproject.toml': '[tool.uv.workspace]\nmembers = ["backend"]\n',
    'uv.lock': '',
    'backend/pyproject.toml': '[project]\nname = "app"\ndependencies = ["fastapi", "uvicorn"]\n',
    'backend/app/main.py': 'from fastapi import FastAPI\nfrom app.routes import router\n\napp = FastAPI()\n',
    'backend/app/routes.py': '',
  });

  const { root, installCommand, startCommand } = await analyzeTree(tree);

  assert.deepEqual(
    [root.value, installCommand?.value, startCommand?.value],
    ['backend', 'uv sync --locked --no-dev', 'uvicorn app.main:app --host 0.0.0.0 --port ${PORT:-8000}'],
  );
});

test('two languages that both serve are a question, unless a Procfile says which', async () => {
  const files = {
    'package.json': aPackage({ scripts: { start: 'node server.js' } }),
    'requirements.txt': 'flask\ngunicorn\n',
    'app.py': 'app = Flask(__name__)\n',
  };

  const unclear = await analyzeTree(aTree(files));
  const named = await analyzeTree(
    aTree({ ...files, Procfile: 'web: gunicorn app:app\nworker: python work.py\nrelease: flask db upgrade\n' }),
  );

  assert.equal(unclear.language, undefined);
  assert.deepEqual(
    unclear.ambiguities[0]?.choices.map(({ value }) => value),
    ['node', 'python'],
  );
  assert.equal(named.language?.value, 'python');
  assert.deepEqual([named.startCommand?.value, named.startCommand?.file, named.startCommand?.line], ['gunicorn app:app', 'Procfile', 1]);
  assert.deepEqual(
    named.processes.map(({ value }) => value.name),
    ['web', 'worker', 'release'],
  );
  assert.equal(named.releaseCommand?.value, 'flask db upgrade');
});

test('the last stage of a Dockerfile says what is started and where it listens', async () => {
  const tree = aTree({
    Dockerfile:
      'FROM node:22 AS build\nEXPOSE 9229\nCMD ["npm", "test"]\n# the real one\nFROM node:22-slim\nENTRYPOINT ["node"]\nEXPOSE 4000/tcp\nCMD [ \\\n  "dist/main.js", "--say=a b" ]\n',
    'package.json': aPackage({ scripts: { start: 'node other.js' } }),
  });

  const { dockerfile, port, startCommand } = await analyzeTree(tree);

  assert.equal(dockerfile?.value, 'Dockerfile');
  assert.equal(port?.value, 4000);
  assert.equal(startCommand?.value, "node dist/main.js '--say=a b'");
});

test('servers come from compose files, libraries and Prisma; variables from code and the example file', async () => {
  const tree = aTree({
    'compose.yaml':
      'services:\n  db:\n    image: docker.io/library/postgres:17@sha256:00\n  mq: { image: "rabbitmq:4-management" }\n  app: { build: . }\n',
    'package.json': aPackage({ scripts: { start: 'node index.js' }, dependencies: { ioredis: '5', pg: '8' } }),
    'index.js':
      "const { API_KEY, region = 'x' } = process.env;\nlisten(process.env.PORT || 8080);\nuse(process.env['QUEUE_URL'], process.env.NODE_ENV);\napp.get('/healthz', ok);\n",
    'index.test.js': 'process.env.ONLY_IN_TESTS;\n',
    '.env.example': '# comment\nAPI_KEY=\nexport SMTP_HOST=localhost\n',
  });

  const analysis = await analyzeTree(tree);

  assert.deepEqual(lists(analysis), [
    ['postgresql', 'rabbitmq', 'redis'],
    ['API_KEY', 'PORT', 'QUEUE_URL', 'SMTP_HOST', 'region'],
  ]);
  const queue = analysis.envVars.find(({ value }) => value === 'QUEUE_URL');
  assert.deepEqual([queue?.file, queue?.line, queue?.rule], ['index.js', 3, 'env-read']);
  assert.deepEqual([analysis.port?.value, analysis.port?.line], [8080, 2]);
  assert.deepEqual([analysis.healthPath?.value, analysis.healthPath?.line], ['/healthz', 4]);
});

test('settings of a framework in PHP name the servers, not the addresses beside them', async () => {
  const laravel = { 'composer.json': '{"require": {"laravel/framework": "^12"}}', artisan: '' };
  const databaseSettings = "return [\n    'default' => env('DB_CONNECTION', 'mysql'),\n];\n";
  const symfony = { 'composer.json': '{"require": {"symfony/framework-bundle": "7.*"}}' };

  const analyses = await Promise.all(
    [
      {
        ...laravel,
        '.env.example': 'DB_CONNECTION=pgsql\nQUEUE_CONNECTION=redis\nSESSION_DRIVER=file\n',
        'config/database.php': databaseSettings,
      },
      { ...laravel, '.env.example': 'APP_NAME=Shop\nDB_CONNECTION=sqlite\n', 'config/database.php': databaseSettings },
      { ...laravel, 'config/database.php': databaseSettings },
      {
        ...symfony,
        '.env':
          '# DATABASE_URL="mysql://a:b@c/d"\nDATABASE_URL="postgresql://app:not-to-be-seen@db:5432/app"\nMESSENGER_TRANSPORT_DSN=amqp://x\n',
      },
      { ...symfony, '.env': 'DATABASE_URL="sqlite:///%kernel.project_dir%/data.db"\n' },
      {
        'composer.json': '{"require": {"cakephp/cakephp": "^5"}}',
        'config/app.php': "'default' => [\n    'className' => Connection::class,\n    'driver' => Postgres::class,\n],\n",
      },
    ].map((files) => analyzeTree(aTree(files))),
  );

  assert.deepEqual(
    analyses.map(({ services }) => services.map(({ value }) => value)),
    [['postgresql', 'redis'], [], ['mysql'], ['postgresql', 'rabbitmq'], [], ['postgresql']],
  );
  assert.doesNotMatch(JSON.stringify(analyses), /not-to-be-seen/);
});

test('servers of Rust, Quarkus and .NET come from features, extensions and projects that are referred to', async () => {
  const rust =
    '[package]\nname = "a"\n[dependencies]\nsqlx = { version = "0.8", features = ["postgres"] }\nactix-session = { version = "1", features = ["redis-session-rustls"] }\ndiesel = { version = "2", features = ["mysql", "sqlite"] }\n';
  const quarkus =
    '<project><dependency><groupId>io.quarkus</groupId><artifactId>quarkus-jdbc-postgresql</artifactId></dependency><dependency><groupId>io.quarkus</groupId><artifactId>quarkus-redis-client</artifactId></dependency></project>';
  const dotnet = {
    'Shop.sln': '',
    'src/Web/Web.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web"><ProjectReference Include="..\\Data\\Data.csproj" /></Project>',
    'src/Data/Data.csproj':
      '<Project><PackageReference Include="Aspire.Npgsql.EntityFrameworkCore.PostgreSQL" /><PackageReference Include="Microsoft.Extensions.Caching.StackExchangeRedis" /></Project>',
  };

  const analyses = await Promise.all([{ 'Cargo.toml': rust }, { 'pom.xml': quarkus }, dotnet].map((files) => analyzeTree(aTree(files))));

  for (const { services } of analyses)
    assert.deepEqual(
      services.map(({ value }) => value),
      ['postgresql', 'redis'],
    );
});

test('a project of .NET beside applications in other folders is one of them', async () => {
  const vote = { 'vote/requirements.txt': 'flask\n', 'vote/app.py': 'app = Flask(__name__)\n', 'vote/Dockerfile': 'FROM python\nCMD x\n' };
  const worker = { 'worker/Worker.csproj': '<Project><OutputType>Exe</OutputType></Project>', 'worker/Program.cs': '' };

  const [both, alone, held] = await Promise.all([
    analyzeTree(aTree({ ...vote, ...worker })),
    analyzeTree(aTree(worker)),
    analyzeTree(aTree({ ...vote, ...worker, 'Shop.slnx': '' })),
  ]);

  assert.deepEqual(
    both.ambiguities.map(({ field, choices }) => [field, choices.map(({ value }) => value)]),
    [['root', ['vote', 'worker']]],
  );
  assert.deepEqual([alone.root.value, alone.language?.value, held.language?.value], ['', 'dotnet', 'dotnet']);
});

test('a folder that only makes an image of what lies elsewhere is no application', async () => {
  const shop = { 'shop/package.json': aPackage({ scripts: { start: 'node a.js' } }), 'shop/a.js': '' };
  const analyses = await Promise.all([
    analyzeTree(aTree({ ...shop, 'docker/Dockerfile': 'FROM jre\nARG NAME\nCOPY ${NAME}.jar app.jar\nCMD x\n' })),
    analyzeTree(
      aTree({ ...shop, 'docker/grafana/Dockerfile': 'FROM grafana\nADD ./grafana.ini /etc/\n', 'docker/grafana/grafana.ini': '' }),
    ),
    analyzeTree(aTree({ ...shop, '.devcontainer/Dockerfile': 'FROM node\nRUN x\n' })),
    analyzeTree(aTree({ 'web/Dockerfile': 'FROM nginx\nCOPY site.conf /etc/\n', 'web/site.conf': '' })),
  ]);

  assert.deepEqual(
    analyses.map(({ root, ambiguities }) => [root.value, ambiguities.length]),
    [
      ['shop', 0],
      ['shop', 0],
      ['shop', 0],
      ['web', 0],
    ],
  );
});

test('values of the example file are never in the answer', async () => {
  const tree = aTree({ 'package.json': aPackage({}), '.env.example': 'TOKEN=not-to-be-seen\n' });

  assert.doesNotMatch(JSON.stringify(await analyzeTree(tree)), /not-to-be-seen/);
});

test('a library is no application', async () => {
  const analysis = await analyzeTree(aTree({ 'package.json': aPackage({ main: 'lib/x.js' }), 'lib/y.js': '' }));

  assert.equal(analysis.language?.value, 'node');
  assert.equal(analysis.startCommand, undefined);
  assert.equal(analysis.root.rule, 'root-no-application');
});

test('every answer says its rule and its confidence, and its file is in the tree', async () => {
  const tree = aTree({
    'manage.py': 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
    'shop/wsgi.py': '',
    'requirements.txt': 'Django>=5\ngunicorn\npsycopg[binary]\n',
    'shop/settings.py': 'SECRET = os.environ["SECRET_KEY"]\n',
  });

  const { processes, envVars, services, ambiguities: _, notes: __, assets, ...single } = await analyzeTree(tree);

  for (const answer of [...Object.values(single), ...Object.values<Answer<string>>({ ...assets }), ...processes, ...envVars, ...services]) {
    assert.match(answer.rule, /^[a-z][a-z0-9-]+$/);
    assert.match(answer.confidence, /^(?:high|medium|low)$/);
    assert.ok(answer.file === undefined || tree.paths.includes(answer.file), answer.file);
  }
});

test('what Node builds for an application in PHP or Ruby belongs to it; a command can be named instead, or none', async () => {
  const node = {
    'package.json': aPackage({ scripts: { build: 'vite build' }, devDependencies: { vite: '7' }, engines: { node: '22' } }),
    'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
  };
  const laravel = { 'composer.json': '{"require": {"laravel/framework": "^12"}}', artisan: '', 'public/index.php': '' };
  const rails = { Gemfile: "gem 'rails'\n", 'config.ru': '', 'config/application.rb': '' };
  const django = { 'requirements.txt': 'Django\n', 'manage.py': '', 'shop/settings.py': '', 'shop/wsgi.py': '' };

  const [php, ruby, python, plain] = await Promise.all(
    [{ ...laravel, ...node }, { ...rails, ...node }, { ...django, ...node }, laravel].map((files) => analyzeTree(aTree(files))),
  );

  const expected = {
    root: '',
    language: 'node',
    version: '22',
    packageManager: 'pnpm',
    installCommand: 'pnpm install --frozen-lockfile',
    buildCommand: 'pnpm run build',
  };
  assert.deepEqual(
    [php, ruby, python, plain].map((analysis) => planBuild(analysis!).assets),
    [expected, expected, undefined, undefined],
  );
  assert.deepEqual(planBuild(php!, { assetsCommand: 'pnpm run production' }).assets, { ...expected, buildCommand: 'pnpm run production' });
  assert.equal(planBuild(php!, { assetsCommand: 'none' }).assets, undefined);
  assert.deepEqual(planBuild(plain!, { assetsCommand: 'npx esbuild a.js' }).assets, {
    root: '',
    language: 'node',
    buildCommand: 'npx esbuild a.js',
  });
  assert.match(python!.notes.map(({ message }) => message).join('\n'), /Its own build \(pnpm run build\) is not part/);
});

test('another Dockerfile can be named, or none be wanted; a plan names it from the top of the tree', async () => {
  const tree = aTree({
    'web/Dockerfile': 'FROM node\nEXPOSE 3000\nCMD ["node", "one.js"]\n',
    'web/Dockerfile.small': 'FROM node\nEXPOSE 4000\nCMD ["node", "two.js"]\n',
    'web/package.json': aPackage({ scripts: { start: 'node three.js' } }),
  });

  const [found, named, none] = await Promise.all([
    analyzeTree(tree, { root: 'web' }),
    analyzeTree(tree, { root: 'web', dockerfile: 'Dockerfile.small' }),
    analyzeTree(tree, { root: 'web', dockerfile: false }),
  ]);

  assert.deepEqual([found.port?.value, planBuild(found).dockerfile], [3000, 'web/Dockerfile']);
  assert.deepEqual([named.port?.value, planBuild(named).dockerfile], [4000, 'web/Dockerfile.small']);
  assert.deepEqual([none.startCommand?.value, planBuild(none).dockerfile], ['npm run start', undefined]);
});
